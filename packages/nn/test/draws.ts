import type { Tensor } from "@conv/core";
import { expect } from "vitest";

/** Draws per test: the standard error of a mean is then a hundredth of a standard deviation. */
export const DRAWS = 10_000;
/** Four standard errors of a mean, in standard deviations; of a variance it is a little more. A wrong bound is off by far more. */
const FOUR_STANDARD_ERRORS = 0.04;

/** Mean, variance and largest amount of draws. */
export function momentsOfDraws(x: Tensor) {
  const xs = [...x.dataSync()];
  const mean = xs.reduce((a, b) => a + b, 0) / xs.length;
  const variance = xs.reduce((total, v) => total + (v - mean) ** 2, 0) / xs.length;
  return { mean, variance, largest: xs.reduce((most, v) => Math.max(most, Math.abs(v)), 0) };
}

/** Expects 10 000 draws from a distribution with this mean and standard deviation. */
export function expectMoments(x: Tensor, mean: number, std: number): void {
  expect(x.size).toBe(DRAWS);
  const got = momentsOfDraws(x);
  expect(Math.abs(got.mean - mean) / std).toBeLessThan(FOUR_STANDARD_ERRORS);
  expect(Math.abs(got.variance / std ** 2 - 1)).toBeLessThan(1.5 * FOUR_STANDARD_ERRORS); // of normal draws: √2 times
}
