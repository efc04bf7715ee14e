import { OUTSIDE, type WindowAxis, walkOf, windowAxes } from "../conv/window.js";
import { checkTensors, defineKernel } from "../device/defineKernel.js";
import { asIndices, gatherAdjointKernel, gatherKernel } from "../maps/gather.js";
import type { GatherGeometry } from "../maps/gatherGeometry.js";
import { checkOptions, expectTensor } from "../options.js";
import { tidy } from "../scope.js";
import { expectShape, sizeOf } from "../shape.js";
import { allocate, type Tensor, type TensorLike, valuesOf } from "../tensor.js";
import { maxPoolIndices } from "../wasm/pool.js";
import { type MaxPoolOptions, type PlaneGeometry, type PoolGeometry, pickGeometry, poolGeometry } from "./geometry.js";
import { type PooledSize, pooledShape } from "./pooledShape.js";

/*
 * Max pooling is two maps: the index of each window's largest pixel, and the linear map that gathers the pixels at given
 * indices. The adjoint of gathering puts gradients back where the pixels came from.
 */

/**
 * The flat index, in its un-padded image, of the largest pixel of every window: int32, shape of y. The first wins
 * a tie; a NaN wins over every number. Padding never wins.
 */
export const maxPoolIndicesKernel = /* @__PURE__ */ defineKernel(
  "maxPoolIndices",
  (x, geometry) => largestOf(x, geometry, windowAxes(geometry)),
  "same",
  maxPoolIndices,
);

/** Where the largest of the pixels that each window sees stands. Every window sees one at least. */
export function largestOf(x: Tensor, geometry: PlaneGeometry, axes: readonly WindowAxis[]): Tensor {
  const indices = allocate(x.device, geometry.yShape, "int32");
  const [xs, is] = [valuesOf(x), valuesOf(indices).fill(OUTSIDE)];
  const [pixels, windows, walk] = [sizeOf(geometry.inSize), sizeOf(geometry.outSize), walkOf(axes)];
  for (let plane = 0; plane < geometry.planes; plane++) {
    const [image, first] = [plane * pixels, plane * windows];
    walk((l, pixel) => {
      const best = is[first + l];
      const [value, most] = [xs[image + pixel], xs[image + best]];
      const isBest = best === OUTSIDE || value > most || (Number.isNaN(value) && !Number.isNaN(most));
      if (isBest) is[first + l] = pixel;
    });
  }
  return indices;
}

/** The steps of a max pooling as users call it; on tensors, or on Variables that remember them. */
export interface MaxPoolSteps<X, Y = X> {
  indices(x: X, geometry: PoolGeometry): Tensor;
  gather(x: X, indices: Tensor, geometry: GatherGeometry): Y;
}

/** What `maxPool…WithIndices` returns: the largest pixels, and where they stand in their un-padded images (int32). */
export interface MaxPoolResult<T> {
  readonly y: T;
  readonly indices: Tensor;
}

const OPTIONS = ["stride", "padding", "dilation", "ceilMode"];

/** The max pooling of spatial rank `rank` made of the given steps. Written once for tensors and for Variables. */
/* @__NO_SIDE_EFFECTS__ */
export function maxPooling<X extends TensorLike, Y extends X = X>(rank: number, steps: MaxPoolSteps<X, Y>) {
  const operator = `maxPool${rank}d`;
  return (x: X, kernelSize: number | readonly number[], options: MaxPoolOptions = {}): MaxPoolResult<Y> => {
    expectTensor(operator, "x", x);
    checkOptions(operator, options, OPTIONS);
    const geometry = poolGeometry(operator, rank, x.shape, kernelSize, options);
    const indices = steps.indices(x, geometry);
    return { y: steps.gather(x, indices, pickGeometry(geometry)), indices };
  };
}

/** The step of the adjoint. */
export interface MaxPoolAdjointSteps<X, Y = X> {
  gatherAdjoint(gradY: X, indices: Tensor, geometry: GatherGeometry): Y;
}

/** The adjoint of max pooling, of any rank, made of the given step. */
/* @__NO_SIDE_EFFECTS__ */
export function maxPoolingAdjoint<X extends TensorLike, Y extends X = X>(steps: MaxPoolAdjointSteps<X, Y>) {
  const operator = "maxPoolAdjoint";
  return (gradY: X, indices: Tensor, options: PooledSize): Y => {
    checkOptions(operator, options, ["inSize"]);
    const { inSize } = options;
    const xShape = pooledShape(operator, gradY, inSize);
    const places = asIndices(operator, "indices", indices, sizeOf(inSize));
    checkTensors(operator, "any", [gradY, indices]);
    expectShape(operator, "indices", indices.shape, gradY.shape);
    const leading = gradY.shape.slice(0, gradY.shape.length - inSize.length);
    const outSize = gradY.shape.slice(leading.length);
    const geometry = pickGeometry({ planes: sizeOf(leading), inSize, outSize, xShape, yShape: gradY.shape });
    const gradX = steps.gatherAdjoint(gradY, places, geometry);
    if (places !== indices) places.dispose();
    return gradX;
  };
}

type MaxPoolWithIndices = (
  x: Tensor,
  kernelSize: number | readonly number[],
  options?: MaxPoolOptions,
) => MaxPoolResult<Tensor>;

/** The steps of max pooling tensors. */
const steps: MaxPoolSteps<Tensor> = { indices: maxPoolIndicesKernel, gather: gatherKernel };

/** `maxPool1d`, and where each largest element stands in its signal. */
export const maxPool1dWithIndices: MaxPoolWithIndices = /* @__PURE__ */ maxPooling<Tensor>(1, steps);
/** `maxPool2d`, and where each largest pixel stands: flat in its un-padded image, int32. */
export const maxPool2dWithIndices: MaxPoolWithIndices = /* @__PURE__ */ maxPooling<Tensor>(2, steps);
/** `maxPool3d`, and where each largest voxel stands: flat in its un-padded volume, int32. */
export const maxPool3dWithIndices: MaxPoolWithIndices = /* @__PURE__ */ maxPooling<Tensor>(3, steps);

/** The largest element of every window of a signal: `maxPool2d` with one spatial axis. */
export function maxPool1d(x: Tensor, kernelSize: number | readonly number[], options?: MaxPoolOptions): Tensor {
  return tidy(() => maxPool1dWithIndices(x, kernelSize, options).y);
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
export function maxPool2d(x: Tensor, kernelSize: number | readonly number[], options?: MaxPoolOptions): Tensor {
  return tidy(() => maxPool2dWithIndices(x, kernelSize, options).y);
}

/** The largest voxel of every window of a volume: `maxPool2d` with three spatial axes. */
export function maxPool3d(x: Tensor, kernelSize: number | readonly number[], options?: MaxPoolOptions): Tensor {
  return tidy(() => maxPool3dWithIndices(x, kernelSize, options).y);
}

/**
 * The adjoint of every max pooling, once it is known where the largest pixels stood: gradients go back there, and add up
 * where windows shared a pixel.
 *
 * @param gradY [N, C, …out].
 * @param indices Of gradY's shape, int32: from `maxPool…WithIndices` or `adaptiveMaxPool…WithIndices`.
 * @param options `inSize`: the lengths of the image's spatial axes.
 * @returns [N, C, …inSize].
 * @throws {RangeError} When an index is not a pixel of the image.
 * @example
 * const { indices } = maxPool1dWithIndices(tensor([[[1, 9, 2, 3]]]), 2, { stride: 1 });
 * maxPoolAdjoint(tensor([[[5, 6, 7]]]), indices, { inSize: [4] }); // [[[0, 11, 0, 7]]]
 */
export const maxPoolAdjoint: (gradY: Tensor, indices: Tensor, options: PooledSize) => Tensor =
  /* @__PURE__ */ maxPoolingAdjoint<Tensor>({ gatherAdjoint: gatherAdjointKernel });
