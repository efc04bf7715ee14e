import { ShapeError } from "../errors.js";
import { formatShape, resolveDim, type Shape, sizeOf } from "../shape.js";

/** Every size of a concatenation: tensor t is [outer, lengths[t], inner], and y is [outer, Σ lengths, inner]. */
export interface ConcatGeometry {
  /** The axis along which they are joined, from 0. */
  readonly dim: number;
  readonly outer: number;
  readonly lengths: readonly number[];
  readonly inner: number;
  readonly yShape: Shape;
}

/**
 * The sizes of `concat`.
 *
 * @throws {ShapeError} When the shapes differ along another axis than `dim`.
 */
export function concatGeometry(shapes: readonly Shape[], dim: number): ConcatGeometry {
  const [first] = shapes;
  const axis = resolveDim("concat", first, dim);
  const odd = shapes.find(
    (shape) => shape.length !== first.length || shape.some((n, a) => a !== axis && n !== first[a]),
  );
  if (odd !== undefined) {
    throw new ShapeError(
      `concat: shapes ${formatShape(first)} and ${formatShape(odd)} must be equal except along dim ${dim}.`,
    );
  }
  const lengths = shapes.map((shape) => shape[axis]);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  return {
    dim: axis,
    outer: sizeOf(first.slice(0, axis)),
    lengths,
    inner: sizeOf(first.slice(axis + 1)),
    yShape: first.map((length, a) => (a === axis ? total : length)),
  };
}
