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
import { defineOwnLinear } from "../defineLinear.js";
import { type Input, inputOf, type Variable } from "../variable.js";

/** V x, a tensor read with other strides, and Vᵀ g, gradients added up where it was read: each the other's adjoint. */
const strided = /* @__PURE__ */ defineOwnLinear<StridedGeometry>({
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

/**
 * The axes in another order: axis i of y is axis dims[i] of x. gradX is gradY with its axes put back.
 *
 * Keeps nothing for the way back. Errors: as in `@conv/core`.
 */
export const permute = /* @__PURE__ */ reading("permute", (shape, dims: readonly number[]) =>
  permuteGeometry(shape, dims),
);
/** Two axes change places, and change back in the gradient. Keeps nothing. Errors: as in `@conv/core`. */
export const transpose = /* @__PURE__ */ reading("transpose", transposeGeometry);
/**
 * The positions `start`, `start + step`, … before `end` of an axis.
 *
 *     gradX = gradY at these positions, else 0
 *
 * Keeps nothing for the way back. Options, defaults and errors: as in `@conv/core`.
 *
 * @example
 * const x = variable(tensor([1, 2, 3, 4]));
 * sum(slice(x, { start: 1, step: 2 })).backward();
 * x.grad; // [0, 1, 0, 1]
 */
export const slice = /* @__PURE__ */ reading("slice", sliceGeometry);
/**
 * The elements in reverse order along the axes that `dim` names, by default all; gradX is gradY flipped likewise.
 *
 * Keeps nothing for the way back. Errors: as in `@conv/core`.
 */
export const flip = /* @__PURE__ */ reading("flip", flipGeometry);
/**
 * x repeated along its axes of length 1 and along new leading ones, up to `shape`.
 *
 *     gradX = Σ gradY     over the axes along which x was repeated
 *
 * Keeps nothing for the way back. Errors: as in `@conv/core`.
 *
 * @example
 * const x = variable(tensor([[1], [2]]));
 * broadcastTo(x, [2, 3]).backward(tensor([[1, 2, 3], [10, 20, 30]]));
 * x.grad; // [[6], [60]]
 */
export const broadcastTo = /* @__PURE__ */ reading("broadcastTo", broadcastGeometry);
