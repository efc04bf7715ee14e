import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { integers, RUNS } from "../../test/samples.js";
import { gemm, type Matrix, matrix, transposed } from "./gemm.js";

const A = Float64Array.of(1, 2, 3, 4, 5, 6); // [2, 3]
const B = Float64Array.of(7, 8, 9, 10, 11, 12); // [3, 2]

/** The element [i, j] of a matrix. */
const entry = (m: Matrix, i: number, j: number) => m.values[m.offset + i * m.rowStride + j * m.columnStride];

describe("matrix and transposed", () => {
  test("by hand: Aᵀ reads the columns of A as rows", () => {
    const a = matrix(A, 2, 3);
    const t = transposed(a);
    expect([t.rows, t.columns]).toEqual([3, 2]);
    expect([entry(a, 1, 0), entry(t, 0, 1), entry(t, 2, 0)]).toEqual([4, 4, 3]);
    expect(t.values).toBe(A);
    expect(transposed(t)).toEqual(a);
  });

  test("a matrix may start anywhere in its array", () => {
    expect(entry(matrix(A, 1, 2, 3), 0, 1)).toBe(5);
  });
});

describe("gemm", () => {
  test("by hand: [1 2 3; 4 5 6] · [7 8; 9 10; 11 12] = [58 64; 139 154]", () => {
    const c = new Float64Array(4);
    gemm(matrix(A, 2, 3), matrix(B, 3, 2), matrix(c, 2, 2));
    expect([...c]).toEqual([58, 64, 139, 154]);
  });

  test("by hand: transposed operands and a transposed result", () => {
    const c = new Float64Array(9);
    gemm(transposed(matrix(A, 2, 3)), transposed(matrix(B, 3, 2)), matrix(c, 3, 3));
    expect([...c]).toEqual([39, 49, 59, 54, 68, 82, 69, 87, 105]);
    gemm(matrix(A, 2, 3), matrix(B, 3, 2), transposed(matrix(c, 2, 2)));
    expect([...c.subarray(0, 4)]).toEqual([58, 139, 64, 154]);
  });

  test("by hand: beta 1 adds to C, beta 0 overwrites it", () => {
    const c = Float64Array.of(1, 2, 3, 4);
    gemm(matrix(A, 2, 3), matrix(B, 3, 2), matrix(c, 2, 2), 1);
    expect([...c]).toEqual([59, 66, 142, 158]);
    gemm(matrix(A, 2, 3), matrix(B, 3, 2), matrix(c, 2, 2), 0);
    expect([...c]).toEqual([58, 64, 139, 154]);
  });

  test("beta 0 overwrites NaN and infinity too, as in BLAS", () => {
    const c = Float64Array.of(Number.NaN, Number.POSITIVE_INFINITY);
    gemm(matrix(Float64Array.of(1), 1, 1), matrix(Float64Array.of(1, 2), 1, 2), matrix(c, 1, 2));
    expect([...c]).toEqual([1, 2]);
  });

  test("it equals three nested loops for all sizes, offsets, transposes and betas, and writes nothing else", () => {
    const size = fc.integer({ min: 0, max: 9 });
    const place = fc.record({ isTransposed: fc.boolean(), offset: fc.nat(3) });
    fc.assert(
      fc.property(size, size, size, place, place, place, fc.constantFrom(0, 1), fc.nat(), (m, n, k, ...rest) => {
        const [placeA, placeB, placeC, beta, seed] = rest;
        const at = (rows: number, columns: number, { isTransposed, offset }: typeof placeA, salt: number): Matrix => {
          const values = integers([offset + rows * columns + 2], seed + salt).dataSync();
          return isTransposed
            ? transposed(matrix(values, columns, rows, offset))
            : matrix(values, rows, columns, offset);
        };
        const [a, b, c] = [at(m, k, placeA, 0), at(k, n, placeB, 1), at(m, n, placeC, 2)];
        const expected = c.values.slice();
        for (let i = 0; i < m; i++)
          for (let j = 0; j < n; j++) {
            let sum = beta * entry(c, i, j);
            for (let l = 0; l < k; l++) sum += entry(a, i, l) * entry(b, l, j);
            expected[c.offset + i * c.rowStride + j * c.columnStride] = sum;
          }
        gemm(a, b, c, beta as 0 | 1);
        expect([...c.values].map((v) => v + 0)).toEqual([...expected].map((v) => v + 0)); // + 0: −0 is 0
      }),
      RUNS,
    );
  });

  test("every element of every tile is summed in float64 and rounded once", () => {
    const column = [2 ** 24, 1, 1, 1, 1]; // a float32 sum would stay at 2^24
    for (const [m, n] of [
      [1, 9],
      [9, 1],
      [5, 7],
    ]) {
      const a = matrix(new Float32Array(m * 5).fill(1), m, 5);
      const b = matrix(
        Float32Array.from({ length: 5 * n }, (_, at) => column[Math.floor(at / n)]),
        5,
        n,
      );
      const c = new Float32Array(m * n);
      gemm(a, b, matrix(c, m, n));
      expect([...c]).toEqual(new Array(m * n).fill(2 ** 24 + 4));
    }
  });
});

test("sizes that do not fit are an error", () => {
  const a = matrix(new Float32Array(6), 2, 3);
  expect(() =>
    gemm(a, matrix(new Float32Array(4), 2, 2), matrix(new Float32Array(4), 2, 2)),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: gemm: A [2, 3] times B [2, 2] does not make C [2, 2]. Transpose or resize one of them.]`,
  );
});
