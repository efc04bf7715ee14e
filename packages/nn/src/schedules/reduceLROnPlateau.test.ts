import { expect, test } from "vitest";
import { expectValues, parameter } from "../../test/steps.js";
import { ReduceLROnPlateau, type ReduceLROnPlateauOptions, SGD } from "../index.js";

function ratesOf(options: ReduceLROnPlateauOptions, ...metrics: number[]): number[] {
  const optimizer = new SGD([parameter()], { lr: 1 });
  const schedule = new ReduceLROnPlateau(optimizer, options);
  return metrics.map((metric) => {
    schedule.step(metric);
    return optimizer.lr;
  });
}

test("by hand: two bad steps are borne, the third makes the rate fall; then it counts anew", () => {
  expectValues(ratesOf({ patience: 2 }, 5, 5, 6, 5, 5, 5, 5), [1, 1, 1, 0.1, 0.1, 0.1, 0.01]);
  expectValues(ratesOf({ patience: 0, mode: "max", factor: 0.5 }, 1, 2, 2, 3), [1, 1, 0.5, 0.5]);
});

test("NaN is no improvement, and does not spoil the best", () => {
  expectValues(ratesOf({ patience: 1, factor: 0.5 }, 5, Number.NaN, 4, Number.NaN, Number.NaN), [1, 1, 1, 1, 0.5]);
  expectValues(ratesOf({ patience: 0, factor: 0.5 }, Number.NaN, 4), [0.5, 0.5]);
});

test("it watches the loss, or the accuracy where larger is better", () => {
  const optimizer = new SGD([parameter()]);
  expect(new ReduceLROnPlateau(optimizer).monitor).toBe("loss");
  expect(new ReduceLROnPlateau(optimizer, { mode: "max" }).monitor).toBe("accuracy");
  expect(new ReduceLROnPlateau(optimizer, { mode: "max", monitor: "loss" }).monitor).toBe("loss");
});

test("its state survives JSON before the first step too; a damaged one is refused and changes nothing", () => {
  const make = () => new ReduceLROnPlateau(new SGD([parameter()]), { patience: 3 });
  const [schedule, other] = [make(), make()];
  other.step(2);
  other.loadStateDict(JSON.parse(JSON.stringify(schedule.stateDict())));
  expect(other.stateDict()).toEqual({ schedule: "ReduceLROnPlateau", best: null, bad: 0, cooling: 0 });
  const state = { ...other.stateDict() };
  for (const wrong of [{ best: "low" }, { bad: -1 }, { cooling: 0.5 }, { schedule: "StepLR" }]) {
    expect(() => other.loadStateDict({ ...state, best: 1, ...wrong })).toThrow(TypeError);
  }
  expect(other.stateDict()).toEqual(state);
});

test("what cannot be is refused", () => {
  const optimizer = new SGD([parameter()]);
  const make = (options: object) => () => new ReduceLROnPlateau(optimizer, options);
  expect(() => new ReduceLROnPlateau(optimizer).step(undefined as never)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: ReduceLROnPlateau: step needs the metric, got undefined. Call step(loss).]`,
  );
  expect(make({ factor: 1 })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: ReduceLROnPlateau: factor must be below 1, got 1.]`,
  );
  expect(make({ mode: "low" })).toThrow("mode must be one of");
  expect(make({ patience: -1 })).toThrow("patience must be an integer of at least 0");
  expect(make({ minLr: [0, 1] })).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: ReduceLROnPlateau: minLr must be one number, or one for each of 1 group, got [0, 1].]`,
  );
  expect(make({ thresholdMode: "relative" })).toThrow('"rel", "abs"');
  expect(make({ min_lr: 0 })).toThrow("Did you mean minLr?");
});
