import { checkTensors, defineKernel } from "../device/defineKernel.js";
import { gatherKernel } from "../maps/gather.js";
import { expectTensor } from "../options.js";
import type { Tensor, TensorLike } from "../tensor.js";
import {
  type AdaptivePoolGeometry,
  adaptivePoolGeometry,
  binsOf,
  binTable,
  evenPool,
  type OutputSize,
} from "./adaptiveGeometry.js";
import { type AvgPoolSteps, areasOf, averageOf, avgPoolKernel, spread } from "./avgPool.js";
import { pickGeometry } from "./geometry.js";
import { largestOf, type MaxPoolResult, type MaxPoolSteps, maxPoolIndicesKernel } from "./maxPool.js";

/** A x: the mean of each window; the windows cover the image as evenly as they can. */
export const adaptiveAvgPoolKernel = /* @__PURE__ */ defineKernel(
  "adaptiveAvgPool",
  (x, geometry) => averageOf(x, geometry, binTable(geometry), areas(geometry)),
  "floating",
);

/** Aᵀ g: each window's gradient spread over its pixels. */
export const adaptiveAvgPoolAdjointKernel = /* @__PURE__ */ defineKernel(
  "adaptiveAvgPoolAdjoint",
  (gradY, geometry) => spread(gradY, geometry, binTable(geometry), areas(geometry)),
  "floating",
);

/** The flat index, in its image, of the largest pixel of every window: int32. The first wins a tie, NaN over numbers. */
export const adaptiveMaxPoolIndicesKernel = /* @__PURE__ */ defineKernel("adaptiveMaxPoolIndices", (x, geometry) =>
  largestOf(x, geometry, binTable(geometry)),
);

function areas({ inSize, outSize }: AdaptivePoolGeometry): Float64Array {
  return areasOf(inSize.map((length, axis) => binsOf(length, outSize[axis]).map(([start, end]) => end - start)));
}

/** The steps of an adaptive average pooling as users call it; on tensors, or on Variables that remember them. */
export interface AdaptiveAvgPoolSteps<T> extends AvgPoolSteps<T> {
  adaptiveAvgPool(x: T, geometry: AdaptivePoolGeometry): T;
}

/** The steps of an adaptive max pooling. */
export interface AdaptiveMaxPoolSteps<T> extends MaxPoolSteps<T> {
  adaptiveIndices(x: T, geometry: AdaptivePoolGeometry): Tensor;
}

/** The adaptive average pooling of spatial rank `rank` made of the given steps: even windows are an average pooling. */
/* @__NO_SIDE_EFFECTS__ */
export function adaptiveAvgPooling<T extends TensorLike>(
  rank: number,
  steps: AdaptiveAvgPoolSteps<T>,
  operator = `adaptiveAvgPool${rank}d`,
) {
  return (x: T, outputSize: OutputSize): T => {
    expectTensor(operator, "x", x);
    checkTensors(operator, "floating", [x]);
    const geometry = adaptivePoolGeometry(operator, rank, x.shape, outputSize);
    const even = evenPool(geometry);
    return even === undefined ? steps.adaptiveAvgPool(x, geometry) : steps.avgPool(x, even);
  };
}

/** The adaptive max pooling of spatial rank `rank` made of the given steps: even windows are a max pooling. */
/* @__NO_SIDE_EFFECTS__ */
export function adaptiveMaxPooling<T extends TensorLike>(
  rank: number,
  steps: AdaptiveMaxPoolSteps<T>,
  operator = `adaptiveMaxPool${rank}d`,
) {
  return (x: T, outputSize: OutputSize): MaxPoolResult<T> => {
    expectTensor(operator, "x", x);
    const geometry = adaptivePoolGeometry(operator, rank, x.shape, outputSize);
    const even = evenPool(geometry);
    const indices = even === undefined ? steps.adaptiveIndices(x, geometry) : steps.indices(x, even);
    return { y: steps.gather(x, indices, pickGeometry(geometry)), indices };
  };
}

type AdaptiveAvgPool = (x: Tensor, outputSize: OutputSize) => Tensor;
type AdaptiveMaxPoolWithIndices = (x: Tensor, outputSize: OutputSize) => MaxPoolResult<Tensor>;

/** The steps of pooling tensors. */
export const avgSteps: AdaptiveAvgPoolSteps<Tensor> = {
  avgPool: avgPoolKernel,
  adaptiveAvgPool: adaptiveAvgPoolKernel,
};
/** The steps of max pooling tensors. */
export const maxSteps: AdaptiveMaxPoolSteps<Tensor> = {
  indices: maxPoolIndicesKernel,
  adaptiveIndices: adaptiveMaxPoolIndicesKernel,
  gather: gatherKernel,
};

/** The means of `outputSize` windows that cover a signal: `adaptiveAvgPool2d` with one spatial axis. */
export const adaptiveAvgPool1d: AdaptiveAvgPool = /* @__PURE__ */ adaptiveAvgPooling<Tensor>(1, avgSteps);

/**
 * The means of windows that cover the image as evenly as they can, whatever its size. Along each axis
 *
 *     window i = pixels ⌊i·in/out⌋ up to, not including, ⌈(i + 1)·in/out⌉
 *
 * @param x [N, C, H, W], float32 or float64.
 * @param outputSize One number or [rows, columns]; null keeps an axis as it is.
 * @returns [N, C, …outputSize].
 * @throws {ShapeError} When the image has no pixels.
 * @throws {RangeError} When a size is not an integer of at least 0.
 * @see He, Zhang, Ren and Sun, "Spatial pyramid pooling in deep convolutional networks" (arXiv:1406.4729).
 * @example
 * adaptiveAvgPool1d(tensor([[[1, 2, 3, 4, 5]]]), 2); // [[[2, 4]]]
 */
export const adaptiveAvgPool2d: AdaptiveAvgPool = /* @__PURE__ */ adaptiveAvgPooling<Tensor>(2, avgSteps);

/** The means of `outputSize` windows that cover a volume: `adaptiveAvgPool2d` with three spatial axes. */
export const adaptiveAvgPool3d: AdaptiveAvgPool = /* @__PURE__ */ adaptiveAvgPooling<Tensor>(3, avgSteps);

/** `adaptiveMaxPool1d`, and where each largest element stands in its signal. */
export const adaptiveMaxPool1dWithIndices: AdaptiveMaxPoolWithIndices = /* @__PURE__ */ adaptiveMaxPooling<Tensor>(
  1,
  maxSteps,
);
/** `adaptiveMaxPool2d`, and where each largest pixel stands: flat in its image, int32. */
export const adaptiveMaxPool2dWithIndices: AdaptiveMaxPoolWithIndices = /* @__PURE__ */ adaptiveMaxPooling<Tensor>(
  2,
  maxSteps,
);
/** `adaptiveMaxPool3d`, and where each largest voxel stands: flat in its volume, int32. */
export const adaptiveMaxPool3dWithIndices: AdaptiveMaxPoolWithIndices = /* @__PURE__ */ adaptiveMaxPooling<Tensor>(
  3,
  maxSteps,
);

/** The largest elements of `outputSize` windows that cover a signal: `adaptiveMaxPool2d` with one spatial axis. */
export function adaptiveMaxPool1d(x: Tensor, outputSize: OutputSize): Tensor {
  return adaptiveMaxPool1dWithIndices(x, outputSize).y;
}

/**
 * The largest pixels of windows that cover the image as evenly as they can: those of `adaptiveAvgPool2d`. The first wins
 * a tie; NaN passes through.
 *
 * @param x [N, C, H, W].
 * @param outputSize One number or [rows, columns]; null keeps an axis as it is.
 * @returns [N, C, …outputSize].
 * @throws {ShapeError} When the image has no pixels.
 * @throws {RangeError} When a size is not an integer of at least 0.
 */
export function adaptiveMaxPool2d(x: Tensor, outputSize: OutputSize): Tensor {
  return adaptiveMaxPool2dWithIndices(x, outputSize).y;
}

/** The largest voxels of `outputSize` windows that cover a volume: `adaptiveMaxPool2d` with three spatial axes. */
export function adaptiveMaxPool3d(x: Tensor, outputSize: OutputSize): Tensor {
  return adaptiveMaxPool3dWithIndices(x, outputSize).y;
}
