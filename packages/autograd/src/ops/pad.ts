import * as kernels from "@conv/core/kernels";
import { type PadGeometry, type PadSteps, padding, paddingAdjoint } from "@conv/core/operators";
import { defineOp, type Op } from "../defineOp.js";
import type { Input, Variable } from "../variable.js";

/** P x, a border of pixels, and Pᵀ g, each pixel's gradient back to where it came from: each the other's adjoint. */
export const padOp: Op<["x"], PadGeometry> = /* @__PURE__ */ defineOp({
  name: "pad",
  inputs: ["x"],
  saves: [],
  forward: ({ x }, geometry: PadGeometry) => kernels.pad(x, geometry),
  adjoint: { x: (gradY, _, geometry) => padAdjointOp(gradY, geometry) },
});

/** The adjoint of `padOp`. */
export const padAdjointOp: Op<["gradY"], PadGeometry> = /* @__PURE__ */ defineOp({
  name: "padAdjoint",
  inputs: ["gradY"],
  saves: [],
  forward: ({ gradY }, geometry: PadGeometry) => kernels.padAdjoint(gradY, geometry),
  adjoint: { gradY: (gradX, _, geometry) => padOp(gradX, { ...geometry, value: 0 }) }, // a constant border has no derivative
});

const steps: PadSteps<Input, Variable> = { pad: padOp, padAdjoint: padAdjointOp };

/** A tensor with a border around its last axes, as in `@conv/core`. */
export const pad = /* @__PURE__ */ padding<Input, Variable>(steps);

/** The adjoint of `pad`, as in `@conv/core`. */
export const padAdjoint = /* @__PURE__ */ paddingAdjoint<Input, Variable>(steps);
