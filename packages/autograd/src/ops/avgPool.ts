import type { AvgPoolOptions } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import { avgPooling, avgPoolingAdjoint, type PoolGeometry } from "@conv/core/operators";
import { defineOwnLinear } from "../defineLinear.js";
import type { Input, Variable } from "../variable.js";

/** A x, the means of windows, and Aᵀ g, gradients spread over them: each the other's adjoint. */
export const avgPool = /* @__PURE__ */ defineOwnLinear<PoolGeometry>({
  name: "avgPool",
  forward: (x, geometry) => kernels.avgPool(x, geometry),
  adjoint: (gradY, geometry) => kernels.avgPoolAdjoint(gradY, geometry),
});

type AvgPool = (x: Input, kernelSize: number | readonly number[], options?: AvgPoolOptions) => Variable;

/** The mean of every window: `avgPool2d` with one spatial axis, x [N, C, W] → [N, C, OW]. */
export const avgPool1d: AvgPool = /* @__PURE__ */ avgPooling<Input, Variable>(1, { avgPool });
/**
 * A x, the mean of every window: x [N, C, H, W] → [N, C, OH, OW].
 *
 *     gradX = Aᵀ gradY     `avgPoolAdjoint`: each pixel of a window gets gradY / divisor
 *
 * The divisor is by default the window's number of pixels. What falls on padding is lost; where windows overlap,
 * gradients add up. Keeps nothing for the way back.
 *
 * Options, defaults and errors: as in `@conv/core`.
 *
 * @example
 * const x = variable(tensor([[[[1, 2], [4, 5]]]]));
 * avgPool2d(x, 2).backward();
 * x.grad; // [[[[0.25, 0.25], [0.25, 0.25]]]]
 */
export const avgPool2d: AvgPool = /* @__PURE__ */ avgPooling<Input, Variable>(2, { avgPool });
/** The mean of every window: `avgPool2d` with three spatial axes, x [N, C, D, H, W] → [N, C, OD, OH, OW]. */
export const avgPool3d: AvgPool = /* @__PURE__ */ avgPooling<Input, Variable>(3, { avgPool });

/**
 * Aᵀ gradY, the adjoint of average pooling, of any rank: gradY [N, C, …out] → [N, C, …inSize].
 *
 * Its own gradient is the average pooling with the same options. Keeps nothing for the way back.
 *
 * Options, defaults and errors: as in `@conv/core`.
 */
export const avgPoolAdjoint = /* @__PURE__ */ avgPoolingAdjoint<Input, Variable>({
  avgPoolAdjoint: (gradY, geometry) => avgPool.adjoint(gradY, geometry),
});
