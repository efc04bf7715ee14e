import { createRandom, tensor } from "@conv/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { tensorDataset } from "../dataset.js";
import { randomSplit } from "./randomSplit.js";

const counting = (n: number) =>
  tensorDataset(tensor(new Float32Array(n)), tensor(Int32Array.from({ length: n }, (_, i) => i)));
const split = (n: number, lengths: number[], seed = 0) =>
  randomSplit(counting(n), lengths, { random: createRandom(seed) });

test("by hand: ten examples in the order of a permutation, the first seven and the other three", () => {
  const order = Array.from(createRandom(3).permutation(10).dataSync());
  const labels = split(10, [7, 3], 3).map((part) =>
    Array.from(part.get(Array.from({ length: part.length }, (_, i) => i)).y.dataSync()),
  );
  expect(labels).toEqual([order.slice(0, 7), order.slice(7)]);
});

test("fractions are rounded down, and what is left goes to the first, as in PyTorch", () => {
  const sizes = (n: number, fractions: number[]) => split(n, fractions).map((part) => part.length);
  expect(sizes(10, [0.7, 0.3])).toEqual([7, 3]);
  expect(sizes(10, [0.25, 0.25, 0.5])).toEqual([3, 2, 5]);
  expect(sizes(11, [1 / 3, 1 / 3, 1 / 3])).toEqual([4, 4, 3]);
  expect(sizes(5, [1])).toEqual([5]);
  expect(sizes(1, [1])).toEqual([1]);
});

test("the parts together are the dataset", () => {
  const weights = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(fc.nat(50), weights, fc.nat(), (n, parts, seed) => {
      const total = parts.reduce((sum, part) => sum + part, 0);
      const result = split(
        n,
        parts.map((part) => part / total),
        seed,
      );
      const labels = result.flatMap((part) =>
        Array.from(part.get(Array.from({ length: part.length }, (_, i) => i)).y.dataSync()),
      );
      expect(labels.sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
      for (const [i, { length }] of result.entries()) {
        expect(Math.abs(length - (n * parts[i]) / total)).toBeLessThanOrEqual(1);
      }
    }),
  );
});

test("errors", () => {
  expect(() => split(10, [7, 4])).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: randomSplit: lengths must be whole numbers that add up to 10, or fractions that add up to 1, got [7, 4].]`,
  );
  expect(() => split(10, [0.7, 0.2])).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: randomSplit: lengths must be whole numbers that add up to 10, or fractions that add up to 1, got [0.7, 0.2].]`,
  );
  expect(() => split(10, [-1, 11])).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: randomSplit: lengths must be whole numbers that add up to 10, or fractions that add up to 1, got [-1, 11].]`,
  );
  expect(() => randomSplit(counting(2), [1, 1], {} as never)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: randomSplit: random is missing. Pass { random: createRandom(seed) }.]`,
  );
});
