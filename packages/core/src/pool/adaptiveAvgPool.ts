import { checkTensors, defineKernel } from "../device/defineKernel.js";
import { checkOptions, expectNoMore, expectTensor } from "../options.js";
import type { Tensor, TensorLike } from "../tensor.js";
import * as wasm from "../wasm/pool.js";
import {
  type AdaptivePoolGeometry,
  adaptivePoolGeometry,
  binAxes,
  binsOf,
  evenPool,
  type OutputSize,
} from "./adaptiveGeometry.js";
import {
  type AvgPoolAdjointSteps,
  type AvgPoolSteps,
  areasOf,
  averageOf,
  avgPoolAdjointKernel,
  avgPoolKernel,
  spread,
} from "./avgPool.js";
import { type PooledSize, pooledShape } from "./pooledShape.js";

/** A x: the mean of each window; the windows cover the image as evenly as they can. */
export const adaptiveAvgPoolKernel = /* @__PURE__ */ defineKernel(
  "adaptiveAvgPool",
  (x, geometry) => averageOf(x, geometry, binAxes(geometry), areas(geometry)),
  "floating",
  wasm.adaptiveAvgPool,
);

/** Aᵀ g: each window's gradient spread over its pixels. */
export const adaptiveAvgPoolAdjointKernel = /* @__PURE__ */ defineKernel(
  "adaptiveAvgPoolAdjoint",
  (gradY, geometry) => spread(gradY, geometry, binAxes(geometry), areas(geometry)),
  "floating",
  wasm.adaptiveAvgPoolAdjoint,
);

function areas({ inSize, outSize }: AdaptivePoolGeometry): Float64Array {
  return areasOf(inSize.map((length, axis) => binsOf(length, outSize[axis]).map(([start, end]) => end - start)));
}

/** The steps of an adaptive average pooling as users call it; on tensors, or on Variables that remember them. */
export interface AdaptiveAvgPoolSteps<X, Y = X> extends AvgPoolSteps<X, Y> {
  adaptiveAvgPool(x: X, geometry: AdaptivePoolGeometry): Y;
}

/** The adaptive average pooling of spatial rank `rank` made of the given steps: even windows are an average pooling. */
/* @__NO_SIDE_EFFECTS__ */
export function adaptiveAvgPooling<X extends TensorLike, Y extends X = X>(
  rank: number,
  steps: AdaptiveAvgPoolSteps<X, Y>,
  operator = `adaptiveAvgPool${rank}d`,
) {
  return (x: X, outputSize: OutputSize, ...more: never[]): Y => {
    expectNoMore(operator, more);
    expectTensor(operator, "x", x);
    checkTensors(operator, "floating", [x]);
    const geometry = adaptivePoolGeometry(operator, rank, x.shape, outputSize);
    const even = evenPool(geometry);
    return even === undefined ? steps.adaptiveAvgPool(x, geometry) : steps.avgPool(x, even);
  };
}

/** The steps of its adjoint. */
export interface AdaptiveAvgPoolAdjointSteps<X, Y = X> extends AvgPoolAdjointSteps<X, Y> {
  adaptiveAvgPoolAdjoint(gradY: X, geometry: AdaptivePoolGeometry): Y;
}

/** The adjoint of adaptive average pooling, of any rank, made of the given steps. */
/* @__NO_SIDE_EFFECTS__ */
export function adaptiveAvgPoolingAdjoint<X extends TensorLike, Y extends X = X>(
  steps: AdaptiveAvgPoolAdjointSteps<X, Y>,
) {
  const operator = "adaptiveAvgPoolAdjoint";
  return (gradY: X, options: PooledSize): Y => {
    checkOptions(operator, options, ["inSize"]);
    const { inSize } = options;
    const xShape = pooledShape(operator, gradY, inSize);
    const geometry = adaptivePoolGeometry(operator, inSize.length, xShape, gradY.shape.slice(-inSize.length));
    checkTensors(operator, "floating", [gradY]);
    const even = evenPool(geometry);
    return even === undefined ? steps.adaptiveAvgPoolAdjoint(gradY, geometry) : steps.avgPoolAdjoint(gradY, even);
  };
}

type AdaptiveAvgPool = (x: Tensor, outputSize: OutputSize) => Tensor;

/** The steps of pooling tensors. */
export const avgSteps: AdaptiveAvgPoolSteps<Tensor> = {
  avgPool: avgPoolKernel,
  adaptiveAvgPool: adaptiveAvgPoolKernel,
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

/**
 * The adjoint of `adaptiveAvgPool1d|2d|3d` and of `globalAvgPool`.
 *
 * @param gradY [N, C, …out].
 * @param options `inSize`: the lengths of the image's spatial axes.
 * @returns [N, C, …inSize].
 * @example
 * adaptiveAvgPoolAdjoint(tensor([[[3, 6]]]), { inSize: [5] }); // [[[1, 1, 3, 2, 2]]]
 */
export const adaptiveAvgPoolAdjoint: (gradY: Tensor, options: PooledSize) => Tensor =
  /* @__PURE__ */ adaptiveAvgPoolingAdjoint<Tensor>({
    avgPoolAdjoint: avgPoolAdjointKernel,
    adaptiveAvgPoolAdjoint: adaptiveAvgPoolAdjointKernel,
  });
