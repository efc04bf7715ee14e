import { describe, expect, test } from "vitest";
import { expectValues, parameter } from "../../test/steps.js";
import { CosineLR, ExponentialLR, LambdaLR, MultiStepLR, type Schedule, SGD } from "../index.js";

/** The rates before the first step and after each. */
function ratesOf(make: (optimizer: SGD) => Schedule, steps: number, lr = 1): number[] {
  const optimizer = new SGD([parameter()], { lr });
  const schedule = make(optimizer);
  const rates = [optimizer.lr];
  for (let t = 0; t < steps; t++) {
    schedule.step();
    rates.push(optimizer.lr);
  }
  return rates;
}

describe("by hand", () => {
  test("MultiStepLR halves at 1 and 3", () => {
    expect(ratesOf((o) => new MultiStepLR(o, { milestones: [1, 3], gamma: 0.5 }), 4)).toEqual([
      1, 0.5, 0.5, 0.25, 0.25,
    ]);
  });

  test("ExponentialLR halves at every step", () => {
    expect(ratesOf((o) => new ExponentialLR(o, { gamma: 0.5 }), 3, 8)).toEqual([8, 4, 2, 1]);
  });

  test("CosineLR goes from 1 over the middle to etaMin, and up again", () => {
    expectValues(
      ratesOf((o) => new CosineLR(o, { tMax: 4, etaMin: 0.5 }), 8),
      [
        1,
        0.75 + Math.SQRT1_2 / 4,
        0.75,
        0.75 - Math.SQRT1_2 / 4,
        0.5,
        0.75 - Math.SQRT1_2 / 4,
        0.75,
        0.75 + Math.SQRT1_2 / 4,
        1,
      ],
    );
  });

  test("LambdaLR is any rule, also one for each group", () => {
    expect(ratesOf((o) => new LambdaLR(o, { lambda: (t) => 1 / (1 + t) }), 3)).toEqual([1, 1 / 2, 1 / 3, 1 / 4]);
    const optimizer = new SGD([{ params: [parameter()] }, { params: [parameter()] }], { lr: 1 });
    const schedule = new LambdaLR(optimizer, { lambda: [(t) => t, () => 2] });
    expect(schedule.lastLr).toEqual([0, 2]);
    schedule.step();
    expect(schedule.lastLr).toEqual([1, 2]);
  });
});

test("what cannot be is refused", () => {
  const optimizer = new SGD([parameter()]);
  expect(() => new MultiStepLR(optimizer, { milestones: 3 as never })).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: MultiStepLR: milestones must be an array of steps, got 3.]`,
  );
  expect(() => new MultiStepLR(optimizer, { milestones: [0] })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: MultiStepLR: a milestone must be a positive integer, got 0.]`,
  );
  expect(() => new ExponentialLR(optimizer, {} as never)).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: ExponentialLR: gamma must be a finite number of at least 0, got undefined.]`,
  );
  expect(() => new CosineLR(optimizer, { tMax: 0 })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: CosineLR: tMax must be a positive integer, got 0.]`,
  );
  expect(() => new CosineLR(optimizer, { tMax: 3, etaMin: -1 })).toThrow("etaMin");
  expect(() => new LambdaLR(optimizer, { lambda: 0.5 as never })).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: LambdaLR: lambda must be a function of the step, or one for each group, got 0.5.]`,
  );
  expect(() => new LambdaLR(optimizer, { lambda: [() => 1, () => 2] })).toThrow("one for each group");
});
