import type { Tensor } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import { type MatmulGeometry, matrixProduct } from "@conv/core/operators";
import { defineOp, type Op } from "../defineOp.js";
import { asVariable, type Variable } from "../variable.js";
import { reshape } from "./reshape.js";
import { transpose } from "./strided.js";
import { sumTo } from "./sum.js";

/** Y = A·B, bilinear: the gradients are products too, gradA = gradY·Bᵀ and gradB = Aᵀ·gradY. */
const matmulOp: Op<["a", "b"], MatmulGeometry> = /* @__PURE__ */ defineOp({
  name: "matmul",
  inputs: ["a", "b"],
  forward: ({ a, b }, geometry: MatmulGeometry) => kernels.matmul(a, b, geometry),
  adjoint: {
    a: (gradY, { a, b }) => sumTo(matmul(gradY, transpose(b, -2, -1)), a.shape),
    b: (gradY, { a, b }) => sumTo(matmul(transpose(a, -2, -1), gradY), b.shape),
  },
});

const product = /* @__PURE__ */ matrixProduct<Variable>({ matmul: matmulOp, reshape });

/** The matrix product A·B, of stacks of matrices too, as in `@conv/core`. */
export function matmul(a: Variable | Tensor, b: Variable | Tensor): Variable {
  return product(asVariable(a), asVariable(b));
}
