import { createRandom, type Tensor } from "@conv/core";
import { describe, expect, test } from "vitest";
import { fanIn, kaimingUniform, uniform } from "./init.js";

/** Draws per test: the standard error of a mean is then a hundredth of a standard deviation, of a variance likewise. */
const DRAWS = 10_000;
/** Four standard errors: a wrong bound is off by far more. */
const FOUR_STANDARD_ERRORS = 0.04;

const moments = (x: Tensor) => {
  const xs = [...x.dataSync()];
  const mean = xs.reduce((a, b) => a + b, 0) / xs.length;
  return {
    mean,
    variance: xs.reduce((total, v) => total + (v - mean) ** 2, 0) / xs.length,
    largest: Math.max(...xs.map(Math.abs)),
  };
};

describe("fanIn", () => {
  test("by hand: a 3 × 3 filter over 2 channels has 18 inputs", () => {
    expect(fanIn([16, 2, 3, 3])).toBe(18);
    expect(fanIn([10, 64])).toBe(64);
  });

  test("refuses a shape without an axis of inputs", () => {
    expect(() => fanIn([3])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: fanIn: a weight has at least two axes, [out, in, …], but its shape is [3].]`,
    );
    expect(() => fanIn([])).toThrow("fanIn");
  });
});

describe("uniform", () => {
  test("fills ±bound evenly: mean 0, variance bound²/3", () => {
    const { mean, variance, largest } = moments(uniform([DRAWS], 0.5, { random: createRandom(1) }));
    expect(Math.abs(mean)).toBeLessThan(FOUR_STANDARD_ERRORS * 0.5);
    expect(Math.abs(variance / (0.25 / 3) - 1)).toBeLessThan(FOUR_STANDARD_ERRORS);
    expect(largest).toBeLessThanOrEqual(0.5);
    expect(largest).toBeGreaterThan(0.499);
  });
});

describe("kaimingUniform", () => {
  test("by default keeps to ±1/√fanIn, as PyTorch's layers do", () => {
    const { variance, largest } = moments(kaimingUniform([DRAWS / 25, 25], { random: createRandom(2) }));
    expect(largest).toBeLessThanOrEqual(1 / 5);
    expect(largest).toBeGreaterThan(0.199);
    expect(Math.abs(variance / (0.04 / 3) - 1)).toBeLessThan(FOUR_STANDARD_ERRORS);
  });

  test.each([
    ["a linear map", 1, 1], // gain² = 2 / (1 + 1) = 1
    ["a ReLU", 0, 2],
    ["a leaky ReLU of slope ½", 0.5, 1.6],
  ])("before %s the variance is gain²/fanIn", (_, a, gainSquared) => {
    const { mean, variance } = moments(kaimingUniform([DRAWS / 20, 5, 2, 2], { a, random: createRandom(3) }));
    expect(Math.abs(mean)).toBeLessThan(FOUR_STANDARD_ERRORS * Math.sqrt(gainSquared / 20));
    expect(Math.abs(variance / (gainSquared / 20) - 1)).toBeLessThan(FOUR_STANDARD_ERRORS);
  });

  test("keeps the second moment of activations through a ReLU: E y² = E x²", () => {
    const random = createRandom(4);
    const w = kaimingUniform([200, 100], { a: 0, random }).dataSync();
    const x = [...random.normal([100]).dataSync()];
    const rows = Array.from({ length: 200 }, (_, o) => x.reduce((sum, v, c) => sum + w[o * 100 + c] * v, 0));
    const meanSquare = (values: ArrayLike<number>) =>
      Array.from(values, (v) => v * v).reduce((a, b) => a + b, 0) / values.length;
    const after = meanSquare(rows.map((v) => Math.max(v, 0)));
    expect(after / meanSquare(x)).toBeGreaterThan(0.6); // 200 rows of one x: the ratio is 1 ± 0.16
    expect(after / meanSquare(x)).toBeLessThan(1.6);
  });

  test("is decided by its generator", () => {
    const draw = (seed: number) => [...kaimingUniform([3, 4], { random: createRandom(seed) }).dataSync()];
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });
});
