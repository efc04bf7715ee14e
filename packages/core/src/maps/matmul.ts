import { checkTensors, defineKernel } from "../device/defineKernel.js";
import { ShapeError } from "../errors.js";
import { expectNoMore, expectTensor } from "../options.js";
import { tidy } from "../scope.js";
import { formatShape, type Shape } from "../shape.js";
import { allocate, type Tensor, type TensorLike, valuesOf } from "../tensor.js";
import { matmulWasm } from "../wasm/matmul.js";
import { gemm, matrix } from "./gemm.js";
import { type MatmulGeometry, matmulGeometry } from "./matmulGeometry.js";
import { reshape } from "./reshape.js";
import { rowsOf } from "./rows.js";

/** The kernel of `matmul`: bilinear, gradA = gradY·Bᵀ and gradB = Aᵀ·gradY. */
export const matmulKernel = /* @__PURE__ */ defineKernel(
  "matmul",
  (a, b, { rows, depth, columns, aBatch, bBatch, yShape }) => {
    const y = allocate(a.device, yShape, a.dtype);
    const [as, bs, ys] = [valuesOf(a), valuesOf(b), valuesOf(y)];
    const { starts, length, steps } = rowsOf(yShape.slice(0, -2), aBatch, bBatch);
    let at = 0;
    for (const [aRow, bRow] of starts) {
      for (let i = 0; i < length; i++, at += rows * columns) {
        const left = matrix(as, rows, depth, (aRow + i * steps[0]) * rows * depth);
        const right = matrix(bs, depth, columns, (bRow + i * steps[1]) * depth * columns);
        gemm(left, right, matrix(ys, rows, columns, at));
      }
    }
    return y;
  },
  "floating",
  matmulWasm,
);

/** The steps of a matrix product as users call it; on tensors, or on Variables that remember them. */
export interface MatmulSteps<X, Y = X> {
  matmul(a: X, b: X, geometry: MatmulGeometry): Y;
  reshape(x: X, shape: Shape): Y;
}

/** The matrix product made of the given steps: vectors become matrices and back. Written once for tensors and Variables. */
/* @__NO_SIDE_EFFECTS__ */
export function matrixProduct<X extends TensorLike, Y extends X = X>(steps: MatmulSteps<X, Y>) {
  return (a: X, b: X, ...more: never[]): Y => {
    expectNoMore("matmul", more);
    expectTensor("matmul", "a", a);
    expectTensor("matmul", "b", b);
    checkTensors("matmul", "floating", [a, b]);
    if (a.shape.length === 0 || b.shape.length === 0) {
      throw new ShapeError(
        `matmul: a ${formatShape(a.shape)} and b ${formatShape(b.shape)} must have at least one axis each. Use mul for scalars.`,
      );
    }
    const [isRow, isColumn] = [a.shape.length === 1, b.shape.length === 1];
    return tidy(() => {
      const left = isRow ? steps.reshape(a, [1, ...a.shape]) : a;
      const right = isColumn ? steps.reshape(b, [...b.shape, 1]) : b;
      const geometry = matmulGeometry(left.shape, right.shape, [a.shape, b.shape].map(formatShape));
      const y = steps.matmul(left, right, geometry);
      if (!isRow && !isColumn) return y;
      const batch = geometry.yShape.slice(0, -2);
      return steps.reshape(y, [...batch, ...(isRow ? [] : [geometry.rows]), ...(isColumn ? [] : [geometry.columns])]);
    });
  };
}

/**
 * The matrix product A·B, of stacks of matrices too: leading axes broadcast. A vector on the left is a row, one on the
 * right a column, and that axis is dropped from the result.
 *
 * @param a […, M, K] or [K], float32 or float64.
 * @param b […, K, N] or [K], of the same type.
 * @returns […, M, N].
 * @throws {ShapeError} When A's columns are not as many as B's rows, or the leading axes do not broadcast.
 * @throws {TypeError} When the types differ, or are int32.
 * @see `torch.matmul`: the same rules.
 * @example
 * matmul(tensor([[1, 2], [3, 4]]), tensor([10, 1])); // [12, 34]
 */
export const matmul: (a: Tensor, b: Tensor) => Tensor = /* @__PURE__ */ matrixProduct<Tensor>({
  matmul: matmulKernel,
  reshape,
});
