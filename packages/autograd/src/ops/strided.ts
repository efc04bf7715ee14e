import type { Shape } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import {
  broadcastGeometry,
  flipGeometry,
  permuteGeometry,
  type StridedGeometry,
  sliceGeometry,
  transposeGeometry,
} from "@conv/core/operators";
import { defineLinear } from "../defineLinear.js";
import { type Input, inputOf, type Variable } from "../variable.js";

/** V x, a tensor read with other strides, and Vᵀ g, gradients added up where they were read: each the other's adjoint. */
const strided = /* @__PURE__ */ defineLinear<StridedGeometry>({
  name: "strided",
  forward: (x, geometry) => kernels.strided(x, geometry),
  adjoint: (gradY, geometry) => kernels.stridedAdjoint(gradY, geometry),
});

/** A map that reads x with other strides, as users call it. */
function reading<Rest extends unknown[]>(
  operator: string,
  geometryOf: (xShape: Shape, ...rest: Rest) => StridedGeometry,
) {
  return (x: Input, ...rest: Rest): Variable => {
    const v = inputOf(operator, "x", x);
    return strided(v, geometryOf(v.shape, ...rest));
  };
}

/** The axes in another order, as in `@conv/core`. */
export const permute = /* @__PURE__ */ reading("permute", (shape, dims: readonly number[]) =>
  permuteGeometry(shape, dims),
);
/** Two axes change places, as in `@conv/core`. */
export const transpose = /* @__PURE__ */ reading("transpose", transposeGeometry);
/** A part of an axis, as in `@conv/core`. */
export const slice = /* @__PURE__ */ reading("slice", sliceGeometry);
/** The elements in reverse order along axes, as in `@conv/core`. */
export const flip = /* @__PURE__ */ reading("flip", flipGeometry);
/** x repeated along its axes of length 1 and along new leading ones, as in `@conv/core`. */
export const broadcastTo = /* @__PURE__ */ reading("broadcastTo", broadcastGeometry);
