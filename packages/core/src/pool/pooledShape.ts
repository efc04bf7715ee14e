import { ShapeError } from "../errors.js";
import { checkLengths, expectTensor } from "../options.js";
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
  checkLengths(operator, "inSize", inSize, "the image's spatial axes", 1);
  if (gradY.shape.length <= inSize.length) {
    throw new ShapeError(
      `${operator}: gradY ${formatShape(gradY.shape)} must have a channel axis before its ${inSize.length} spatial ones. Reshape it.`,
    );
  }
  return [...gradY.shape.slice(0, gradY.shape.length - inSize.length), ...inSize];
}
