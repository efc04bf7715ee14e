import { checkTensors } from "../device/defineKernel.js";
import { ShapeError } from "../errors.js";
import { mul } from "../maps/arithmetic.js";
import { step } from "../maps/elementwise.js";
import { reshape } from "../maps/reshape.js";
import { where } from "../maps/where.js";
import { expectTensor } from "../options.js";
import { tidy } from "../scope.js";
import { formatShape, type Shape } from "../shape.js";
import type { Tensor } from "../tensor.js";

/**
 * The shape under which the slopes of `prelu` meet x: one slope for all, or one for each channel, which is axis 1.
 *
 * @throws {ShapeError} When there are other than 1 or C slopes.
 */
export function preluShape(xShape: Shape, wShape: Shape): Shape {
  if (wShape.length === 1 && wShape[0] === 1) return [];
  if (wShape.length !== 1 || wShape[0] !== xShape[1]) {
    const channels = xShape.length < 2 ? "no channel axis" : `${xShape[1]} channel${xShape[1] === 1 ? "" : "s"}`;
    throw new ShapeError(
      `prelu: w ${formatShape(wShape)} must have one slope, [1], or one for each channel, but x ${formatShape(xShape)} ` +
        `has ${channels}. ${xShape.length < 2 ? "Make w [1]." : `Make w [${xShape[1]}].`}`,
    );
  }
  return [wShape[0], ...xShape.slice(2).map(() => 1)];
}

/**
 * x above 0, w·x below, elementwise, with a slope w that is learned.
 *
 * @param x [N, C, …], or of any shape if w is [1].
 * @param w [1]: one slope for all; or [C]: one for each channel.
 * @throws {ShapeError} When w has another shape.
 * @see He, Zhang, Ren and Sun, "Delving deep into rectifiers" (arXiv:1502.01852).
 * @example
 * prelu(tensor([[-2, -2], [3, 3]]), tensor([0.5, 0.25])); // [[-1, -0.5], [3, 3]]
 */
export function prelu(x: Tensor, w: Tensor): Tensor {
  expectTensor("prelu", "x", x);
  expectTensor("prelu", "w", w);
  checkTensors("prelu", "any", [x, w]);
  return tidy(() => where(step(x), x, mul(x, reshape(w, preluShape(x.shape, w.shape)))));
}
