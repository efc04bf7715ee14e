import { createRandom, matmul, reshape, type Shape, type Tensor, transpose } from "@conv/core";
import { describe, expect, test } from "vitest";
import { DRAWS, expectMoments } from "../../test/draws.js";
import { orthogonal } from "./orthogonal.js";

/** Rounding of float32 in sums of a hundred products. */
const FLOAT32 = 5;

/** The largest difference between a matrix and gain²·I. */
function awayFromIdentity(m: Tensor, gain = 1): number {
  const [n] = m.shape;
  return [...m.dataSync()].reduce((most, v, i) => {
    const expected = i % (n + 1) === 0 ? gain * gain : 0;
    return Math.max(most, Math.abs(v - expected));
  }, 0);
}

describe("orthogonal", () => {
  test.each([[[5, 8]], [[8, 8]], [[6, 2, 3, 3]], [[1, 4]]])("rows of %j are orthonormal: W Wᵀ = I", (shape: Shape) => {
    const w = reshape(orthogonal(shape, { random: createRandom(1) }), [shape[0], -1]);
    expect(awayFromIdentity(matmul(w, transpose(w, 0, 1)))).toBeLessThan(10 ** -FLOAT32);
  });

  test.each([[[9, 4]], [[100, 3, 3, 3]], [[4, 1]]])(
    "where they are fewer, columns of %j are: Wᵀ W = I",
    (shape: Shape) => {
      const w = reshape(orthogonal(shape, { random: createRandom(2) }), [shape[0], -1]);
      expect(awayFromIdentity(matmul(transpose(w, 0, 1), w))).toBeLessThan(10 ** -FLOAT32);
    },
  );

  test("gain scales it", () => {
    const w = orthogonal([4, 6], { gain: 3, random: createRandom(3) });
    expect(awayFromIdentity(matmul(w, transpose(w, 0, 1)), 3)).toBeLessThan(10 ** -FLOAT32 * 9);
  });

  test("all directions are equally likely: elements of [100, 100] have mean 0 and variance 1/100", () => {
    expectMoments(orthogonal([100, 100], { random: createRandom(4) }), 0, 0.1);
    const corners = Array.from({ length: DRAWS / 10 }, (_, i) =>
      orthogonal([2, 2], { random: createRandom(i) }).dataSync(),
    );
    const positive = corners.filter(([a]) => a > 0).length / corners.length;
    const rotations = corners.filter(([a, b, c, d]) => a * d - b * c > 0).length / corners.length;
    expect(Math.abs(positive - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / corners.length)); // four standard deviations
    expect(Math.abs(rotations - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / corners.length)); // half are reflections
  });

  test("refuses vectors, and options that it does not have", () => {
    expect(() => orthogonal([4])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: orthogonal: a weight has at least two axes, [out, in, …], but its shape is [4].]`,
    );
    expect(() => orthogonal([4, 4], { scale: 2 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: orthogonal: unknown option scale. It takes gain, random.]`,
    );
    expect(orthogonal([0, 4]).shape).toEqual([0, 4]);
  });
});
