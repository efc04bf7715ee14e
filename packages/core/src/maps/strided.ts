import { defineKernel } from "../device/defineKernel.js";
import { expectNoMore, expectTensor } from "../options.js";
import { type Shape, sizeOf } from "../shape.js";
import { allocate, type Tensor, valuesOf } from "../tensor.js";
import * as wasm from "../wasm/strided.js";
import { stridedRows } from "./rows.js";
import {
  broadcastGeometry,
  flipGeometry,
  permuteGeometry,
  type SliceOptions,
  type StridedGeometry,
  sliceGeometry,
  transposeGeometry,
} from "./stridedGeometry.js";
import { roundSums } from "./sums.js";

/** Calls `visit` for every element of y with its position and that of the element of x it is read from. */
function forEachRead({ yShape, offset, strides }: StridedGeometry, visit: (xAt: number, yAt: number) => void): void {
  const { starts, length, steps } = stridedRows(yShape, [strides]);
  let yAt = 0;
  for (const [start] of starts) {
    for (let i = 0; i < length; i++) visit(offset + start + i * steps[0], yAt++);
  }
}

/** V x: a tensor read with other strides. y[i] = x[offset + Σ iₐ·stridesₐ]. */
export const stridedKernel = /* @__PURE__ */ defineKernel(
  "strided",
  (x, geometry) => {
    const y = allocate(x.device, geometry.yShape, x.dtype);
    const [xs, ys] = [valuesOf(x), valuesOf(y)];
    forEachRead(geometry, (xAt, yAt) => {
      ys[yAt] = xs[xAt];
    });
    return y;
  },
  "same",
  wasm.strided,
);

/** Vᵀ g: every gradient added to the element that was read; what was never read gets 0. */
export const stridedAdjointKernel = /* @__PURE__ */ defineKernel(
  "stridedAdjoint",
  (gradY, geometry) => {
    const gys = valuesOf(gradY);
    const sums = new Float64Array(sizeOf(geometry.xShape));
    forEachRead(geometry, (xAt, yAt) => {
      sums[xAt] += gys[yAt];
    });
    return roundSums("stridedAdjoint", sums, gradY, geometry.xShape);
  },
  "same",
  wasm.stridedAdjoint,
);

/**
 * The axes in another order: axis i of the result is axis dims[i] of x.
 *
 * @throws {ShapeError} When `dims` does not name each axis once.
 * @example
 * permute(zeros([2, 3, 4]), [2, 0, 1]).shape; // [4, 2, 3]
 */
export function permute(x: Tensor, dims: readonly number[]): Tensor {
  expectTensor("permute", "x", x);
  return stridedKernel(x, permuteGeometry(x.shape, dims));
}

/**
 * Two axes change places; negative ones count from the end.
 *
 * @throws {RangeError} When an axis does not exist.
 * @example
 * transpose(tensor([[1, 2, 3], [4, 5, 6]]), 0, 1); // [[1, 4], [2, 5], [3, 6]]
 */
export function transpose(x: Tensor, dim0: number, dim1: number): Tensor {
  expectTensor("transpose", "x", x);
  return stridedKernel(x, transposeGeometry(x.shape, dim0, dim1));
}

/**
 * The positions `start`, `start + step`, … before `end` of an axis. Positions beyond an end mean that end.
 *
 * @param options `dim` 0, `start` 0, `end`: the axis's length, `step` 1. Negative positions count from the end.
 * @throws {RangeError} When the axis does not exist, or `step` is not a positive integer.
 * @example
 * slice(tensor([0, 1, 2, 3, 4]), { start: 1, end: -1 }); // [1, 2, 3]
 */
export function slice(x: Tensor, options: SliceOptions): Tensor {
  expectTensor("slice", "x", x);
  return stridedKernel(x, sliceGeometry(x.shape, options));
}

/**
 * The elements in reverse order along the axes that `dim` names; by default along all.
 *
 * @throws {RangeError} When an axis does not exist or is named twice.
 * @example
 * flip(tensor([[1, 2], [3, 4]]), 1); // [[2, 1], [4, 3]]
 */
export function flip(x: Tensor, dim?: number | readonly number[], ...more: never[]): Tensor {
  expectNoMore("flip", more); // not one axis for each argument
  expectTensor("flip", "x", x);
  return stridedKernel(x, flipGeometry(x.shape, dim));
}

/**
 * x repeated along its axes of length 1 and along new leading ones, up to `shape`. Its adjoint is a sum over them.
 *
 * @throws {ShapeError} When x does not broadcast to it.
 * @example
 * broadcastTo(tensor([1, 2]), [2, 2]); // [[1, 2], [1, 2]]
 */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  expectTensor("broadcastTo", "x", x);
  return stridedKernel(x, broadcastGeometry(x.shape, shape));
}
