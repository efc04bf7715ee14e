import * as kernels from "@conv/core/kernels";
import { type PadGeometry, type PadSteps, padding, paddingAdjoint } from "@conv/core/operators";
import { defineOwnOp, type Op } from "../defineOp.js";
import type { Input, Variable } from "../variable.js";

/** P x, a border of pixels, and Pᵀ g, each pixel's gradient back to where it came from: each the other's adjoint. */
export const padOp: Op<["x"], PadGeometry> = /* @__PURE__ */ defineOwnOp({
  name: "pad",
  inputs: ["x"],
  saves: [],
  forward: ({ x }, geometry: PadGeometry) => kernels.pad(x, geometry),
  adjoint: { x: (gradY, _, geometry) => padAdjointOp(gradY, geometry) },
});

/** The adjoint of `padOp`. */
export const padAdjointOp: Op<["gradY"], PadGeometry> = /* @__PURE__ */ defineOwnOp({
  name: "padAdjoint",
  inputs: ["gradY"],
  saves: [],
  forward: ({ gradY }, geometry: PadGeometry) => kernels.padAdjoint(gradY, geometry),
  adjoint: { gradY: (gradX, _, geometry) => padOp(gradX, { ...geometry, value: 0 }) }, // a constant has no derivative
});

const steps: PadSteps<Input, Variable> = { pad: padOp, padAdjoint: padAdjointOp };

/**
 * P x, a tensor with a border around its last axes.
 *
 *     gradX = Pᵀ gradY     each pixel gets its own gradient, and those of the border pixels that copy it
 *
 * The gradient of a border of zeros or of a constant is lost. In mode "mean" the sum of the border's gradients goes
 * evenly to all pixels of that image. Keeps nothing for the way back.
 *
 * Options, defaults and errors: as in `@conv/core`.
 *
 * @param padding [before, after] in pixels, or one number for both, for each of the last axes, outermost first.
 * @example
 * const x = variable(tensor([1, 5]));
 * grad(sum(pad(x, [[0, 2]], { mode: "zeros" })), [x])[0]; // [1, 1]
 * grad(sum(pad(x, [[0, 2]], { mode: "replicate" })), [x])[0]; // [1, 3]
 * grad(sum(pad(x, [[0, 2]], { mode: "mean" })), [x])[0]; // [2, 2]
 */
export const pad = /* @__PURE__ */ padding<Input, Variable>(steps);

/**
 * Pᵀ gradY, the adjoint of `pad`: the gradient of the image from that of the padded image.
 *
 * It has a gradient itself: P g, from g of the image's shape, with zeros where the border is a constant. Keeps nothing
 * for the way back. Options, defaults and errors: as in `@conv/core`.
 */
export const padAdjoint = /* @__PURE__ */ paddingAdjoint<Input, Variable>(steps);
