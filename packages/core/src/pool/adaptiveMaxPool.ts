import { defineKernel } from "../device/defineKernel.js";
import { gatherKernel } from "../maps/gather.js";
import { expectNoMore, expectTensor } from "../options.js";
import { tidy } from "../scope.js";
import type { Tensor, TensorLike } from "../tensor.js";
import { adaptiveMaxPoolIndices } from "../wasm/pool.js";
import {
  type AdaptivePoolGeometry,
  adaptivePoolGeometry,
  binAxes,
  evenPool,
  type OutputSize,
} from "./adaptiveGeometry.js";
import { pickGeometry } from "./geometry.js";
import { largestOf, type MaxPoolResult, type MaxPoolSteps, maxPoolIndicesKernel } from "./maxPool.js";

/** The flat index, in its image, of the largest pixel of every window: int32. The first wins a tie, NaN over numbers. */
export const adaptiveMaxPoolIndicesKernel = /* @__PURE__ */ defineKernel(
  "adaptiveMaxPoolIndices",
  (x, geometry) => largestOf(x, geometry, binAxes(geometry)),
  "same",
  adaptiveMaxPoolIndices,
);

/** The steps of an adaptive max pooling. */
export interface AdaptiveMaxPoolSteps<X, Y = X> extends MaxPoolSteps<X, Y> {
  adaptiveIndices(x: X, geometry: AdaptivePoolGeometry): Tensor;
}

/** The adaptive max pooling of spatial rank `rank` made of the given steps: even windows are a max pooling. */
/* @__NO_SIDE_EFFECTS__ */
export function adaptiveMaxPooling<X extends TensorLike, Y extends X = X>(
  rank: number,
  steps: AdaptiveMaxPoolSteps<X, Y>,
  operator = `adaptiveMaxPool${rank}d`,
) {
  return (x: X, outputSize: OutputSize, ...more: never[]): MaxPoolResult<Y> => {
    expectNoMore(operator, more);
    expectTensor(operator, "x", x);
    const geometry = adaptivePoolGeometry(operator, rank, x.shape, outputSize);
    const even = evenPool(geometry);
    const indices = even === undefined ? steps.adaptiveIndices(x, geometry) : steps.indices(x, even);
    return { y: steps.gather(x, indices, pickGeometry(even ?? geometry)), indices };
  };
}

type AdaptiveMaxPoolWithIndices = (x: Tensor, outputSize: OutputSize) => MaxPoolResult<Tensor>;

/** The steps of max pooling tensors. Their adjoint is `maxPoolAdjoint`. */
export const maxSteps: AdaptiveMaxPoolSteps<Tensor> = {
  indices: maxPoolIndicesKernel,
  adaptiveIndices: adaptiveMaxPoolIndicesKernel,
  gather: gatherKernel,
};

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
  return tidy(() => adaptiveMaxPool1dWithIndices(x, outputSize).y);
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
  return tidy(() => adaptiveMaxPool2dWithIndices(x, outputSize).y);
}

/** The largest voxels of `outputSize` windows that cover a volume: `adaptiveMaxPool2d` with three spatial axes. */
export function adaptiveMaxPool3d(x: Tensor, outputSize: OutputSize): Tensor {
  return tidy(() => adaptiveMaxPool3dWithIndices(x, outputSize).y);
}
