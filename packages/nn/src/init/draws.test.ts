import { createRandom } from "@conv/core";
import { describe, expect, test } from "vitest";
import { DRAWS, expectMoments, momentsOfDraws } from "../../test/draws.js";
import { manualSeed } from "../random.js";
import { normal, truncNormal, uniform } from "./draws.js";

const random = (seed: number) => ({ random: createRandom(seed) });

describe("uniform", () => {
  test("fills [low, high) evenly: mean in the middle, variance width²/12", () => {
    const x = uniform([DRAWS], { low: -0.5, high: 0.5, ...random(1) });
    expectMoments(x, 0, Math.sqrt(1 / 12));
    expect(momentsOfDraws(x).largest).toBeLessThanOrEqual(0.5);
    expect(momentsOfDraws(x).largest).toBeGreaterThan(0.499);
    expectMoments(uniform([DRAWS], random(2)), 0.5, Math.sqrt(1 / 12)); // by default [0, 1)
  });
});

describe("normal", () => {
  test("has its mean and standard deviation, by default 0 and 1", () => {
    expectMoments(normal([DRAWS / 10, 10], { mean: 3, std: 0.2, ...random(3) }), 3, 0.2);
    expectMoments(normal([DRAWS], random(4)), 0, 1);
  });
});

describe("truncNormal", () => {
  test("by default keeps to ±2: the variance is 1 − 4·φ(2)/(2Φ(2) − 1) = 0.7737", () => {
    const x = truncNormal([DRAWS], random(5));
    expectMoments(x, 0, Math.sqrt(0.773741));
    expect(momentsOfDraws(x).largest).toBeLessThanOrEqual(2);
  });

  test("the bounds are values, not standard deviations: half a normal distribution has mean √(2/π)·σ", () => {
    const x = truncNormal([DRAWS], { std: 0.1, low: 0, high: 2, ...random(6) });
    expectMoments(x, 0.1 * Math.sqrt(2 / Math.PI), 0.1 * Math.sqrt(1 - 2 / Math.PI));
    expect(Math.min(...x.dataSync())).toBeGreaterThanOrEqual(0);
  });

  test("draws from a tail of one in a thousand, and gives up where there is nothing", () => {
    expect(Math.min(...truncNormal([20], { low: 3.1, high: 9, ...random(7) }).dataSync())).toBeGreaterThanOrEqual(3.1);
    expect(() => truncNormal([2000], { std: 0.02, low: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: truncNormal: almost nothing of the normal distribution with mean 0 and std 0.02 lies from low 1 to high 2. The bounds are values, not standard deviations: scale them with std.]`,
    );
    expect([...truncNormal([2], { mean: 1, std: 0 }).dataSync()]).toEqual([1, 1]);
    expect(truncNormal([0, 2], { low: 50, high: 60 }).shape).toEqual([0, 2]);
  });
});

test("draws are decided by their generator, which is the shared one by default", () => {
  for (const draw of [uniform, normal, truncNormal]) {
    const values = (options?: object) => [...draw([3, 4], options).dataSync()];
    expect(values(random(1))).toEqual(values(random(1)));
    expect(values(random(1))).not.toEqual(values(random(2)));
    manualSeed(5);
    const first = values();
    manualSeed(5);
    expect([values(), values()]).toEqual([first, expect.not.arrayContaining(first)]);
  }
});

test("wrong options are refused", () => {
  expect(() => uniform([2], 0.5 as never)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: uniform: the last argument is the options, got 0.5. Pass an object: { low: 0.5 }.]`,
  );
  expect(() => uniform([2], { a: 0, b: 1 } as never)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: uniform: unknown option a. It takes low, high, random.]`,
  );
  expect(() => normal([2], { sigma: 1 } as never)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: normal: unknown option sigma. It takes mean, std, random.]`,
  );
  expect(() => truncNormal([2], { low: 1, high: 0 })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: truncNormal: low 1 must not be above high 0.]`,
  );
  expect(() => truncNormal([2], { std: -1 })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: truncNormal: std must be a finite number of at least 0, got -1.]`,
  );
  expect(() => truncNormal([2.5])).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: truncNormal: each axis of shape [2.5] must be an integer of at least 0, got 2.5.]`,
  );
});
