import type { TypedArray } from "../tensor.js";

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
 * C ← A·B + βC, general matrix multiplication. Each element is summed in float64 and rounded once.
 *
 * @param a [M, K].
 * @param b [K, N].
 * @param c [M, N], overwritten.
 * @param beta 0 to overwrite C, 1 to add to it.
 *
 * Cost: M·N·K multiply-adds. Four columns at a time share a pass over a row of A.
 */
export function gemm(a: Matrix, b: Matrix, c: Matrix, beta: 0 | 1 = 0): void {
  const [as, bs, cs] = [a.values, b.values, c.values];
  const [m, n, depth] = [a.rows, b.columns, a.columns];
  const [aStep, bStep, bNext] = [a.columnStride, b.rowStride, b.columnStride];
  for (let i = 0; i < m; i++) {
    const aRow = a.offset + i * a.rowStride;
    const cRow = c.offset + i * c.rowStride;
    let j = 0;
    for (; j + 4 <= n; j += 4) {
      let [s0, s1, s2, s3] = [0, 0, 0, 0];
      let at = b.offset + j * bNext;
      for (let k = 0; k < depth; k++, at += bStep) {
        const aik = as[aRow + k * aStep];
        s0 += aik * bs[at];
        s1 += aik * bs[at + bNext];
        s2 += aik * bs[at + 2 * bNext];
        s3 += aik * bs[at + 3 * bNext];
      }
      const to = cRow + j * c.columnStride;
      cs[to] = s0 + beta * cs[to];
      cs[to + c.columnStride] = s1 + beta * cs[to + c.columnStride];
      cs[to + 2 * c.columnStride] = s2 + beta * cs[to + 2 * c.columnStride];
      cs[to + 3 * c.columnStride] = s3 + beta * cs[to + 3 * c.columnStride];
    }
    for (; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < depth; k++) sum += as[aRow + k * aStep] * bs[b.offset + k * bStep + j * bNext];
      const to = cRow + j * c.columnStride;
      cs[to] = sum + beta * cs[to];
    }
  }
}
