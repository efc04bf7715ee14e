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

/**
 * Walks over all elements of `shape` in row-major order, a row (the last axis) at a time.
 *
 * @param strides One list of strides for each tensor that walks along.
 * @param visit Called with each row's offset in every tensor.
 */
export function forEachRow(
  shape: Shape,
  strides: readonly (readonly number[])[],
  visit: (...offsets: number[]) => void,
): void {
  if (shape.includes(0)) return;
  const index = shape.map(() => 0);
  const offsets = strides.map(() => 0);
  for (let rows = sizeOf(shape.slice(0, -1)); rows > 0; rows--) {
    visit(...offsets);
    for (let axis = shape.length - 2; axis >= 0; axis--) {
      const isWithin = ++index[axis] < shape[axis];
      if (!isWithin) index[axis] = 0;
      for (let t = 0; t < offsets.length; t++) offsets[t] += strides[t][axis] * (isWithin ? 1 : 1 - shape[axis]);
      if (isWithin) break;
    }
  }
}
