import { sub, type Variable } from "@conv/autograd";
import { ShapeError, type Tensor } from "@conv/core";
import { expectTensor, formatShape, isSameShape } from "@conv/core/operators";

/**
 * Checks that there is one target of the same type for each element: nothing is broadcast.
 *
 * @throws {ShapeError} When the shapes differ: [N, 1] − [N] would compare every example with every target.
 * @throws {TypeError} When the dtypes differ, or one is no tensor.
 */
export function expectAlike(operator: string, name: string, y: Variable, target: Tensor | Variable): void {
  expectTensor(operator, name, y);
  expectTensor(operator, "target", target);
  if (!isSameShape(y.shape, target.shape)) {
    const hint =
      y.size === target.size
        ? `Reshape one: reshape(${name}, ${formatShape(target.shape)}).`
        : `Pass one target for each element of ${name}.`;
    throw new ShapeError(
      `${operator}: ${name} ${formatShape(y.shape)} and target ${formatShape(target.shape)} must have the same shape; ` +
        `nothing is broadcast. ${hint}`,
    );
  }
  if (y.dtype !== target.dtype) {
    throw new TypeError(
      `${operator}: ${name} is ${y.dtype}, but target is ${target.dtype}. Make the target of dtype "${y.dtype}".`,
    );
  }
}

/** y − target, element by element, for losses: nothing is broadcast. */
export function difference(operator: string, y: Variable, target: Tensor | Variable): Variable {
  expectAlike(operator, "y", y, target);
  return sub(y, target);
}
