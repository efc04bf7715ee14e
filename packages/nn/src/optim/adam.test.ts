import { describe, expect, test } from "vitest";
import { expectValues, parameter, after as stepsOf } from "../../test/steps.js";
import { Adam, type AdamOptions, AdamW } from "../index.js";

const after = (Optimizer: typeof Adam | typeof AdamW, options: AdamOptions, ...gradients: number[]) =>
  stepsOf((parameters) => new Optimizer(parameters, options), ...gradients);

describe("Adam, by hand", () => {
  test("its first step is lr long, whatever the gradient: both means, corrected, are g and g²", () => {
    for (const g of [1e-3, 1, 1e3]) {
      expectValues(after(Adam, { lr: 0.1, eps: 0 }, g), [0.9]);
      expectValues(after(Adam, { lr: 0.1, eps: 0 }, -g), [1.1]);
    }
  });

  test("gradients 1 and 3 with β = ½, ½: m̂ = 1.75 / 0.75 and v̂ = 4.75 / 0.75 at the second step", () => {
    const second = 0.9 - (0.1 * (1.75 / 0.75)) / Math.sqrt(4.75 / 0.75);
    expectValues(after(Adam, { lr: 0.1, betas: [0.5, 0.5], eps: 0 }, 1, 3), [0.9, second]);
  });

  test("β₁ and β₂ have their own places: with β = 0, ½ the step follows the last gradient", () => {
    const second = 0.9 - (0.1 * 3) / Math.sqrt(4.75 / 0.75);
    expectValues(after(Adam, { lr: 0.1, betas: [0, 0.5], eps: 0 }, 1, 3), [0.9, second]);
  });

  test("ε is added to the corrected root: gradient 1, ε 1 halve the step", () => {
    expectValues(after(Adam, { lr: 0.1, eps: 1 }, 1), [0.95]);
  });

  test("the defaults are lr 0.001, β 0.9 and 0.999, ε 10⁻⁸", () => {
    const explicit = { lr: 0.001, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, amsgrad: false } as const;
    expect(after(Adam, {}, 2, -1, 3)).toEqual(after(Adam, explicit, 2, -1, 3));
    const small = 1 - 0.001 * (1e-8 / (1e-8 + 1e-8)); // here ε counts
    expectValues(after(Adam, {}, 1e-8), [small]);
  });

  test("amsgrad divides by the largest v so far: √4 at the second step, not √1", () => {
    const options = { lr: 0.1, betas: [0.5, 0], eps: 0 } as const;
    expectValues(after(Adam, { ...options, amsgrad: true }, 2, 1), [0.9, 0.9 - (0.1 * (1 / 0.75)) / 2]);
    expectValues(after(Adam, options, 2, 1), [0.9, 0.9 - 0.1 * (1 / 0.75)]);
  });

  test("weight decay goes through the gradient, and so through the division: g = 1 + 0.5·1 makes the same step", () => {
    expectValues(after(Adam, { lr: 0.1, eps: 0, weightDecay: 0.5 }, 1), [0.9]);
    expectValues(after(Adam, { lr: 0.1, eps: 0, weightDecay: 0.5 }, -0.25), [0.9]); // −0.25 + 0.5 is positive
  });
});

describe("AdamW, by hand", () => {
  test("takes lr·λ·p away beside the step: 1·(1 − 0.1·0.5) − 0.1 = 0.85", () => {
    expectValues(after(AdamW, { lr: 0.1, eps: 0, weightDecay: 0.5 }, 1), [0.85]);
  });

  test("decays by 0.01 by default, and is Adam without decay", () => {
    expectValues(after(AdamW, { lr: 0.1, eps: 0 }, 1), [1 - 0.001 - 0.1]);
    expect(after(AdamW, { lr: 0.1, weightDecay: 0 }, 1, -2, 3)).toEqual(after(Adam, { lr: 0.1 }, 1, -2, 3));
  });
});

describe("Adam and AdamW refuse", () => {
  const make = (options: object) => () => new Adam([parameter()], options);

  test("betas that are not two numbers from 0 to below 1", () => {
    expect(make({ betas: [0.9, 1] })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: Adam: betas must be two numbers from 0 to below 1, got [0.9, 1].]`,
    );
    expect(make({ betas: [0.9] })).toThrow(RangeError);
    expect(make({ betas: ["0.9", 0.9] })).toThrow(RangeError);
    expect(make({ betas: [-0.1, 0.9] })).toThrow(RangeError);
    expect(make({ betas: 0.9 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: Adam: betas must be two numbers from 0 to below 1, got 0.9.]`,
    );
  });

  test("negative numbers and unknown options, under their own name", () => {
    expect(make({ lr: -1 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: Adam: lr must be a finite number of at least 0, got -1.]`,
    );
    expect(make({ eps: -1 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: Adam: eps must be a finite number of at least 0, got -1.]`,
    );
    expect(make({ weightDecay: -1 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: Adam: weightDecay must be a finite number of at least 0, got -1.]`,
    );
    expect(() => new AdamW([parameter()], { momentum: 0.9 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: AdamW: unknown option momentum. It takes lr, betas, eps, weightDecay, amsgrad.]`,
    );
  });
});
