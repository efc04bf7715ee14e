import { type Shape, stridesOf } from "../shape.js";

/**
 * Strides with which a tensor of shape `from` is read as if it had the shape `to`: 0 along the axes on which it
 * repeats itself. Axes are aligned at the end.
 */
export function broadcastStrides(from: Shape, to: Shape): number[] {
  const strides = stridesOf(from);
  const missing = to.length - from.length;
  return to.map((length, axis) => (axis < missing || (from[axis - missing] === 1 && length !== 1) ? 0 : strides[axis - missing]));
}

/**
 * Walks over all elements of `shape` in row-major order, a row (the last axis) at a time.
 *
 * @param strides One list of strides for each tensor that walks along.
 * @param visit Called with each row's offset in every tensor.
 */
export function forEachRow(shape: Shape, strides: readonly (readonly number[])[], visit: (...offsets: number[]) => void): void {
  if (shape.includes(0)) return;
  const walk = (axis: number, offsets: readonly number[]): void => {
    if (axis >= shape.length - 1) return visit(...offsets);
    for (let i = 0; i < shape[axis]; i++) walk(axis + 1, offsets.map((offset, t) => offset + i * strides[t][axis]));
  };
  walk(0, strides.map(() => 0));
}
