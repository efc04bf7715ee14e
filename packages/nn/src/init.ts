import { type Random, type Shape, ShapeError, type Tensor } from "@conv/core";
import { formatShape, sizeOf } from "@conv/core/operators";
import { defaultRandom } from "./random.js";

/** The options of an initialiser. */
export interface InitOptions {
  /** Where the draws come from. Default: the shared generator, see `manualSeed`. */
  readonly random?: Random;
}

/**
 * How many inputs weigh into one output: the size of a weight [out, in, …] without its first axis.
 *
 * @throws {ShapeError} When the shape has fewer than two axes.
 */
export function fanIn(shape: Shape): number {
  if (shape.length < 2) {
    throw new ShapeError(
      `fanIn: a weight has at least two axes, [out, in, …], but its shape is ${formatShape(shape)}.`,
    );
  }
  return sizeOf(shape.slice(1));
}

/** Draws from [−bound, bound). */
export function uniform(shape: Shape, bound: number, { random = defaultRandom() }: InitOptions = {}): Tensor {
  return random.uniform(shape, { low: -bound, high: bound });
}

/**
 * Draws from [−b, b) with b = gain·√(3 / fanIn), which keeps the variance of activations behind a leaky ReLU of slope a:
 * gain = √(2 / (1 + a²)).
 *
 * @param shape [out, in, …].
 * @param options `a`: the slope below 0. Default √5, as PyTorch's layers have it: then b = 1/√fanIn.
 * @see He, Zhang, Ren and Sun, "Delving deep into rectifiers" (arXiv:1502.01852).
 */
export function kaimingUniform(
  shape: Shape,
  { a = Math.sqrt(5), ...options }: InitOptions & { a?: number } = {},
): Tensor {
  return uniform(shape, Math.sqrt(6 / ((1 + a * a) * fanIn(shape))), options);
}
