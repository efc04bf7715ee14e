import type { ConvAdjointWOptions, ConvAdjointXOptions, ConvGeometry, Tensor } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import { type ConvAdjointSteps, convolutionAdjointW, convolutionAdjointX } from "@conv/core/operators";
import { defineOp, type Op } from "../defineOp.js";
import { asVariable, type Variable } from "../variable.js";
import { padAdjointOp, padOp } from "./pad.js";

/*
 * One trilinear form, three operators, each the other two's adjoint:
 *
 *     T(x, w, g) = ⟨conv(x, w), g⟩ = ⟨x, convAdjointX(g, w)⟩ = ⟨w, convAdjointW(x, g)⟩
 *
 * With one argument fixed each is linear in the other, so the rules below are all there is to derivatives of any order.
 * The graph keeps x and w, never the columns.
 */

/** y = conv(x, w). */
export const conv: Op<["x", "w"], ConvGeometry> = /* @__PURE__ */ defineOp({
  name: "conv",
  inputs: ["x", "w"],
  forward: ({ x, w }, geometry: ConvGeometry) => kernels.conv(x, w, geometry),
  adjoint: {
    x: (gradY, { w }, geometry) => convAdjointXOp(gradY, w, geometry),
    w: (gradY, { x }, geometry) => convAdjointWOp(x, gradY, geometry),
  },
});

/** gradX = Ŵᵀ gradY: convolution with the flipped kernel. */
export const convAdjointXOp: Op<["gradY", "w"], ConvGeometry> = /* @__PURE__ */ defineOp({
  name: "convAdjointX",
  inputs: ["gradY", "w"],
  forward: ({ gradY, w }, geometry: ConvGeometry) => kernels.convAdjointX(gradY, w, geometry),
  adjoint: {
    gradY: (x, { w }, geometry) => conv(x, w, geometry),
    w: (x, { gradY }, geometry) => convAdjointWOp(x, gradY, geometry),
  },
});

/** gradW = X̂ᵀ gradY: a product with the im2col matrix. */
const convAdjointWOp: Op<["x", "gradY"], ConvGeometry> = /* @__PURE__ */ defineOp({
  name: "convAdjointW",
  inputs: ["x", "gradY"],
  forward: ({ x, gradY }, geometry: ConvGeometry) => kernels.convAdjointW(x, gradY, geometry),
  adjoint: {
    x: (w, { gradY }, geometry) => convAdjointXOp(gradY, w, geometry),
    gradY: (w, { x }, geometry) => conv(x, w, geometry),
  },
});

const steps: ConvAdjointSteps<Variable> = {
  pad: padOp,
  padAdjoint: padAdjointOp,
  convAdjointX: convAdjointXOp,
  convAdjointW: convAdjointWOp,
};
const adjointX = /* @__PURE__ */ convolutionAdjointX<Variable>(steps);
const adjointW = /* @__PURE__ */ convolutionAdjointW<Variable>(steps);

/** The adjoint of the convolution in x, of any rank, as in `@conv/core`. */
export function convAdjointX(gradY: Variable | Tensor, w: Variable | Tensor, options: ConvAdjointXOptions): Variable {
  return adjointX(asVariable(gradY), asVariable(w), options);
}

/** The adjoint of the convolution in w, of any rank, as in `@conv/core`. */
export function convAdjointW(x: Variable | Tensor, gradY: Variable | Tensor, options: ConvAdjointWOptions): Variable {
  return adjointW(asVariable(x), asVariable(gradY), options);
}
