import { ShapeError } from "../errors.js";
import { checkInteger, checkOptions, formatValue } from "../options.js";
import { checkShape, formatShape, resolveDim, resolveDims, type Shape, stridesOf } from "../shape.js";
import { broadcastStrides } from "./rows.js";

/**
 * A tensor read with other strides: y[i] = x[offset + Σ iₐ·stridesₐ]. Transposing permutes strides, slicing moves the
 * offset, flipping negates a stride, broadcasting sets one to 0.
 */
export interface StridedGeometry {
  readonly xShape: Shape;
  readonly yShape: Shape;
  /** Where the first element of y stands in x. */
  readonly offset: number;
  /** How far apart in x the neighbours along each axis of y are. */
  readonly strides: readonly number[];
}

/**
 * The sizes of `permute`.
 *
 * @throws {ShapeError} When `dims` does not name each axis once.
 */
export function permuteGeometry(xShape: Shape, dims: readonly number[], operator = "permute"): StridedGeometry {
  if (!Array.isArray(dims)) {
    throw new TypeError(`${operator}: dims must be an array of axes such as [0, 2, 1], got ${formatValue(dims)}.`);
  }
  const order = dims.map((dim) => resolveDim(operator, xShape, dim, "each of dims"));
  if (order.length !== xShape.length || new Set(order).size !== order.length) {
    throw new ShapeError(
      `${operator}: dims ${formatValue(dims)} must name each of the ${xShape.length} axes of x ${formatShape(xShape)} once.`,
    );
  }
  const strides = stridesOf(xShape);
  return {
    xShape,
    yShape: order.map((axis) => xShape[axis]),
    offset: 0,
    strides: order.map((axis) => strides[axis]),
  };
}

/** The sizes of `transpose`: two axes change places. */
export function transposeGeometry(xShape: Shape, dim0: number, dim1: number): StridedGeometry {
  const axis0 = resolveDim("transpose", xShape, dim0, "dim0");
  const axis1 = resolveDim("transpose", xShape, dim1, "dim1");
  const order = xShape.map((_, axis) => (axis === axis0 ? axis1 : axis === axis1 ? axis0 : axis));
  return permuteGeometry(xShape, order, "transpose");
}

/** The options of `slice`. */
export interface SliceOptions {
  /** The axis that is cut. Default 0. */
  readonly dim?: number;
  /** First position that is kept; a negative one counts from the end. Default 0. */
  readonly start?: number;
  /** First position that is not kept any more; a negative one counts from the end. Default: the end. */
  readonly end?: number;
  /** Distance from one kept position to the next. Default 1. */
  readonly step?: number;
}

/**
 * The sizes of `slice`. As in JavaScript and in PyTorch, positions beyond an end mean that end.
 *
 * @throws {RangeError} When a position is no integer, or `step` not a positive one.
 */
export function sliceGeometry(xShape: Shape, options: SliceOptions): StridedGeometry {
  checkOptions("slice", options, ["dim", "start", "end", "step"]);
  const { dim = 0, start = 0, end, step = 1 } = options;
  const axis = resolveDim("slice", xShape, dim);
  const length = xShape[axis];
  const position = (name: string, value: number) => {
    checkInteger("slice", name, value, Number.NEGATIVE_INFINITY);
    return Math.min(Math.max(value < 0 ? value + length : value, 0), length);
  };
  const first = position("start", start);
  const past = position("end", end ?? length);
  const count = Math.max(0, Math.ceil((past - first) / checkInteger("slice", "step", step, 1)));
  const strides = stridesOf(xShape);
  return {
    xShape,
    yShape: xShape.map((given, a) => (a === axis ? count : given)),
    offset: first * strides[axis],
    strides: strides.map((stride, a) => (a === axis ? stride * step : stride)),
  };
}

/** The sizes of `flip`: the axes that `dim` names, by default all, run backwards. */
export function flipGeometry(xShape: Shape, dim?: number | readonly number[]): StridedGeometry {
  const flipped = resolveDims("flip", xShape, dim);
  const strides = stridesOf(xShape);
  return {
    xShape,
    yShape: xShape,
    offset: flipped.reduce((offset, axis) => offset + Math.max(0, xShape[axis] - 1) * strides[axis], 0),
    strides: strides.map((stride, axis) => (flipped.includes(axis) ? -stride : stride)),
  };
}

/**
 * The sizes of `broadcastTo`.
 *
 * @throws {ShapeError} When x does not broadcast to the shape.
 */
export function broadcastGeometry(xShape: Shape, shape: Shape): StridedGeometry {
  checkShape("broadcastTo", shape);
  const fits = xShape.every((length, axis) => length === 1 || length === shape.at(axis - xShape.length));
  if (!fits || xShape.length > shape.length) {
    throw new ShapeError(
      `broadcastTo: x ${formatShape(xShape)} does not broadcast to ${formatShape(shape)}: only axes of length 1 stretch, ` +
        `and new ones come first.`,
    );
  }
  return { xShape, yShape: [...shape], offset: 0, strides: broadcastStrides(xShape, shape) };
}
