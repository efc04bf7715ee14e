import { sub, type Variable } from "@conv/autograd";
import { formatShape, isSameShape, ShapeError, type Tensor } from "@conv/core";

/**
 * y − target, element by element, for losses: nothing is broadcast.
 *
 * @throws {ShapeError} When the shapes differ: [N, 1] − [N] would compare every example with every target.
 * @throws {TypeError} When the dtypes differ.
 */
export function difference(operator: string, y: Variable, target: Tensor | Variable): Variable {
  if (!isSameShape(y.shape, target.shape)) {
    const hint =
      y.size === target.size
        ? `Reshape one: reshape(y, ${formatShape(target.shape)}).`
        : "Pass one target for each element of y.";
    throw new ShapeError(
      `${operator}: y ${formatShape(y.shape)} and target ${formatShape(target.shape)} must have the same shape; ` +
        `nothing is broadcast. ${hint}`,
    );
  }
  if (y.dtype !== target.dtype) {
    throw new TypeError(
      `${operator}: y is ${y.dtype}, but target is ${target.dtype}. Make the target of dtype "${y.dtype}".`,
    );
  }
  return sub(y, target);
}
