import { checkBoolean, checkOptions } from "../options.js";
import { resolveDims, type Shape, sizeOf } from "../shape.js";

/** Over which axes a reduction runs. */
export interface ReduceOptions {
  /** Axis or axes that disappear; negative ones count from the end. Default: all. */
  readonly dim?: number | readonly number[];
  /** Keep reduced axes, with length 1. Default false. */
  readonly keepDim?: boolean;
}

/** Every size of a reduction, checked. */
export interface ReduceGeometry {
  readonly xShape: Shape;
  /** xShape with length 1 along the reduced axes. */
  readonly keptShape: Shape;
  /** The result's shape: keptShape, or without the reduced axes. */
  readonly yShape: Shape;
  /** How many elements make one of the result. */
  readonly count: number;
}

/**
 * Every size of a reduction.
 *
 * @throws {RangeError} When an axis does not exist or is named twice.
 */
export function reduceGeometry(operator: string, xShape: Shape, options: ReduceOptions = {}): ReduceGeometry {
  checkOptions(operator, options, ["dim", "keepDim"]);
  const { dim, keepDim = false } = options;
  checkBoolean(operator, "keepDim", keepDim);
  const dims = resolveDims(operator, xShape, dim);
  const keptShape = xShape.map((length, axis) => (dims.includes(axis) ? 1 : length));
  return {
    xShape: [...xShape],
    keptShape,
    yShape: keepDim ? keptShape : xShape.filter((_, axis) => !dims.includes(axis)),
    count: sizeOf(dims.map((axis) => xShape[axis])),
  };
}
