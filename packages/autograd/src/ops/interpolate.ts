import * as kernels from "@conv/core/kernels";
import { interpolating, interpolatingAdjoint, type ResampleGeometry, resampleTransposed } from "@conv/core/operators";
import { defineOwnOp, type Op } from "../defineOp.js";
import type { Input, Variable } from "../variable.js";

/** R x, a sparse matrix along one axis. Its adjoint is the same with Rᵀ. */
const resample: Op<["x"], ResampleGeometry> = /* @__PURE__ */ defineOwnOp({
  name: "resample",
  inputs: ["x"],
  saves: [],
  forward: ({ x }, geometry: ResampleGeometry) => kernels.resample(x, geometry),
  adjoint: { x: (gradY, _, geometry) => resample(gradY, resampleTransposed(geometry)) },
});

/**
 * The image at another size, x [N, C, …in] → [N, C, …out]: a sparse matrix along each spatial axis.
 *
 *     y = R_W ⊗ R_H x     gradX = R_Wᵀ ⊗ R_Hᵀ gradY     each pixel gets the gradients it had a part in, by its weights
 *
 * Keeps nothing for the way back but the matrices. Options, defaults and errors: as in `@conv/core`.
 *
 * @example
 * const x = variable(tensor([[[1, 3]]]));
 * const y = interpolate(x, { size: 4, mode: "linear" });
 * y; // [[[1, 1.5, 2.5, 3]]]
 * y.backward(tensor([[[0, 1, 0, 0]]]));
 * x.grad; // [[[0.75, 0.25]]]
 */
export const interpolate = /* @__PURE__ */ interpolating<Input, Variable>({ resample });

/**
 * The adjoint of `interpolate`: gradY [N, C, …out] → [N, C, …inSize]. Its own gradient is the interpolation.
 *
 * Keeps nothing for the way back but the matrices. Options, defaults and errors: as in `@conv/core`.
 */
export const interpolateAdjoint = /* @__PURE__ */ interpolatingAdjoint<Input, Variable>({ resample });
