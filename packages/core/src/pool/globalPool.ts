import { ShapeError } from "../errors.js";
import { expectTensor } from "../options.js";
import { tidy } from "../scope.js";
import { formatShape } from "../shape.js";
import type { Tensor, TensorLike } from "../tensor.js";
import { adaptiveAvgPooling, avgSteps } from "./adaptiveAvgPool.js";
import { adaptiveMaxPooling, maxSteps } from "./adaptiveMaxPool.js";

/**
 * The number of spatial axes of [N, C, …].
 *
 * @throws {ShapeError} When there are none.
 */
export function spatialRank(operator: string, x: TensorLike): number {
  expectTensor(operator, "x", x);
  if (x.shape.length < 3) {
    throw new ShapeError(
      `${operator}: x must have at least 3 axes, [N, C, …], but its shape is ${formatShape(x.shape)}. Reshape it.`,
    );
  }
  return x.shape.length - 2;
}

/**
 * The mean of every channel's image: an adaptive average pooling down to one pixel.
 *
 * @param x [N, C, …] with at least one spatial axis, float32 or float64.
 * @returns [N, C, 1, …]; reshape it to [N, C] for a linear layer.
 * @see Lin, Chen and Yan, "Network in network" (arXiv:1312.4400).
 * @example
 * globalAvgPool(tensor([[[1, 2, 6], [3, 3, 3]]])); // [[[3], [3]]]
 */
export function globalAvgPool(x: Tensor): Tensor {
  return adaptiveAvgPooling(spatialRank("globalAvgPool", x), avgSteps, "globalAvgPool")(x, 1);
}

/**
 * The largest pixel of every channel's image: an adaptive max pooling down to one pixel.
 *
 * @param x [N, C, …] with at least one spatial axis.
 * @returns [N, C, 1, …].
 * @example
 * globalMaxPool(tensor([[[1, 2, 6], [3, 3, 3]]])); // [[[6], [3]]]
 */
export function globalMaxPool(x: Tensor): Tensor {
  return tidy(() => adaptiveMaxPooling(spatialRank("globalMaxPool", x), maxSteps, "globalMaxPool")(x, 1).y);
}
