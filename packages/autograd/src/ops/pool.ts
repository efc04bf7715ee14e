import type { AvgPoolOptions, MaxPoolOptions, OutputSize } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import {
  type AdaptiveAvgPoolSteps,
  type AdaptiveMaxPoolSteps,
  type AdaptivePoolGeometry,
  adaptiveAvgPooling,
  adaptiveAvgPoolingAdjoint,
  adaptiveMaxPooling,
  avgPooling,
  avgPoolingAdjoint,
  lpPooling,
  maxPooling,
  maxPoolingAdjoint,
  type PoolGeometry,
  spatialRank,
} from "@conv/core/operators";
import { defineLinear } from "../defineLinear.js";
import { type Input, inputOf, type Variable } from "../variable.js";
import { mul } from "./arithmetic.js";
import { gatherOp } from "./gather.js";
import { pow } from "./pow.js";

/** A x, the means of windows, and Aᵀ g, gradients spread over them: each the other's adjoint. */
const avgPool = /* @__PURE__ */ defineLinear<PoolGeometry>({
  name: "avgPool",
  forward: (x, geometry) => kernels.avgPool(x, geometry),
  adjoint: (gradY, geometry) => kernels.avgPoolAdjoint(gradY, geometry),
});

/** The same for windows that cover the image as evenly as they can. */
const adaptiveAvgPool = /* @__PURE__ */ defineLinear<AdaptivePoolGeometry>({
  name: "adaptiveAvgPool",
  forward: (x, geometry) => kernels.adaptiveAvgPool(x, geometry),
  adjoint: (gradY, geometry) => kernels.adaptiveAvgPoolAdjoint(gradY, geometry),
});

const avgSteps: AdaptiveAvgPoolSteps<Input, Variable> = { avgPool, adaptiveAvgPool };

/** The steps of max pooling: the indices are found once, without a gradient, and then gathered. */
const maxSteps: AdaptiveMaxPoolSteps<Input, Variable> = {
  indices: (x, geometry) => kernels.maxPoolIndices(inputOf("maxPool", "x", x).value, geometry),
  adaptiveIndices: (x, geometry) => kernels.adaptiveMaxPoolIndices(inputOf("maxPool", "x", x).value, geometry),
  gather: (x, indices, geometry) => gatherOp(x, { indices, geometry }),
};

type KernelSize = number | readonly number[];

/** `maxPool1d`, and where each largest element stands: flat in its un-padded signal, int32, without a gradient. */
export const maxPool1dWithIndices = /* @__PURE__ */ maxPooling<Input, Variable>(1, maxSteps);
/** `maxPool2d`, and where each largest pixel stands: flat in its un-padded image, int32, without a gradient. */
export const maxPool2dWithIndices = /* @__PURE__ */ maxPooling<Input, Variable>(2, maxSteps);
/** `maxPool3d`, and where each largest voxel stands: flat in its un-padded volume, int32, without a gradient. */
export const maxPool3dWithIndices = /* @__PURE__ */ maxPooling<Input, Variable>(3, maxSteps);

/** The largest element of every window: `maxPool2d` with one spatial axis, x [N, C, W] → [N, C, OW]. */
export const maxPool1d = (x: Input, kernelSize: KernelSize, options?: MaxPoolOptions): Variable =>
  maxPool1dWithIndices(x, kernelSize, options).y;
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
  maxPool2dWithIndices(x, kernelSize, options).y;
/** The largest voxel of every window: `maxPool2d` with three spatial axes, x [N, C, D, H, W] → [N, C, OD, OH, OW]. */
export const maxPool3d = (x: Input, kernelSize: KernelSize, options?: MaxPoolOptions): Variable =>
  maxPool3dWithIndices(x, kernelSize, options).y;

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

type AvgPool = (x: Input, kernelSize: KernelSize, options?: AvgPoolOptions) => Variable;

/** The mean of every window: `avgPool2d` with one spatial axis, x [N, C, W] → [N, C, OW]. */
export const avgPool1d: AvgPool = /* @__PURE__ */ avgPooling<Input, Variable>(1, avgSteps);
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
export const avgPool2d: AvgPool = /* @__PURE__ */ avgPooling<Input, Variable>(2, avgSteps);
/** The mean of every window: `avgPool2d` with three spatial axes, x [N, C, D, H, W] → [N, C, OD, OH, OW]. */
export const avgPool3d: AvgPool = /* @__PURE__ */ avgPooling<Input, Variable>(3, avgSteps);

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

/**
 * The p-norm of every window, y = (Σ xᵖ)^{1/p}: x [N, C, …] with 1 to 3 spatial axes, p = `normType` > 0.
 *
 *     gradX = Σ gradY·(x/y)ᵖ⁻¹     over the windows that see the pixel
 *
 * In a window of zeros it is NaN, unless p = 1; PyTorch gives 0 there for p ≥ 1. Keeps x and the sums for the way back.
 *
 * Options, defaults and errors: as in `@conv/core`.
 *
 * @see Sermanet, Chintala and LeCun, "Convolutional neural networks applied to house numbers digit classification"
 *   (arXiv:1204.3968).
 * @example
 * const x = variable(tensor([[[0, 4, 3, 0]]]));
 * sum(lpPool(x, 2, 2)).backward();
 * x.grad; // [[[0, 1, 1, 0]]]
 */
export const lpPool = /* @__PURE__ */ lpPooling<Input, Variable>({ avgPool, pow, mul });
/** The p-norm of every window of a signal: `lpPool` of x [N, C, W]. */
export const lpPool1d = /* @__PURE__ */ lpPooling<Input, Variable>({ avgPool, pow, mul }, 1);
/** The p-norm of every window of an image: `lpPool` of x [N, C, H, W]. */
export const lpPool2d = /* @__PURE__ */ lpPooling<Input, Variable>({ avgPool, pow, mul }, 2);
/** The p-norm of every window of a volume: `lpPool` of x [N, C, D, H, W]. */
export const lpPool3d = /* @__PURE__ */ lpPooling<Input, Variable>({ avgPool, pow, mul }, 3);

type AdaptivePool = (x: Input, outputSize: OutputSize) => Variable;

/** The means of windows that cover a signal: `adaptiveAvgPool2d` with one spatial axis. */
export const adaptiveAvgPool1d: AdaptivePool = /* @__PURE__ */ adaptiveAvgPooling<Input, Variable>(1, avgSteps);
/**
 * A x, the means of windows that cover the image as evenly as they can: x [N, C, H, W] → [N, C, …outputSize].
 *
 *     gradX = Aᵀ gradY     `adaptiveAvgPoolAdjoint`: each pixel of a window gets gradY / its number of pixels
 *
 * Where windows overlap, gradients add up. Keeps nothing for the way back. Options and errors: as in `@conv/core`.
 *
 * @see He, Zhang, Ren and Sun, "Spatial pyramid pooling in deep convolutional networks" (arXiv:1406.4729).
 */
export const adaptiveAvgPool2d: AdaptivePool = /* @__PURE__ */ adaptiveAvgPooling<Input, Variable>(2, avgSteps);
/** The means of windows that cover a volume: `adaptiveAvgPool2d` with three spatial axes. */
export const adaptiveAvgPool3d: AdaptivePool = /* @__PURE__ */ adaptiveAvgPooling<Input, Variable>(3, avgSteps);

/**
 * Aᵀ gradY, the adjoint of adaptive and of global average pooling: gradY [N, C, …out] → [N, C, …inSize].
 *
 * Its own gradient is the adaptive average pooling. Keeps nothing for the way back.
 *
 * Options and errors: as in `@conv/core`.
 */
export const adaptiveAvgPoolAdjoint = /* @__PURE__ */ adaptiveAvgPoolingAdjoint<Input, Variable>({
  avgPoolAdjoint: (gradY, geometry) => avgPool.adjoint(gradY, geometry),
  adaptiveAvgPoolAdjoint: (gradY, geometry) => adaptiveAvgPool.adjoint(gradY, geometry),
});

/** `adaptiveMaxPool1d`, and where each largest element stands: flat in its signal, int32, without a gradient. */
export const adaptiveMaxPool1dWithIndices = /* @__PURE__ */ adaptiveMaxPooling<Input, Variable>(1, maxSteps);
/** `adaptiveMaxPool2d`, and where each largest pixel stands: flat in its image, int32, without a gradient. */
export const adaptiveMaxPool2dWithIndices = /* @__PURE__ */ adaptiveMaxPooling<Input, Variable>(2, maxSteps);
/** `adaptiveMaxPool3d`, and where each largest voxel stands: flat in its volume, int32, without a gradient. */
export const adaptiveMaxPool3dWithIndices = /* @__PURE__ */ adaptiveMaxPooling<Input, Variable>(3, maxSteps);

/** The largest elements of windows that cover a signal: `adaptiveMaxPool2d` with one spatial axis. */
export const adaptiveMaxPool1d: AdaptivePool = (x, outputSize) => adaptiveMaxPool1dWithIndices(x, outputSize).y;
/**
 * The largest pixels of windows that cover the image as evenly as they can: x [N, C, H, W] → [N, C, …outputSize].
 *
 * The gradient goes back to the pixel that y came from, as in `maxPool2d`: of equals to the first. Keeps the indices of
 * these pixels, int32. Options and errors: as in `@conv/core`.
 */
export const adaptiveMaxPool2d: AdaptivePool = (x, outputSize) => adaptiveMaxPool2dWithIndices(x, outputSize).y;
/** The largest voxels of windows that cover a volume: `adaptiveMaxPool2d` with three spatial axes. */
export const adaptiveMaxPool3d: AdaptivePool = (x, outputSize) => adaptiveMaxPool3dWithIndices(x, outputSize).y;

/**
 * The mean of every channel's image: x [N, C, …] → [N, C, 1, …]; each of its I pixels gets gradY/I.
 *
 * Keeps nothing for the way back. Types and errors: as in `@conv/core`.
 *
 * @see Lin, Chen and Yan, "Network in network" (arXiv:1312.4400).
 */
export function globalAvgPool(x: Input): Variable {
  return adaptiveAvgPooling<Input, Variable>(spatialRank("globalAvgPool", x), avgSteps, "globalAvgPool")(x, 1);
}

/**
 * The largest pixel of every channel's image: x [N, C, …] → [N, C, 1, …]; it gets gradY, of equals the first, as in
 * `maxPool2d`. Keeps its index, int32. Types and errors: as in `@conv/core`.
 */
export function globalMaxPool(x: Input): Variable {
  return adaptiveMaxPooling<Input, Variable>(spatialRank("globalMaxPool", x), maxSteps, "globalMaxPool")(x, 1).y;
}
