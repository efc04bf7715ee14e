import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { at, dot, indicesOf, integers, list, RUNS } from "../../test/samples.js";
import { tensor } from "../create.js";
import { createRandom } from "../random.js";
import { resampleKernel } from "./resample.js";
import { isIdentity, type ResampleGeometry, resampleGeometry, resampleTransposed } from "./resampleGeometry.js";
import type { Tap } from "./taps.js";

const along = (xShape: readonly number[], axis: number, rows: readonly (readonly Tap[])[]) =>
  resampleGeometry(xShape, axis, rows.length, (i) => rows[i]);

const rows = [[[0, 1]], [], [[0, 0.5], [2, -2]]] as const; // biome-ignore format: a matrix

describe("by hand: the matrix [[1, 0, 0], [0, 0, 0], [½, 0, −2]]", () => {
  test("along the only axis", () => {
    expect(list(resampleKernel(tensor([2, 3, 5]), along([3], 0, rows)))).toEqual([2, 0, -9]);
  });

  test("along the first axis, for every column", () => {
    const x = tensor([[2, 20], [3, 30], [5, 50]]); // biome-ignore format: a matrix
    expect(list(resampleKernel(x, along([3, 2], 0, rows)))).toEqual([2, 20, 0, 0, -9, -90]);
  });

  test("along the last axis, for every row", () => {
    const x = tensor([[2, 3, 5], [20, 30, 50]]); // biome-ignore format: a matrix
    expect(list(resampleKernel(x, along([2, 3], 1, rows)))).toEqual([2, 0, -9, 20, 0, -90]);
  });

  test("its tables, and those of its transpose", () => {
    const geometry = along([2, 3, 4], 1, rows);
    expect(geometry).toEqual({
      ...{ outer: 2, inSize: 3, inner: 4, outSize: 3, xShape: [2, 3, 4], yShape: [2, 3, 4] },
      ...{ starts: Int32Array.of(0, 1, 1, 3), indices: Int32Array.of(0, 0, 2), weights: Float64Array.of(1, 0.5, -2) },
    });
    expect(resampleTransposed(geometry)).toEqual({
      ...geometry,
      ...{ starts: Int32Array.of(0, 2, 2, 3), indices: Int32Array.of(0, 2, 2), weights: Float64Array.of(1, 0.5, -2) },
    });
  });

  test("taps at one index become one, and those of weight 0 none", () => {
    const { starts, indices, weights } = along([3], 0, [[[0, 0.25], [0, 0.5], [1, 0]], [[0, 1]]]); // biome-ignore format: a matrix
    expect([[...starts], [...indices], [...weights]]).toEqual([
      [0, 1, 2],
      [0, 0],
      [0.75, 1],
    ]);
  });

  test("which matrix is the identity", () => {
    const is = (...matrix: readonly (readonly (readonly [number, number])[])[]) => isIdentity(along([2], 0, matrix));
    expect(is([[0, 1]], [[1, 1]])).toBe(true);
    expect(is([[0, 1]], [[1, 0.5]])).toBe(false);
    expect(is([[1, 1]], [[0, 1]])).toBe(false);
    expect(is([[0, 1]])).toBe(false);
    expect(is([[0, 1]], [[1, 1]], [])).toBe(false);
    expect(is([[0, 1]], [])).toBe(false);
  });
});

/** Any matrix along any axis of any shape: of small integers, rows of nothing among them. */
const anyResampling = fc
  .record({
    before: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
    after: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
    inSize: fc.integer({ min: 1, max: 6 }),
    outSize: fc.integer({ min: 1, max: 6 }),
    seed: fc.nat(),
  })
  .map(({ before, after, inSize, outSize, seed }) => {
    const random = createRandom(seed);
    const row = () =>
      Array.from({ length: inSize }, (_, j) => [j, random.integer(4) - 1] as const).filter(
        () => random.integer(2) === 1,
      );
    const matrix = Array.from({ length: outSize }, row);
    return {
      geometry: along([...before, inSize, ...after], before.length, matrix),
      axis: before.length,
      seed,
    };
  });

/** R as a dense matrix. */
function dense({ outSize, inSize, starts, indices, weights }: ResampleGeometry): number[][] {
  const matrix = Array.from({ length: outSize }, () => new Array<number>(inSize).fill(0));
  for (let i = 0; i < outSize; i++) {
    for (let t = starts[i]; t < starts[i + 1]; t++) matrix[i][indices[t]] += weights[t];
  }
  return matrix;
}

describe("any sparse matrix", () => {
  test("is applied as the dense one", () => {
    fc.assert(
      fc.property(anyResampling, ({ geometry, axis, seed }) => {
        const [x, matrix] = [integers(geometry.xShape, seed), dense(geometry)];
        const y = resampleKernel(x, geometry);
        for (const index of indicesOf(geometry.yShape)) {
          const expected = matrix[index[axis]].reduce((sum, w, j) => sum + w * at(x, index.with(axis, j)), 0);
          expect(at(y, index)).toBe(expected + 0); // not −0
        }
      }),
      RUNS,
    );
  });

  test("has a transpose that is its adjoint, ⟨R x, g⟩ = ⟨x, Rᵀ g⟩, and whose transpose it is", () => {
    fc.assert(
      fc.property(anyResampling, ({ geometry, seed }) => {
        const transposed = resampleTransposed(geometry);
        const [x, g] = [integers(geometry.xShape, seed), integers(geometry.yShape, seed + 1)];
        expect(dot(resampleKernel(x, geometry), g)).toBe(dot(x, resampleKernel(g, transposed)));
        expect(dense(transposed)).toEqual(dense(geometry)[0].map((_, j) => dense(geometry).map((row) => row[j])));
        expect(resampleTransposed(transposed)).toEqual(geometry);
      }),
      RUNS,
    );
  });
});
