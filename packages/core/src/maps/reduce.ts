import { defineKernel } from "../device/defineKernel.js";
import { ShapeError } from "../errors.js";
import { expectTensor } from "../options.js";
import { formatShape, resolveDim, type Shape, sizeOf, stridesOf } from "../shape.js";
import { allocate, type Tensor, valuesOf } from "../tensor.js";
import { ARGMAX, MAX, MIN, reduction, SUM } from "../wasm/reduce.js";
import { type ReduceGeometry, type ReduceOptions, reduceGeometry } from "./reduceGeometry.js";
import { rowsOf } from "./rows.js";
import { roundSums } from "./sums.js";

/** Calls `visit` for every element of x with its position and that of the result it goes into. */
function forEachReduced({ xShape, keptShape }: ReduceGeometry, visit: (xAt: number, yAt: number) => void): void {
  const { starts, length, steps } = rowsOf(xShape, xShape, keptShape);
  const [, step] = steps;
  for (const [xRow, yRow] of starts) {
    for (let i = 0; i < length; i++) visit(xRow + i, yRow + i * step);
  }
}

/** Σ x over the reduced axes, summed in float64. Its adjoint is `broadcastTo`. */
export const sumKernel = /* @__PURE__ */ defineKernel(
  "sum",
  (x, geometry) => {
    const xs = valuesOf(x);
    const sums = new Float64Array(sizeOf(geometry.yShape));
    forEachReduced(geometry, (xAt, yAt) => {
      sums[yAt] += xs[xAt];
    });
    return roundSums("sum", sums, x, geometry.yShape);
  },
  "same",
  /* @__PURE__ */ reduction(SUM),
);

/**
 * For each element of the result, the position in x of the best that goes into it: the first of equals; NaN wins.
 *
 * @param sign 1: the largest is the best; −1: the smallest.
 */
function extremes(x: Tensor, geometry: ReduceGeometry, sign: 1 | -1): Int32Array {
  const xs = valuesOf(x);
  const best = new Int32Array(sizeOf(geometry.yShape)).fill(-1);
  forEachReduced(geometry, (xAt, yAt) => {
    const [value, most] = [sign * xs[xAt], sign * xs[best[yAt]]];
    if (best[yAt] < 0 || value > most || (Number.isNaN(value) && !Number.isNaN(most))) best[yAt] = xAt;
  });
  return best;
}

/** The plain kernel of `max` and `min`. */
/* @__NO_SIDE_EFFECTS__ */
function extreme(sign: 1 | -1) {
  return (x: Tensor, geometry: ReduceGeometry): Tensor => {
    const y = allocate(x.device, geometry.yShape, x.dtype);
    const [xs, ys] = [valuesOf(x), valuesOf(y)];
    extremes(x, geometry, sign).forEach((xAt, yAt) => {
      ys[yAt] = xs[xAt];
    });
    return y;
  };
}

/** The largest element along the reduced axes. */
export const maxKernel = /* @__PURE__ */ defineKernel("max", extreme(1), "same", /* @__PURE__ */ reduction(MAX));
/** The smallest element along the reduced axes. */
export const minKernel = /* @__PURE__ */ defineKernel("min", extreme(-1), "same", /* @__PURE__ */ reduction(MIN));

/** Where the largest element stands along the one reduced axis, or in the flattened tensor when all are reduced: int32. */
export const argmaxKernel = /* @__PURE__ */ defineKernel(
  "argmax",
  (x, geometry) => {
    const y = allocate(x.device, geometry.yShape, "int32");
    const ys = valuesOf(y);
    const reduced = geometry.xShape.findIndex((length, axis) => length !== geometry.keptShape[axis]);
    const isAll = geometry.count === x.size;
    const step = isAll || reduced < 0 ? 1 : stridesOf(geometry.xShape)[reduced];
    extremes(x, geometry, 1).forEach((xAt, yAt) => {
      ys[yAt] = isAll ? xAt : Math.floor(xAt / step) % geometry.count;
    });
    return y;
  },
  "same",
  /* @__PURE__ */ reduction(ARGMAX),
);

/**
 * The sum of the elements along `dim`, or of all, added up in float64. An empty sum is 0.
 *
 * @param options `dim`: one axis or several, negative ones count from the end, default all; `keepDim` false.
 * @throws {RangeError} When an axis does not exist, or an int32 cannot hold a sum of int32.
 * @example
 * sum(tensor([[1, 2], [3, 4]]), { dim: 0 }); // [4, 6]
 */
export function sum(x: Tensor, options: ReduceOptions = {}): Tensor {
  expectTensor("sum", "x", x);
  return sumKernel(x, reduceGeometry("sum", x.shape, options));
}

/**
 * The largest element along `dim`, or of all. NaN if one is NaN.
 *
 * @param options As for `sum`.
 * @throws {ShapeError} When there is nothing to choose from.
 * @example
 * max(tensor([[1, 4], [3, 2]]), { dim: 1 }); // [4, 3]
 */
export function max(x: Tensor, options: ReduceOptions = {}): Tensor {
  expectTensor("max", "x", x);
  return maxKernel(x, extremeGeometry("max", x.shape, options));
}

/**
 * The smallest element along `dim`, or of all. NaN if one is NaN.
 *
 * @param options As for `sum`.
 * @throws {ShapeError} When there is nothing to choose from.
 * @example
 * min(tensor([[1, 4], [3, 2]]), { dim: 1 }); // [1, 2]
 */
export function min(x: Tensor, options: ReduceOptions = {}): Tensor {
  expectTensor("min", "x", x);
  return minKernel(x, extremeGeometry("min", x.shape, options));
}

/**
 * Where the largest element stands: along `dim`, or in the flattened tensor. The first of equals; int32.
 *
 * @param options `dim`: one axis. Default: all, flattened.
 * @throws {ShapeError} When there is nothing to choose from.
 * @example
 * argmax(tensor([[1, 4], [3, 2]]), { dim: 1 }); // [1, 0]
 */
export function argmax(x: Tensor, options: { readonly dim?: number; readonly keepDim?: boolean } = {}): Tensor {
  expectTensor("argmax", "x", x);
  const geometry = extremeGeometry("argmax", x.shape, options);
  if (options.dim !== undefined) resolveDim("argmax", x.shape, options.dim);
  return argmaxKernel(x, geometry);
}

/**
 * The sizes of a reduction that chooses an element.
 *
 * @throws {ShapeError} When there is nothing to choose from.
 */
export function extremeGeometry(operator: string, xShape: Shape, options: ReduceOptions): ReduceGeometry {
  const geometry = reduceGeometry(operator, xShape, options);
  if (geometry.count > 0) return geometry;
  throw new ShapeError(`${operator}: x ${formatShape(xShape)} has no elements to choose from along this dim.`);
}
