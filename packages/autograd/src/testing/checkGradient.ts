import { createRandom, type Tensor, tensor } from "@conv/core";
import { expectShape, formatShape, stridesOf } from "@conv/core/operators";
import { grad } from "../backward.js";
import { add, mul } from "../ops/arithmetic.js";
import { sum } from "../ops/sum.js";
import { type Variable, variable } from "../variable.js";

/** The options of `checkGradient`. */
export interface CheckGradientOptions {
  /** 1: the gradient; 2: the gradient of the gradient. Default 1. */
  readonly order?: 1 | 2;
  /** Step of the central differences. Default 1e-5. */
  readonly eps?: number;
  /** Largest error, relative to the gradient's largest entry (or 1, if that is smaller). Default 1e-6. */
  readonly tolerance?: number;
  /** Seed of the random numbers. Default 0. */
  readonly seed?: number;
}

/** What `checkGradient` found. */
export interface GradientReport {
  /** How many entries were compared. */
  readonly entries: number;
  /** The largest difference between a gradient and its central difference. */
  readonly largestError: number;
}

/**
 * Checks gradients with central differences in float64, entry by entry:
 *
 *     ∂L/∂xᵢ ≈ (L(x + εeᵢ) − L(x − εeᵢ)) / 2ε,     L = ⟨fn(x), r⟩ with a random r
 *
 * @param fn Of as many Variables as there are inputs; it must be smooth around them.
 * @param inputs Their values; they are turned into float64.
 * @returns How many entries were compared, and the largest error.
 * @throws {Error} Naming the input and the entry that differ most, and by how much.
 * @example
 * checkGradient((x, w) => conv2d(x, w), [random.normal([1, 2, 5, 5]), random.normal([3, 2, 3, 3])]);
 */
export function checkGradient(
  fn: (...inputs: Variable[]) => Variable,
  inputs: readonly (Variable | Tensor)[],
  { order = 1, eps = 1e-5, tolerance = 1e-6, seed = 0 }: CheckGradientOptions = {},
): GradientReport {
  const values = inputs.map((input) => Float64Array.from(input.dataSync()));
  const leaves = () => values.map((v, i) => variable(tensor(v, inputs[i].shape, { dtype: "float64" })));
  const first = projection(fn, seed);
  const scalar = order === 1 ? first : projectedGradient(first, seed + 1);

  const variables = leaves();
  const gradients = grad(scalar(...variables), variables).map((g, i) => {
    expectShape("checkGradient", `the gradient of input ${i + 1}`, g.shape, inputs[i].shape);
    return Float64Array.from(g.dataSync());
  });
  const finite = gradients.flatMap((g) => [...g]).filter(Number.isFinite);
  const scale = finite.reduce((most, v) => Math.max(most, Math.abs(v)), 1);

  let worst = { error: -1, text: "" };
  let entries = 0;
  gradients.forEach((gradient, input) => {
    gradient.forEach((given, at) => {
      const numeric = centralDifference(() => scalar(...leaves()).item(), values[input], at, eps);
      const difference = Math.abs(given - numeric);
      const error = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
      entries++;
      if (error <= worst.error) return;
      const index = stridesOf(inputs[input].shape).map(
        (stride, axis) => Math.floor(at / stride) % inputs[input].shape[axis],
      );
      worst = {
        error,
        text: `entry [${index.join(", ")}] of input ${input + 1} ${formatShape(inputs[input].shape)} is ${given}, but central differences give ${numeric}`,
      };
    });
  });
  if (worst.error > tolerance * scale) {
    throw new Error(
      `checkGradient: the order-${order} gradient at ${worst.text}: they differ by ${worst.error}, more than ${tolerance * scale}.`,
    );
  }
  return { entries, largestError: Math.max(worst.error, 0) };
}

type ScalarFunction = (...inputs: Variable[]) => Variable;

/** ⟨fn(x), r⟩ for a random r: one number that depends on every entry of fn(x). */
function projection(fn: (...inputs: Variable[]) => Variable, seed: number): ScalarFunction {
  return (...inputs) => {
    const y = fn(...inputs);
    return sum(mul(y, createRandom(seed).normal(y.shape, { dtype: "float64" })));
  };
}

/** Σ ⟨∂f/∂xᵢ, rᵢ⟩ over the inputs xᵢ, for random rᵢ: a scalar whose gradient is made of second derivatives. */
function projectedGradient(fn: ScalarFunction, seed: number): ScalarFunction {
  return (...inputs) => {
    const random = createRandom(seed);
    const gradients = grad(fn(...inputs), inputs, { createGraph: true });
    const parts = gradients.map((g) => sum(mul(g, random.normal(g.shape, { dtype: "float64" }))));
    // A gradient may not depend on any input; 0·x keeps the scalar in the graph, with the right gradient, 0.
    const anchors = inputs.map((input) => mul(sum(input), 0));
    return [...parts, ...anchors].reduce((a, b) => add(a, b));
  };
}

function centralDifference(f: () => number, values: Float64Array, at: number, eps: number): number {
  const value = values[at];
  values[at] = value + eps;
  const above = f();
  values[at] = value - eps;
  const below = f();
  values[at] = value;
  return (above - below) / (2 * eps);
}
