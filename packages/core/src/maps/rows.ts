import { type Shape, sizeOf, stridesOf } from "../shape.js";

/**
 * Strides with which a tensor of shape `from` is read as if it had the shape `to`: 0 along the axes on which it
 * repeats itself. Axes are aligned at the end.
 */
export function broadcastStrides(from: Shape, to: Shape): number[] {
  const strides = stridesOf(from);
  const missing = to.length - from.length;
  return to.map((length, axis) =>
    axis < missing || (from[axis - missing] === 1 && length !== 1) ? 0 : strides[axis - missing],
  );
}

/** A walk over tensors side by side, in rows along which each of them advances evenly. */
export interface Rows {
  /** Elements in a row. */
  readonly length: number;
  /** By how much each tensor advances from one element of a row to the next. */
  readonly steps: readonly number[];
  /** The offset of every row in each tensor, in row-major order; the array is the same one each time. */
  readonly starts: Iterable<readonly number[]>;
}

/** Walks over all elements of `shape` in row-major order, and along with it over tensors that broadcast to it. */
export function rowsOf(shape: Shape, ...tensors: readonly Shape[]): Rows {
  return stridedRows(
    shape,
    tensors.map((from) => broadcastStrides(from, shape)),
  );
}

/**
 * Walks over all elements of `shape` in row-major order, and along with it over tensors read with the given strides.
 * Axes that all of them pass evenly are joined, so that rows are as long as they can be: tensors of one shape are a
 * single row.
 */
export function stridedRows(shape: Shape, given: readonly (readonly number[])[]): Rows {
  const { lengths, strides } = joinedAxes(shape, given);
  return {
    length: lengths.at(-1) ?? 1,
    steps: strides.map((steps) => steps.at(-1) ?? 0),
    starts: startsOf(lengths.slice(0, -1), strides),
  };
}

/** The axes of `shape` and the strides of tensors along them, without those of length 1 and with those joined that can be. */
export function joinedAxes(shape: Shape, given: readonly (readonly number[])[]) {
  const lengths: number[] = [];
  const strides: number[][] = given.map(() => []);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] === 1) continue;
    const isEven = lengths.length > 0 && given.every((steps, t) => steps[axis] === strides[t][0] * lengths[0]);
    if (isEven) {
      lengths[0] *= shape[axis];
    } else {
      lengths.unshift(shape[axis]);
      for (let t = 0; t < given.length; t++) strides[t].unshift(given[t][axis]);
    }
  }
  return { lengths, strides };
}

function* startsOf(lengths: Shape, strides: readonly (readonly number[])[]): Iterable<readonly number[]> {
  const index = lengths.map(() => 0);
  const offsets = strides.map(() => 0);
  for (let rows = sizeOf(lengths); rows > 0; rows--) {
    yield offsets;
    for (let axis = lengths.length - 1; axis >= 0; axis--) {
      const isWithin = ++index[axis] < lengths[axis];
      if (!isWithin) index[axis] = 0;
      for (let t = 0; t < offsets.length; t++) offsets[t] += strides[t][axis] * (isWithin ? 1 : 1 - lengths[axis]);
      if (isWithin) break;
    }
  }
}
