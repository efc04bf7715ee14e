import * as kernels from "@conv/core/kernels";
import { type MatmulGeometry, matrixProduct } from "@conv/core/operators";
import { defineOwnOp, type Op } from "../defineOp.js";
import type { Input, Variable } from "../variable.js";
import { reshape } from "./reshape.js";
import { transpose } from "./strided.js";
import { sumTo } from "./sum.js";

/** Y = A·B, bilinear: the gradients are products too, gradA = gradY·Bᵀ and gradB = Aᵀ·gradY. */
const matmulOp: Op<["a", "b"], MatmulGeometry> = /* @__PURE__ */ defineOwnOp({
  name: "matmul",
  inputs: ["a", "b"],
  saves: { a: ["b"], b: ["a"] },
  forward: ({ a, b }, geometry: MatmulGeometry) => kernels.matmul(a, b, geometry),
  adjoint: {
    a: (gradY, { a, b }) => sumTo(matmul(gradY, transpose(b, -2, -1)), a.shape),
    b: (gradY, { a, b }) => sumTo(matmul(transpose(a, -2, -1), gradY), b.shape),
  },
});

/**
 * The matrix product Y = A·B of matrices, a […, M, K], b […, K, N] → […, M, N]; or of vectors [K].
 *
 *     gradA = gradY·Bᵀ     gradB = Aᵀ·gradY     each summed over the leading axes along which it was repeated
 *
 * Keeps B if A needs a gradient, and A if B does. Shapes, types and errors: as in `@conv/core`.
 *
 * @see `torch.matmul`: the same rules.
 * @example
 * const [a, b] = [variable(tensor([[1, 2], [3, 4]])), variable(tensor([[10], [1]]))];
 * matmul(a, b).backward(tensor([[1], [100]]));
 * a.grad; // [[10, 1], [1000, 100]]
 * b.grad; // [[301], [402]]
 */
export const matmul: (a: Input, b: Input) => Variable = /* @__PURE__ */ matrixProduct<Input, Variable>({
  matmul: matmulOp,
  reshape,
});
