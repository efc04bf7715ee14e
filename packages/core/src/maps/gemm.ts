import type { TypedArray } from "../dtype.js";
import { ShapeError } from "../errors.js";

/** A matrix inside an array: element [i, j] stands at offset + i·rowStride + j·columnStride. */
export interface Matrix {
  readonly values: TypedArray;
  readonly offset: number;
  readonly rows: number;
  readonly columns: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

/** The row-major matrix that starts at `offset`. */
export function matrix(values: TypedArray, rows: number, columns: number, offset = 0): Matrix {
  return { values, offset, rows, columns, rowStride: columns, columnStride: 1 };
}

/** Aᵀ, without moving an element: a transpose is a swap of strides. */
export function transposed(a: Matrix): Matrix {
  return { ...a, rows: a.columns, columns: a.rows, rowStride: a.columnStride, columnStride: a.rowStride };
}

/**
 * C ← A·B + βC, general matrix multiplication:
 *
 *     C[i, j] ← Σ A[i, k]·B[k, j] + β·C[i, j]     over k
 *
 * The sum is formed in float64 and rounded once, when it is written (with β = 1 after C was added).
 *
 * @param a [M, K].
 * @param b [K, N].
 * @param c [M, N], overwritten.
 * @param beta 0 to overwrite C, 1 to add to it.
 *
 * @throws {ShapeError} When the sizes do not fit.
 *
 * Cost: M·N·K multiply-adds, a tile of 2 × 4 elements of C at a time. A tile that reaches beyond C reads its first row or
 * column again and writes only what is inside.
 */
export function gemm(a: Matrix, b: Matrix, c: Matrix, beta: 0 | 1 = 0): void {
  const [m, n, depth] = [c.rows, c.columns, a.columns];
  if (b.rows !== depth || a.rows !== m || b.columns !== n) {
    const [as, bs, cs] = [a, b, c].map(({ rows, columns }) => `[${rows}, ${columns}]`);
    throw new ShapeError(`gemm: A ${as} times B ${bs} does not make C ${cs}. Transpose or resize one of them.`);
  }
  if (beta !== 0 && beta !== 1) throw new RangeError(`gemm: beta must be 0 or 1, got ${beta}.`);
  if (n < m && n < 4) {
    gemm(transposed(b), transposed(a), transposed(c), beta); // Cᵀ = BᵀAᵀ: tiles lie along C's longer side
    return;
  }
  const [as, bs, cs] = [a.values, b.values, c.values];
  const [aDown, aRight, bDown, bRight] = [a.rowStride, a.columnStride, b.rowStride, b.columnStride];

  const put = (i: number, j: number, sum: number): void => {
    if (i >= m || j >= n) return;
    const at = c.offset + i * c.rowStride + j * c.columnStride;
    cs[at] = beta === 0 ? sum : sum + cs[at]; // 0 · NaN is NaN: overwriting must not read
  };

  for (let i = 0; i < m; i += 2) {
    const down = i + 1 < m ? aDown : 0;
    for (let j = 0; j < n; j += 4) {
      const right1 = j + 1 < n ? bRight : 0;
      const right2 = j + 2 < n ? 2 * bRight : 0;
      const right3 = j + 3 < n ? 3 * bRight : 0;
      let c00 = 0;
      let c01 = 0;
      let c02 = 0;
      let c03 = 0;
      let c10 = 0;
      let c11 = 0;
      let c12 = 0;
      let c13 = 0;
      let aAt = a.offset + i * aDown;
      let bAt = b.offset + j * bRight;
      for (let k = 0; k < depth; k++, aAt += aRight, bAt += bDown) {
        const a0 = as[aAt];
        const a1 = as[aAt + down];
        const b0 = bs[bAt];
        const b1 = bs[bAt + right1];
        const b2 = bs[bAt + right2];
        const b3 = bs[bAt + right3];
        c00 += a0 * b0;
        c01 += a0 * b1;
        c02 += a0 * b2;
        c03 += a0 * b3;
        c10 += a1 * b0;
        c11 += a1 * b1;
        c12 += a1 * b2;
        c13 += a1 * b3;
      }
      put(i, j, c00);
      put(i, j + 1, c01);
      put(i, j + 2, c02);
      put(i, j + 3, c03);
      put(i + 1, j, c10);
      put(i + 1, j + 1, c11);
      put(i + 1, j + 2, c12);
      put(i + 1, j + 3, c13);
    }
  }
}
