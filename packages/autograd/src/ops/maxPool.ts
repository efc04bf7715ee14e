import type { MaxPoolOptions } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import { type MaxPoolSteps, maxPooling, maxPoolingAdjoint, tidy } from "@conv/core/operators";
import { type Input, inputOf, peek, type Variable } from "../variable.js";
import { gatherOp } from "./gather.js";

/** The steps of max pooling: the indices are found once, without a gradient, and then gathered. */
export const indices: MaxPoolSteps<Input, Variable>["indices"] = (x, geometry) =>
  kernels.maxPoolIndices(peek(inputOf("maxPool", "x", x)), geometry);
export const gather: MaxPoolSteps<Input, Variable>["gather"] = (x, indices, geometry) =>
  gatherOp(x, { indices, geometry });

const steps = { indices, gather };

type KernelSize = number | readonly number[];

/** `maxPool1d`, and where each largest element stands: flat in its un-padded signal, int32, without a gradient. */
export const maxPool1dWithIndices = /* @__PURE__ */ maxPooling<Input, Variable>(1, steps);
/** `maxPool2d`, and where each largest pixel stands: flat in its un-padded image, int32, without a gradient. */
export const maxPool2dWithIndices = /* @__PURE__ */ maxPooling<Input, Variable>(2, steps);
/** `maxPool3d`, and where each largest voxel stands: flat in its un-padded volume, int32, without a gradient. */
export const maxPool3dWithIndices = /* @__PURE__ */ maxPooling<Input, Variable>(3, steps);

/** The largest element of every window: `maxPool2d` with one spatial axis, x [N, C, W] → [N, C, OW]. */
export const maxPool1d = (x: Input, kernelSize: KernelSize, options?: MaxPoolOptions): Variable =>
  tidy(() => maxPool1dWithIndices(x, kernelSize, options).y);
/**
 * The largest pixel of every window: x [N, C, H, W] → [N, C, OH, OW].
 *
 *     gradX[i] = Σ gradY[l]     over the windows l whose largest pixel is i, else 0
 *
 * The gradient goes back to the pixel that y came from: of equals to the first, as in PyTorch (in `max` they share); to
 * a NaN if there is one. A pixel of several windows may win several times. Keeps the indices of these pixels, int32.
 *
 * Options, defaults and errors: as in `@conv/core`.
 *
 * @example
 * const x = variable(tensor([[[[1, 9, 2, 3, 3]]]]));
 * sum(maxPool2d(x, [1, 2], { stride: 1 })).backward();
 * x.grad; // [[[[0, 2, 0, 2, 0]]]]
 */
export const maxPool2d = (x: Input, kernelSize: KernelSize, options?: MaxPoolOptions): Variable =>
  tidy(() => maxPool2dWithIndices(x, kernelSize, options).y);
/** The largest voxel of every window: `maxPool2d` with three spatial axes, x [N, C, D, H, W] → [N, C, OD, OH, OW]. */
export const maxPool3d = (x: Input, kernelSize: KernelSize, options?: MaxPoolOptions): Variable =>
  tidy(() => maxPool3dWithIndices(x, kernelSize, options).y);

/**
 * The adjoint of every max pooling at given indices: gradY [N, C, …out], indices of that shape → [N, C, …inSize].
 *
 *     gradX[i] = Σ gradY[l]     over windows l with indices[l] = i
 *     gradient in gradY[l] = g[indices[l]],  from g of the image's shape
 *
 * Keeps the indices for the way back. Options and errors: as in `@conv/core`.
 */
export const maxPoolAdjoint = /* @__PURE__ */ maxPoolingAdjoint<Input, Variable>({
  gatherAdjoint: (gradY, indices, geometry) => gatherOp.adjoint(gradY, { indices, geometry }),
});
