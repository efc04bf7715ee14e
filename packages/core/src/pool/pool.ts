import { gatherKernel } from "../maps/gather.js";
import type { Tensor } from "../tensor.js";
import { type AvgPoolSteps, avgPooling, avgPoolKernel } from "./avgPool.js";
import type { AvgPoolOptions, MaxPoolOptions } from "./geometry.js";
import { type MaxPoolResult, type MaxPoolSteps, maxPoolIndicesKernel, maxPooling } from "./maxPool.js";

type KernelSize = number | readonly number[];
type MaxPoolWithIndices = (x: Tensor, kernelSize: KernelSize, options?: MaxPoolOptions) => MaxPoolResult<Tensor>;
type AvgPool = (x: Tensor, kernelSize: KernelSize, options?: AvgPoolOptions) => Tensor;

const maxSteps: MaxPoolSteps<Tensor> = { indices: maxPoolIndicesKernel, gather: gatherKernel };
const avgSteps: AvgPoolSteps<Tensor> = { avgPool: avgPoolKernel };

/** `maxPool1d`, and where each largest element stands in its signal. */
export const maxPool1dWithIndices: MaxPoolWithIndices = /* @__PURE__ */ maxPooling(1, maxSteps);
/** `maxPool2d`, and where each largest pixel stands: flat in its un-padded image, int32. */
export const maxPool2dWithIndices: MaxPoolWithIndices = /* @__PURE__ */ maxPooling(2, maxSteps);
/** `maxPool3d`, and where each largest voxel stands: flat in its un-padded volume, int32. */
export const maxPool3dWithIndices: MaxPoolWithIndices = /* @__PURE__ */ maxPooling(3, maxSteps);

/** The largest element of every window of a signal: `maxPool2d` with one spatial axis. */
export function maxPool1d(x: Tensor, kernelSize: KernelSize, options?: MaxPoolOptions): Tensor {
  return maxPool1dWithIndices(x, kernelSize, options).y;
}

/**
 * The largest pixel of every window. The first wins a tie; NaN passes through; padding never wins.
 *
 * @param x [N, C, H, W].
 * @param kernelSize The window in pixels, one number or [rows, columns].
 * @param options `stride` = kernelSize, `padding` 0 (at most half the window), `dilation` 1, `ceilMode` false.
 * @returns [N, C, OH, OW].
 * @throws {ShapeError} When the window exceeds the padded image, or padding exceeds half the window.
 * @example
 * maxPool2d(tensor([[[[1, 2], [4, 3]]]]), 2); // [[[[4]]]]
 */
export function maxPool2d(x: Tensor, kernelSize: KernelSize, options?: MaxPoolOptions): Tensor {
  return maxPool2dWithIndices(x, kernelSize, options).y;
}

/** The largest voxel of every window of a volume: `maxPool2d` with three spatial axes. */
export function maxPool3d(x: Tensor, kernelSize: KernelSize, options?: MaxPoolOptions): Tensor {
  return maxPool3dWithIndices(x, kernelSize, options).y;
}

/** The mean of every window of a signal: `avgPool2d` with one spatial axis. */
export const avgPool1d: AvgPool = /* @__PURE__ */ avgPooling(1, avgSteps);

/**
 * The mean of every window.
 *
 * @param x [N, C, H, W].
 * @param kernelSize The window in pixels, one number or [rows, columns].
 * @param options `stride` = kernelSize, `padding` 0 (at most half the window), `ceilMode` false,
 *   `countIncludePad` true, `divisorOverride` none.
 * @returns [N, C, OH, OW].
 * @throws {ShapeError} When the window exceeds the padded image, or padding exceeds half the window.
 * @example
 * avgPool2d(tensor([[[[1, 2], [4, 5]]]]), 2); // [[[[3]]]]
 */
export const avgPool2d: AvgPool = /* @__PURE__ */ avgPooling(2, avgSteps);

/** The mean of every window of a volume: `avgPool2d` with three spatial axes. */
export const avgPool3d: AvgPool = /* @__PURE__ */ avgPooling(3, avgSteps);
