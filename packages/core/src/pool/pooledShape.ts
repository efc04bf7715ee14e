import { ShapeError } from "../errors.js";
import { checkInteger, expectTensor, formatValue } from "../options.js";
import { formatShape, type Shape } from "../shape.js";
import type { TensorLike } from "../tensor.js";

/** The size of the image that was pooled, which strides forget. */
export interface PooledSize {
  /** Lengths of the spatial axes of x. */
  readonly inSize: readonly number[];
}

/**
 * The shape of the image that was pooled: gradY's leading axes, and `inSize`.
 *
 * @throws {TypeError} When `inSize` is not an array of lengths.
 * @throws {ShapeError} When gradY has too few axes.
 */
export function pooledShape(operator: string, gradY: TensorLike, inSize: readonly number[]): Shape {
  expectTensor(operator, "gradY", gradY);
  if (!Array.isArray(inSize) || inSize.length === 0) {
    throw new TypeError(
      `${operator}: inSize must be an array with the lengths of the image's spatial axes, got ${formatValue(inSize)}.`,
    );
  }
  for (const length of inSize) checkInteger(operator, "inSize", length, 0);
  if (gradY.shape.length <= inSize.length) {
    throw new ShapeError(
      `${operator}: gradY ${formatShape(gradY.shape)} must have a channel axis before its ${inSize.length} spatial ones. Reshape it.`,
    );
  }
  return [...gradY.shape.slice(0, gradY.shape.length - inSize.length), ...inSize];
}
