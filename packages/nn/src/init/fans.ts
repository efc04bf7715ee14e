import { type Shape, ShapeError } from "@conv/core";
import { checkNumber, checkShape, formatShape, formatValue, sizeOf } from "@conv/core/operators";

/** Which of the two numbers of connections counts: that of the inputs of an output, or that of the outputs of an input. */
export type FanMode = "fanIn" | "fanOut";

/** What comes after a weight. */
export type Nonlinearity = "linear" | "sigmoid" | "tanh" | "relu" | "leakyRelu" | "selu";

const GAINS: Readonly<Record<Nonlinearity, (slope: number) => number>> = {
  linear: () => 1,
  sigmoid: () => 1,
  tanh: () => 5 / 3,
  relu: () => Math.SQRT2,
  leakyRelu: (slope) => Math.sqrt(2 / (1 + slope * slope)),
  selu: () => 3 / 4,
};

/**
 * How many inputs weigh into one output: the size of a weight [out, in, …] without its first axis. For the weight of a
 * transposed convolution, [in, out/groups, …], it is the number of outputs that an input weighs into; PyTorch does so too.
 *
 * @throws {ShapeError} When the shape has fewer than two axes.
 */
export function fanIn(shape: Shape): number {
  return sizeOf(checkWeight("fanIn", shape).slice(1));
}

/**
 * How many outputs one input weighs into: the size of a weight [out, in, …] without its second axis.
 *
 * @throws {ShapeError} When the shape has fewer than two axes.
 */
export function fanOut(shape: Shape): number {
  const [out, , ...kernel] = checkWeight("fanOut", shape);
  return sizeOf([out, ...kernel]);
}

/**
 * The factor that keeps the variance of activations behind a nonlinearity: 1 for `"linear"` (convolutions too) and
 * `"sigmoid"`, 5/3 for `"tanh"`, √2 for `"relu"`, √(2 / (1 + param²)) for `"leakyRelu"`, 3/4 for `"selu"`.
 *
 * @param param The slope below 0 of `"leakyRelu"`. Default 0.01.
 * @throws {RangeError} When the nonlinearity is none of these words.
 * @see `torch.nn.init.calculate_gain`, the same numbers.
 */
export function calculateGain(nonlinearity: Nonlinearity, param = 0.01): number {
  if (!Object.hasOwn(GAINS, nonlinearity)) {
    const words = Object.keys(GAINS).map(formatValue).join(", ");
    throw new RangeError(
      `calculateGain: nonlinearity must be one of ${words}, got ${formatValue(nonlinearity)}. Convolutions are "linear".`,
    );
  }
  return GAINS[nonlinearity](checkNumber("calculateGain", "param", param));
}

/**
 * A shape that a weight can have.
 *
 * @throws {ShapeError} When it has fewer than two axes.
 */
export function checkWeight(initialiser: string, shape: Shape): Shape {
  if (checkShape(initialiser, shape).length >= 2) return shape;
  throw new ShapeError(
    `${initialiser}: a weight has at least two axes, [out, in, …], but its shape is ${formatShape(shape)}.`,
  );
}
