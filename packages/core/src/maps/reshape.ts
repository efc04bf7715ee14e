import { ShapeError } from "../errors.js";
import { expectTensor, formatValue } from "../options.js";
import { formatShape, type Shape, sizeOf } from "../shape.js";
import { expectOwnTensor, Tensor } from "../tensor.js";

/**
 * `shape` with its −1, if it has one, replaced by the length that makes the sizes equal.
 *
 * @throws {ShapeError} When no such length exists, or the sizes differ.
 */
export function resolveShape(operator: string, from: Shape, shape: Shape): Shape {
  if (!Array.isArray(shape)) {
    throw new TypeError(`${operator}: shape must be an array of axes such as [2, 3], got ${formatValue(shape)}.`);
  }
  const size = sizeOf(from);
  const known = sizeOf(shape.filter((length) => length !== -1));
  const open = shape.filter((length) => length === -1).length;
  const target = shape.map((length) => (length === -1 && known > 0 ? size / known : length));
  const isValid = target.every((length) => Number.isInteger(length) && length >= 0);
  if (open > 1 || !isValid || sizeOf(target) !== size) {
    throw new ShapeError(
      `${operator}: x ${formatShape(from)} has ${size} elements, which do not make the shape ${formatShape(shape)}. ` +
        `Use a shape of the same size, with at most one -1.`,
    );
  }
  return target;
}

/**
 * The same elements in the same order under another shape.
 *
 * @param shape Of the same size; one axis may be −1: what remains.
 * @throws {ShapeError} When the sizes differ.
 * @example
 * reshape(tensor([1, 2, 3, 4]), [2, -1]); // [[1, 2], [3, 4]]
 */
export function reshape(x: Tensor, shape: Shape): Tensor {
  expectTensor("reshape", "x", x);
  expectOwnTensor("reshape", x);
  return Tensor.view(x, resolveShape("reshape", x.shape, shape));
}
