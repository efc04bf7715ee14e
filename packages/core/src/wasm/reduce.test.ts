import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { list, RUNS } from "../../test/samples.js";
import { expectPlain, expectSameForThreads, mixed } from "../../test/wasm.js";
import { tensor } from "../create.js";
import { argmaxKernel, maxKernel, minKernel, sumKernel } from "../maps/reduce.js";
import { reduceGeometry } from "../maps/reduceGeometry.js";
import type { Shape } from "../shape.js";
import { ARGMAX, MAX, MIN, reduction, SUM } from "./reduce.js";

const geometryOf = (shape: Shape, dim?: number | readonly number[]) => reduceGeometry("test", shape, { dim });

/** Shapes and axes with every pattern of kept and reduced ones, short and longer than a vector. */
const anyReduction = fc
  .array(fc.oneof(fc.integer({ min: 1, max: 4 }), fc.constantFrom(5, 9, 17)), { maxLength: 5 })
  .chain((shape) =>
    fc.record({
      shape: fc.constant(shape as Shape),
      dim: fc.subarray(shape.map((_, axis) => axis)),
      seed: fc.nat(),
      special: fc.constantFrom(0, 0, 0.02, 0.3),
    }),
  );

/** Sizes that are worked on in blocks, and in parts. */
const large: readonly (readonly [Shape, number | readonly number[] | undefined])[] = [
  [[64, 10], 1],
  [[100_003], undefined],
  [[300, 517], undefined],
  [[300, 517], 0],
  [[300, 517], 1],
  [[40_000, 3], 0],
  [[2, 70_001], 1],
  [
    [8, 3, 40, 41],
    [0, 2, 3],
  ],
  [
    [4, 2, 3, 5000],
    [0, 3],
  ],
  [[3, 30_001, 2], 1],
  [
    [2, 5, 2, 7, 2, 600],
    [1, 3, 5],
  ],
  [
    [2, 5, 2, 7, 2, 600],
    [0, 2, 4],
  ],
];

describe("reductions equal the plain ones", () => {
  test("by hand", () => {
    const x = tensor([1, 5, 3, 4, 2, 6], [2, 3]);
    expect(list(reduction(SUM)(x, geometryOf([2, 3], 0)) as never)).toEqual([5, 7, 9]);
    expect(list(reduction(MIN)(x, geometryOf([2, 3], 1)) as never)).toEqual([1, 2]);
    expect(list(reduction(ARGMAX)(x, geometryOf([2, 3])) as never)).toEqual([5]);
  });

  test("sums, for every pattern of axes, to the bit", () => {
    fc.assert(
      fc.property(anyReduction, ({ shape, dim, seed, special }) => {
        expectPlain(sumKernel, [mixed(shape, seed, special), geometryOf(shape, dim)]);
      }),
      RUNS,
    );
  });

  test("extremes, to the bit: NaN, infinities and the zero that comes first", () => {
    fc.assert(
      fc.property(anyReduction, ({ shape, dim, seed, special }) => {
        const x = mixed(shape, seed, special);
        expectPlain(maxKernel, [x, geometryOf(shape, dim)]);
        expectPlain(minKernel, [x, geometryOf(shape, dim)]);
        expectPlain(argmaxKernel, [x, geometryOf(shape)]);
        if (dim.length > 0) expectPlain(argmaxKernel, [x, geometryOf(shape, dim[0])]);
      }),
      RUNS,
    );
  });

  test.each(large)("%j over %j", (shape, dim) => {
    for (const special of [0, 1e-4]) {
      const x = mixed(shape, 1, special);
      expectPlain(sumKernel, [x, geometryOf(shape, dim)]);
      expectPlain(maxKernel, [x, geometryOf(shape, dim)]);
      expectPlain(minKernel, [x, geometryOf(shape, dim)]);
      if (!Array.isArray(dim)) expectPlain(argmaxKernel, [x, geometryOf(shape, dim)]);
    }
  });

  test.each(large)("%j over %j, by any number of threads", async (shape, dim) => {
    const x = mixed(shape, 2);
    await expectSameForThreads(() => sumKernel(x, geometryOf(shape, dim)));
    await expectSameForThreads(() => maxKernel(x, geometryOf(shape, dim)));
  });

  test("int32 and float64, and nothing, are left to the plain ones", () => {
    const geometry = geometryOf([2]);
    expect(reduction(SUM)(tensor(Int32Array.of(1, 2)), geometry)).toBeUndefined();
    expect(reduction(MAX)(tensor(Float64Array.of(1, 2)), geometry)).toBeUndefined();
    expect(reduction(SUM)(tensor(new Float32Array(0), [0]), geometryOf([0]))).toBeUndefined();
  });
});

describe("a sum has the error of float64, rounded once", () => {
  const n = 100_000;
  test.each([
    ["tenths", () => 0.1],
    ["a large one and many small ones", (i: number) => (i === 0 ? 2 ** 30 : 2 ** -10)],
    ["almost nothing left", (i: number) => (i % 2 === 0 ? 1 : -1) * (1 + (i >> 1) / n) + (i === 7 ? 2 ** -20 : 0)],
    ["all sizes", (i: number) => (i % 3 === 0 ? -1 : 1) * 2 ** ((i * 7) % 41)],
  ])("%s", (_, of) => {
    const values = Float32Array.from({ length: n }, (_, i) => of(i));
    // exact: multiples of 2⁻⁵⁰ as integers
    const exact = values.reduce((sum, value) => sum + BigInt(value * 2 ** 50), 0n);
    const magnitude = values.reduce((sum, value) => sum + Math.abs(value), 0);
    const room = (most: number) => 2 ** -24 * Math.abs(most) + n * 2 ** -53 * magnitude;
    const want = Number(exact) / 2 ** 50;
    for (const shape of [[n], [n, 1], [10, n / 10], [n / 8, 8]] as Shape[]) {
      const got = sumKernel(tensor(values, shape), geometryOf(shape)).item();
      expect(Math.abs(got - want)).toBeLessThanOrEqual(room(want));
    }
    const columns = tensor(
      Float32Array.from({ length: 3 * n }, (_, i) => values[Math.floor(i / 3)]),
      [n, 3],
    );
    for (const got of list(sumKernel(columns, geometryOf([n, 3], 0)))) {
      expect(Math.abs(got - want)).toBeLessThanOrEqual(room(want));
    }
  });
});
