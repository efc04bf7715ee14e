import type { ConvGeometry } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import { type ConvAdjointSteps, convolutionAdjointW, convolutionAdjointX } from "@conv/core/operators";
import { defineOp, type Op } from "../defineOp.js";
import type { Input, Variable } from "../variable.js";
import { padAdjointOp, padOp } from "./pad.js";

/*
 * One trilinear form, three operators, each the other two's adjoint:
 *
 *     T(x, w, g) = ⟨conv(x, w), g⟩ = ⟨x, convAdjointX(g, w)⟩ = ⟨w, convAdjointW(x, g)⟩
 *
 * With one argument fixed each is linear in the other, so the rules below are all there is to derivatives of any order.
 * The graph keeps x and w, each only if the other needs a gradient, and never the columns.
 */

/** y = conv(x, w). */
export const conv: Op<["x", "w"], ConvGeometry> = /* @__PURE__ */ defineOp({
  name: "conv",
  inputs: ["x", "w"],
  saves: { x: ["w"], w: ["x"] },
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
  saves: { gradY: ["w"], w: ["gradY"] },
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
  saves: { x: ["gradY"], gradY: ["x"] },
  forward: ({ x, gradY }, geometry: ConvGeometry) => kernels.convAdjointW(x, gradY, geometry),
  adjoint: {
    x: (w, { gradY }, geometry) => convAdjointXOp(gradY, w, geometry),
    gradY: (w, { x }, geometry) => conv(x, w, geometry),
  },
});

const steps: ConvAdjointSteps<Input, Variable> = {
  pad: padOp,
  padAdjoint: padAdjointOp,
  convAdjointX: convAdjointXOp,
  convAdjointW: convAdjointWOp,
};

/** The adjoint of the convolution in x, of any rank, as in `@conv/core`. */
export const convAdjointX = /* @__PURE__ */ convolutionAdjointX<Input, Variable>(steps);

/** The adjoint of the convolution in w, of any rank, as in `@conv/core`. */
export const convAdjointW = /* @__PURE__ */ convolutionAdjointW<Input, Variable>(steps);
