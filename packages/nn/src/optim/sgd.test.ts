import { describe, expect, test } from "vitest";
import { expectValues, parameter, setGradient, after as stepsOf } from "../../test/steps.js";
import { SGD, type SGDOptions } from "../index.js";

const after = (options: SGDOptions, ...gradients: number[]) =>
  stepsOf((parameters) => new SGD(parameters, options), ...gradients);

describe("SGD, by hand", () => {
  test("p = 1, gradient 2, lr 0.1: 1 − 0.1·2 = 0.8", () => {
    expectValues(after({ lr: 0.1 }, 2), [0.8]);
    expectValues(after({}, 2), [0.998]); // lr is 0.001 by default
  });

  test("weight decay 0.5 adds 0.5·p to the gradient: 1 − 0.1·(2 + 0.5) = 0.75", () => {
    expectValues(after({ lr: 0.1, weightDecay: 0.5 }, 2), [0.75]);
  });

  test("momentum 0.9: v = 1, then 0.9·1 + 1 = 1.9", () => {
    expectValues(after({ lr: 0.1, momentum: 0.9 }, 1, 1), [0.9, 0.71]);
  });

  test("dampening 0.5 halves the gradient, but not the first: v = 1, then 0.9·1 + 0.5·1 = 1.4", () => {
    expectValues(after({ lr: 0.1, momentum: 0.9, dampening: 0.5 }, 1, 1), [0.9, 0.76]);
  });

  test("Nesterov steps along g + 0.9·v: 1 + 0.9, then 1 + 0.9·1.9 = 2.71", () => {
    expectValues(after({ lr: 0.1, momentum: 0.9, nesterov: true }, 1, 1), [0.81, 0.539]);
  });

  test("all at once: v = 1 + 0.1·1, then 0.5·1.1 + (2 + 0.1·p)", () => {
    const first = 1 - 0.1 * (1.1 + 0.5 * 1.1);
    const g = 2 + 0.1 * first;
    const v = 0.5 * 1.1 + g;
    expectValues(after({ lr: 0.1, momentum: 0.5, nesterov: true, weightDecay: 0.1 }, 1, 2), [
      first,
      first - 0.1 * (g + 0.5 * v),
    ]);
  });

  test("the learning rate may change between steps", () => {
    const p = parameter();
    const optimizer = new SGD([p], { lr: 0.1 });
    setGradient(p, 1);
    optimizer.step();
    optimizer.lr = 0.5;
    optimizer.step();
    expectValues([p.item()], [0.4]);
  });
});

describe("SGD refuses", () => {
  const make = (options: object) => () => new SGD([parameter()], options);

  test("negative numbers, and NaN", () => {
    expect(make({ lr: -0.1 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: SGD: lr must be a finite number of at least 0, got -0.1.]`,
    );
    expect(make({ lr: Number.NaN })).toThrow(RangeError);
    expect(make({ lr: "0.1" })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: SGD: lr must be a finite number of at least 0, got "0.1".]`,
    );
    expect(make({ momentum: -0.9 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: SGD: momentum must be a finite number of at least 0, got -0.9.]`,
    );
    expect(make({ weightDecay: -1 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: SGD: weightDecay must be a finite number of at least 0, got -1.]`,
    );
  });

  test("Nesterov without momentum, or with dampening", () => {
    expect(make({ nesterov: true })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: SGD: nesterov needs momentum and no dampening, got momentum 0 and dampening 0.]`,
    );
    expect(make({ nesterov: true, momentum: 0.9, dampening: 0.1 })).toThrow(RangeError);
  });

  test("options under other names", () => {
    expect(make({ learningRate: 0.1 })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: SGD: unknown option learningRate. Did you mean lr?]`,
    );
    expect(make({ weight_decay: 0.1 })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: SGD: unknown option weight_decay. Did you mean weightDecay?]`,
    );
  });

  test("a dampening that is no number of at least 0", () => {
    expect(make({ momentum: 0.9, dampening: Number.NaN })).toThrow("dampening");
  });
});
