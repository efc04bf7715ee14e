import { variable } from "@conv/autograd";
import { tensor } from "@conv/core";
import { describe, expect, test } from "vitest";
import { expectValues, parameter, setGradient, after as stepsOf } from "../../test/steps.js";
import { RMSprop, type RMSpropOptions } from "../index.js";

const after = (options: RMSpropOptions, ...gradients: number[]) =>
  stepsOf((parameters) => new RMSprop(parameters, options), ...gradients);

describe("RMSprop, by hand", () => {
  test("its first step is lr / √(1 − α) long, whatever the gradient: v starts at 0 and is not corrected", () => {
    for (const g of [1e-3, 1, 1e3]) {
      expectValues(after({ lr: 0.1, alpha: 0.75, eps: 0 }, g), [0.8]);
      expectValues(after({ lr: 0.1, alpha: 0.75, eps: 0 }, -g), [1.2]);
    }
  });

  test("gradients 2 and 4 with α = ½: v = 2, then 0.5·2 + 0.5·16 = 9", () => {
    const first = 1 - (0.1 * 2) / Math.sqrt(2);
    expectValues(after({ lr: 0.1, alpha: 0.5, eps: 0 }, 2, 4), [first, first - (0.1 * 4) / 3]);
  });

  test("ε is added to the root, not under it: gradient 2, α = ¾, root 1, ε 1", () => {
    expectValues(after({ lr: 0.1, alpha: 0.75, eps: 1 }, 2), [0.9]);
  });

  test("momentum ½ keeps half of the last step: with α = 0 and gradients 3 and 7 u = 1, then 0.5·1 + 1", () => {
    expectValues(after({ lr: 0.1, alpha: 0, eps: 0, momentum: 0.5 }, 3, 7), [0.9, 0.75]);
  });

  test("centered divides by √(v − m²): gradient 2, α = ½ makes v = 2, m = 1, the root 1", () => {
    expectValues(after({ lr: 0.1, alpha: 0.5, eps: 0, centered: true }, 2), [0.8]);
  });

  test("weight decay goes through the gradient, and so through the division: g = −0.25 + 0.5·1 is positive", () => {
    expectValues(after({ lr: 0.1, alpha: 0.75, eps: 0, weightDecay: 0.5 }, -0.25), [0.8]);
  });

  test("the defaults are lr 0.01, α 0.99, ε 10⁻⁸", () => {
    const explicit = { lr: 0.01, alpha: 0.99, eps: 1e-8, momentum: 0, centered: false, weightDecay: 0 };
    expect(after({}, 2, -1, 3)).toEqual(after(explicit, 2, -1, 3));
    expectValues(after({}, 1e-7), [1 - 0.01 * (1e-7 / (1e-8 + 1e-8))]); // √(0.01·10⁻¹⁴) = 10⁻⁸: here ε counts
  });
});

test("centered, gradients that never change give no NaN, although rounding makes v − m² negative", () => {
  const p = variable(tensor([1]));
  const optimizer = new RMSprop([p], { lr: 1e-12, alpha: 0.5, centered: true });
  setGradient(p, 3.1);
  let isNegative = false;
  for (let step = 0; step < 100; step++) {
    optimizer.step();
    const { "0.v": v, "0.m": m } = optimizer.stateDict();
    isNegative ||= v.item() < Math.fround(m.item() ** 2);
  }
  expect(isNegative).toBe(true);
  expect(p.item()).not.toBeNaN();
});

test("it keeps only what its options need", () => {
  const names = (options: RMSpropOptions) => {
    const p = parameter();
    setGradient(p, 1);
    const optimizer = new RMSprop([p], options);
    optimizer.step();
    return Object.keys(optimizer.stateDict()).filter((name) => !name.startsWith("groups."));
  };
  expect(names({})).toEqual(["0.step", "0.v"]);
  expect(names({ centered: true, momentum: 0.9 })).toEqual(["0.step", "0.v", "0.m", "0.momentum"]);
});

describe("RMSprop refuses", () => {
  const make = (options: object) => () => new RMSprop([parameter()], options);

  test("an alpha that is not from 0 to below 1", () => {
    expect(make({ alpha: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: RMSprop: alpha must be a number from 0 to below 1, got 1.]`,
    );
    expect(make({ alpha: -0.1 })).toThrow(RangeError);
    expect(make({ alpha: Number.NaN })).toThrow(RangeError);
    expect(make({ alpha: "0.9" })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: RMSprop: alpha must be a number from 0 to below 1, got "0.9".]`,
    );
  });

  test("negative numbers, a centered that is neither true nor false, and unknown options", () => {
    expect(make({ lr: -1 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: RMSprop: lr must be a finite number of at least 0, got -1.]`,
    );
    expect(make({ eps: -1 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: RMSprop: eps must be a finite number of at least 0, got -1.]`,
    );
    expect(make({ momentum: -1 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: RMSprop: momentum must be a finite number of at least 0, got -1.]`,
    );
    expect(make({ weightDecay: -1 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: RMSprop: weightDecay must be a finite number of at least 0, got -1.]`,
    );
    expect(make({ centered: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: RMSprop: centered must be true or false, got 1.]`,
    );
    expect(make({ rho: 0.9 })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: RMSprop: unknown option rho. It takes lr, alpha, eps, momentum, centered, weightDecay.]`,
    );
  });
});
