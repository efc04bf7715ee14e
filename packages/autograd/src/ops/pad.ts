import type { PadOptions, Pair, Tensor } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import { checkPadded, expectTensor, type PadGeometry, padGeometry } from "@conv/core/operators";
import { defineOp, type Op } from "../defineOp.js";
import type { Variable } from "../variable.js";

/** P x, a border of pixels, and Pᵀ g, each pixel's gradient back to where it came from: each the other's adjoint. */
export const padOp: Op<["x"], PadGeometry> = /* @__PURE__ */ defineOp({
  name: "pad",
  inputs: ["x"],
  forward: ({ x }, geometry: PadGeometry) => kernels.pad(x, geometry),
  adjoint: { x: (gradY, _, geometry) => padAdjointOp(gradY, geometry) },
});

/** The adjoint of `padOp`. */
export const padAdjointOp: Op<["gradY"], PadGeometry> = /* @__PURE__ */ defineOp({
  name: "padAdjoint",
  inputs: ["gradY"],
  forward: ({ gradY }, geometry: PadGeometry) => kernels.padAdjoint(gradY, geometry),
  adjoint: { gradY: (gradX, _, geometry) => padOp(gradX, { ...geometry, value: 0 }) }, // a constant border has no derivative
});

/** A tensor with a border around its last axes, as in `@conv/core`. */
export function pad(x: Variable | Tensor, padding: readonly (number | Pair)[], options: PadOptions = {}): Variable {
  expectTensor("pad", "x", x);
  const geometry = padGeometry(x.shape, padding, options);
  checkPadded("pad", x, geometry);
  return padOp(x, geometry);
}
