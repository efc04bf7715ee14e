import { checkDTypes, defineKernel } from "../device/defineKernel.js";
import { ShapeError } from "../errors.js";
import { formatValue } from "../options.js";
import { formatShape, sizeOf, stridesOf } from "../shape.js";
import { allocate, type Tensor, valuesOf } from "../tensor.js";
import { div } from "./elementwise.js";
import { type ReduceGeometry, type ReduceOptions, reduceGeometry } from "./reduceGeometry.js";
import { rowsOf } from "./strided.js";

/** Calls `visit` for every element of x with its position and that of the result it goes into. */
function forEachReduced({ xShape, keptShape }: ReduceGeometry, visit: (xAt: number, yAt: number) => void): void {
  const { starts, length, steps } = rowsOf(xShape, xShape, keptShape);
  const [, step] = steps;
  for (const [xRow, yRow] of starts) {
    for (let i = 0; i < length; i++) visit(xRow + i, yRow + i * step);
  }
}

/** Σ x over the reduced axes, summed in float64. Its adjoint is `broadcastTo`. */
export const sumKernel = /* @__PURE__ */ defineKernel("sum", (x, geometry) => {
  const y = allocate(x.device, geometry.yShape, x.dtype);
  const xs = valuesOf(x);
  const sums = new Float64Array(y.size);
  forEachReduced(geometry, (xAt, yAt) => {
    sums[yAt] += xs[xAt];
  });
  valuesOf(y).set(sums);
  return y;
});

/** For each element of the result, the position in x of the largest that goes into it: the first of equals; NaN wins. */
function largest(x: Tensor, geometry: ReduceGeometry): Int32Array {
  const xs = valuesOf(x);
  const best = new Int32Array(sizeOf(geometry.yShape)).fill(-1);
  forEachReduced(geometry, (xAt, yAt) => {
    const [value, most] = [xs[xAt], xs[best[yAt]]];
    if (best[yAt] < 0 || value > most || (Number.isNaN(value) && !Number.isNaN(most))) best[yAt] = xAt;
  });
  return best;
}

/** The largest element along the reduced axes. */
export const maxKernel = /* @__PURE__ */ defineKernel("max", (x, geometry) => {
  const y = allocate(x.device, geometry.yShape, x.dtype);
  const [xs, ys] = [valuesOf(x), valuesOf(y)];
  largest(x, geometry).forEach((xAt, yAt) => {
    ys[yAt] = xs[xAt];
  });
  return y;
});

/** Where the largest element stands along the one reduced axis, or in the flattened tensor when all are reduced: int32. */
export const argmaxKernel = /* @__PURE__ */ defineKernel("argmax", (x, geometry) => {
  const y = allocate(x.device, geometry.yShape, "int32");
  const ys = valuesOf(y);
  const reduced = geometry.xShape.findIndex((length, axis) => length !== geometry.keptShape[axis]);
  const isAll = geometry.count === x.size;
  const step = isAll || reduced < 0 ? 1 : stridesOf(geometry.xShape)[reduced];
  largest(x, geometry).forEach((xAt, yAt) => {
    ys[yAt] = isAll ? xAt : Math.floor(xAt / step) % geometry.count;
  });
  return y;
});

/** x repeated along its axes of length 1 and along new leading ones. Its adjoint is `sum` over those axes. */
export const broadcastToKernel = /* @__PURE__ */ defineKernel("broadcastTo", (x, shape) => {
  const y = allocate(x.device, shape, x.dtype);
  const [xs, ys] = [valuesOf(x), valuesOf(y)];
  const { starts, length, steps } = rowsOf(shape, shape, x.shape);
  const [, step] = steps;
  for (const [yRow, xRow] of starts) {
    for (let i = 0; i < length; i++) ys[yRow + i] = xs[xRow + i * step];
  }
  return y;
});

/** The sum of the elements along `dim`, or of all. An empty sum is 0. */
export function sum(x: Tensor, options: ReduceOptions = {}): Tensor {
  return sumKernel(x, reduceGeometry("sum", x.shape, options));
}

/** The mean of the elements along `dim`, or of all. An empty mean is NaN. */
export function mean(x: Tensor, options: ReduceOptions = {}): Tensor {
  checkDTypes("mean", "floating", [x]);
  const geometry = reduceGeometry("mean", x.shape, options);
  return div(sumKernel(x, geometry), geometry.count);
}

/**
 * The largest element along `dim`, or of all. NaN if one is NaN.
 *
 * @throws {ShapeError} When there is nothing to choose from.
 */
export function max(x: Tensor, options: ReduceOptions = {}): Tensor {
  return maxKernel(x, nonEmpty("max", reduceGeometry("max", x.shape, options)));
}

/**
 * Where the largest element stands: along `dim`, or in the flattened tensor. The first of equals; int32.
 *
 * @param options `dim`: one axis. Default: all, flattened.
 * @throws {ShapeError} When there is nothing to choose from.
 */
export function argmax(x: Tensor, options: { readonly dim?: number; readonly keepDim?: boolean } = {}): Tensor {
  if (options.dim !== undefined && typeof options.dim !== "number") {
    throw new TypeError(
      `argmax: dim must be one axis, or none for all, got ${formatValue(options.dim)}. Reshape x to join axes.`,
    );
  }
  return argmaxKernel(x, nonEmpty("argmax", reduceGeometry("argmax", x.shape, options)));
}

function nonEmpty(operator: string, geometry: ReduceGeometry): ReduceGeometry {
  if (geometry.count === 0) {
    throw new ShapeError(
      `${operator}: x ${formatShape(geometry.xShape)} has no elements to choose from along this dim.`,
    );
  }
  return geometry;
}
