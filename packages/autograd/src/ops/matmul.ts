import * as kernels from "@conv/core/kernels";
import { type MatmulGeometry, matrixProduct } from "@conv/core/operators";
import { defineOp, type Op } from "../defineOp.js";
import type { Input, Variable } from "../variable.js";
import { reshape } from "./reshape.js";
import { transpose } from "./strided.js";
import { sumTo } from "./sum.js";

/** Y = A·B, bilinear: the gradients are products too, gradA = gradY·Bᵀ and gradB = Aᵀ·gradY. */
const matmulOp: Op<["a", "b"], MatmulGeometry> = /* @__PURE__ */ defineOp({
  name: "matmul",
  inputs: ["a", "b"],
  saves: { a: ["b"], b: ["a"] },
  forward: ({ a, b }, geometry: MatmulGeometry) => kernels.matmul(a, b, geometry),
  adjoint: {
    a: (gradY, { a, b }) => sumTo(matmul(gradY, transpose(b, -2, -1)), a.shape),
    b: (gradY, { a, b }) => sumTo(matmul(transpose(a, -2, -1), gradY), b.shape),
  },
});

/** The matrix product A·B, of stacks of matrices too, as in `@conv/core`. */
export const matmul: (a: Input, b: Input) => Variable = /* @__PURE__ */ matrixProduct<Input, Variable>({
  matmul: matmulOp,
  reshape,
});
