import type { ConvGeometry } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import { type ConvAdjointSteps, convolutionAdjointW, convolutionAdjointX } from "@conv/core/operators";
import { defineOwnOp, type Op } from "../defineOp.js";
import type { Input, Variable } from "../variable.js";
import { padAdjointOp, padOp } from "./pad.js";
import { sum } from "./sum.js";

/*
 * One trilinear form, three operators, each the other two's adjoint:
 *
 *     T(x, w, g) = ⟨conv(x, w), g⟩ = ⟨x, convAdjointX(g, w)⟩ = ⟨w, convAdjointW(x, g)⟩
 *
 * With one argument fixed each is linear in the other, so the rules below are all there is to derivatives of any order.
 * The graph keeps x and w, each only if the other needs a gradient, and never the columns.
 */

/** y = conv(x, w). */
export const conv: Op<["x", "w"], ConvGeometry> = /* @__PURE__ */ defineOwnOp({
  name: "conv",
  inputs: ["x", "w"],
  saves: { x: ["w"], w: ["x"] },
  forward: ({ x, w }, geometry: ConvGeometry) => kernels.conv(x, w, geometry),
  adjoint: {
    x: (gradY, { w }, geometry) => convAdjointXOp(gradY, w, geometry),
    w: (gradY, { x }, geometry) => convAdjointWOp(x, gradY, geometry),
  },
});

/** y = conv(x, w), and b[o] more in channel o. In b it is linear, and its adjoint sums over all that b was added to. */
export const biasedConv: Op<["x", "w", "b"], ConvGeometry> = /* @__PURE__ */ defineOwnOp({
  name: "conv",
  inputs: ["x", "w", "b"],
  saves: { x: ["w"], w: ["x"], b: [] },
  forward: ({ x, w, b }, geometry: ConvGeometry) => kernels.conv(x, w, geometry, b),
  adjoint: {
    x: (gradY, { w }, geometry) => convAdjointXOp(gradY, w, geometry),
    w: (gradY, { x }, geometry) => convAdjointWOp(x, gradY, geometry),
    b: (gradY) => sum(gradY, { dim: gradY.shape.map((_, axis) => axis).filter((axis) => axis !== 1) }),
  },
});

/** gradX = Ŵᵀ gradY: convolution with the flipped kernel. */
export const convAdjointXOp: Op<["gradY", "w"], ConvGeometry> = /* @__PURE__ */ defineOwnOp({
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
const convAdjointWOp: Op<["x", "gradY"], ConvGeometry> = /* @__PURE__ */ defineOwnOp({
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

/**
 * gradX = Ŵᵀ gradY, the adjoint of the convolution in x, any rank: gradY [N, O, …out], w [O, C/G, …k] → [N, C, …in].
 *
 *     gradX[n, c, j] = Σ gradY[n, o, i] · w[o, c, p]     over o, i and p with i·s + p·d − before = j
 *
 * It has gradients itself. From g, of the shape of gradX, and with the same options:
 *
 *     in gradY: conv(g, w)     in w: convAdjointW(g, gradY)
 *
 * Keeps w if gradY needs a gradient, and gradY if w does; never the columns.
 *
 * Options, defaults and errors: as in `@conv/core`.
 *
 * @example
 * const [gradY, w] = [variable(tensor([[[1, 5]]])), tensor([[[2, 3]]])];
 * const gradX = convAdjointX(gradY, w, { inSize: 3 });
 * gradX; // [[[2, 13, 15]]]
 * sum(gradX).backward();
 * gradY.grad; // [[[5, 5]]]
 * conv1d(ones([1, 1, 3]), w); // [[[5, 5]]]
 */
export const convAdjointX = /* @__PURE__ */ convolutionAdjointX<Input, Variable>(steps);

/**
 * gradW = X̂ᵀ gradY, the adjoint of the convolution in w, any rank: x [N, C, …in], gradY [N, O, …out] → [O, C/G, …k].
 *
 *     gradW[o, c, p] = Σ gradY[n, o, i] · x̃[n, c₀ + c, i·s + p·d − before]     over images n and positions i
 *
 * It has gradients itself. From g, of the shape of gradW, and with the same options:
 *
 *     in x: convAdjointX(gradY, g)     in gradY: conv(x, g)
 *
 * Keeps gradY if x needs a gradient, and x if gradY does (padded, unless with zeros); never the columns.
 *
 * Options, defaults and errors: as in `@conv/core`.
 */
export const convAdjointW = /* @__PURE__ */ convolutionAdjointW<Input, Variable>(steps);
