import { createRandom, type Tensor, type TypedArray, tensor } from "@conv/core";
import {
  checkInteger,
  checkNumber,
  checkOptions,
  count,
  expectShape,
  formatShape,
  formatValue,
  stridesOf,
} from "@conv/core/operators";
import { gradientsIn } from "../backward.js";
import { add, mul } from "../ops/arithmetic.js";
import { sum } from "../ops/sum.js";
import { enableGrad } from "../recording.js";
import { inputOf, Variable, variable } from "../variable.js";

/** The options of `checkGradient`. */
export interface CheckGradientOptions {
  /** 1: the gradient; 2: the gradient of the gradient; and so on. Default 1. */
  readonly order?: number;
  /** Step ε of the central differences. Default 1e-5. */
  readonly eps?: number;
  /** Largest error, relative to the largest entry of that input's gradient (or 1, if that is smaller). Default 1e-6. */
  readonly tolerance?: number;
  /** Seed of the random numbers. Default 0. */
  readonly seed?: number;
}

/** One entry of a gradient, and what central differences make of it. */
export interface GradientEntry {
  /** Which input, from 0. */
  readonly input: number;
  /** Where in it. */
  readonly index: readonly number[];
  readonly gradient: number;
  readonly difference: number;
  /** |gradient − difference|; infinite if one is NaN. */
  readonly error: number;
  /** Up to which error they count as equal. */
  readonly allowed: number;
}

/** What `checkGradient` found; as a string, a line to read. */
export interface GradientReport {
  readonly order: number;
  /** How many entries were compared. */
  readonly entries: number;
  /** The error of the worst entry, and up to which it would count as equal. */
  readonly largestError: number;
  readonly allowedError: number;
  /** The entry whose error is largest for what is allowed, if there are any. */
  readonly worst: GradientEntry | undefined;
  toString(): string;
}

type Inputs = readonly (Variable | Tensor)[];

/**
 * Checks gradients with central differences in float64, entry by entry:
 *
 *     ∂L/∂xᵢ ≈ (L(x + εeᵢ) − L(x − εeᵢ)) / 2ε,     L = ⟨fn(x), r⟩ with a random r
 *
 * Of order 2, L is a random combination of the entries of that gradient, and so on.
 *
 * @param fn Of as many Variables as there are inputs; it must be smooth around them.
 * @param inputs Their values; they are read at once, and turned into float64 on the cpu.
 * @param options `order` 1, `eps` 1e-5, `tolerance` 1e-6 relative to the largest entry of each, `seed` 0.
 * @returns How many entries were compared, the largest error, and where it is.
 * @throws {Error} Naming the input and the entry that differ most, and by how much.
 * @example
 * const random = createRandom(0);
 * const inputs = [random.normal([1, 2, 5, 5]), random.normal([3, 2, 3, 3])];
 * checkGradient((x, w) => conv2d(x, w), inputs, { order: 2 }).entries; // 104
 */
export function checkGradient(
  fn: (...inputs: Variable[]) => Variable,
  inputs: Inputs,
  options: CheckGradientOptions = {},
): GradientReport {
  return enableGrad(() => check(fn, inputs, checked(fn, inputs, options)));
}

/** `checkGradient`, with its arguments checked. */
function check(
  fn: (...inputs: Variable[]) => Variable,
  inputs: Inputs,
  { order, eps, tolerance, seed }: Required<CheckGradientOptions>,
): GradientReport {
  const values = inputs.map((input) => Float64Array.from(input.dataSync()));
  const leaves = () => values.map((v, i) => variable(tensor(v, inputs[i].shape, { dtype: "float64" })));
  let scalar = projection(fn, seed);
  for (let n = 1; n < order; n++) scalar = projectedGradient(scalar, seed + n);

  const variables = leaves();
  const gradients = gradientsIn("checkGradient", scalar(...variables), variables, {}).map((g, i) => {
    expectShape("checkGradient", `the gradient of input ${i + 1}`, g.shape, inputs[i].shape);
    return g.dataSync();
  });
  const [value, again] = [scalar(...leaves()).item(), scalar(...leaves()).item()];
  if (!Object.is(value, again)) {
    throw new Error(
      "checkGradient: fn gives different values for the same inputs. Fix the random numbers that it draws.",
    );
  }
  const rounding = (ROUNDING * Math.abs(value)) / eps;
  const entries = gradients.flatMap((gradient, input) => {
    const allowed = tolerance * largest(gradient) + (Number.isFinite(rounding) ? rounding : 0);
    return Array.from(gradient, (g, at): GradientEntry => {
      const difference = centralDifference(() => scalar(...leaves()).item(), values[input], at, eps);
      const error = Math.abs(g - difference);
      const index = indexOf(inputs[input].shape, at);
      return { input, index, gradient: g, difference, error: Number.isNaN(error) ? Infinity : error, allowed };
    });
  });
  const report = reportOf(order, entries, inputs);
  if (report.largestError > report.allowedError) throw new Error(String(report));
  return report;
}

/** What a float64 function value is rounded by, of its size: a few last bits. */
const ROUNDING = 2 ** -50;

/** The largest entry of a gradient, if it is finite and above 1; else 1. */
function largest(gradient: TypedArray): number {
  return Array.from(gradient, Math.abs).reduce((most, g) => (g > most && g < Infinity ? g : most), 1);
}

/** The arguments of `checkGradient`, checked, with the defaults. */
function checked(fn: unknown, inputs: Inputs, options: CheckGradientOptions): Required<CheckGradientOptions> {
  const operator = "checkGradient";
  checkOptions(operator, options, ["order", "eps", "tolerance", "seed"]);
  const { order = 1, eps = 1e-5, tolerance = 1e-6, seed = 0 } = options;
  if (typeof fn !== "function" || !Array.isArray(inputs)) {
    throw new TypeError(
      `${operator}: expected a function and an array of its inputs, got ${formatValue(fn)} and ${formatValue(inputs)}.`,
    );
  }
  for (const [i, x] of inputs.entries()) inputOf(operator, `input ${i + 1}`, x);
  checkInteger(operator, "order", order, 1);
  checkInteger(operator, "seed", seed, 0);
  for (const [name, value] of Object.entries({ eps, tolerance })) {
    if (!(checkNumber(operator, name, value) > 0) || value === Number.POSITIVE_INFINITY) {
      throw new RangeError(`${operator}: ${name} must be positive and finite, got ${value}.`);
    }
  }
  return { order, eps, tolerance, seed };
}

function reportOf(order: number, all: readonly GradientEntry[], inputs: Inputs): GradientReport {
  const worst = all.reduce<GradientEntry | undefined>(
    (a, b) => (a === undefined || b.error / b.allowed > a.error / a.allowed ? b : a),
    undefined,
  );
  const [largestError, allowedError] = [worst?.error ?? 0, worst?.allowed ?? 0];
  const what = `the order-${order} gradient`;
  const text =
    worst === undefined
      ? `${what} has no entries to compare.`
      : largestError > allowedError
        ? `${what} at ${placeOf(worst, inputs)} is ${worst.gradient}, but central differences give ${worst.difference}: ` +
          (Number.isFinite(worst.error)
            ? `they differ by ${brief(worst.error)}, and ${brief(allowedError)} is allowed.`
            : "they cannot be compared.")
        : `${what} agrees with central differences at ${count(all.length, "place")}; the largest difference is ` +
          `${brief(worst.error)}, at ${placeOf(worst, inputs)}, and ${brief(allowedError)} is allowed.`;
  return { order, entries: all.length, largestError, allowedError, worst, toString: () => `checkGradient: ${text}` };
}

/** Where an entry stands, in words. */
function placeOf({ input, index }: GradientEntry, inputs: Inputs): string {
  const { shape } = inputs[input];
  const which = `input ${input + 1}`;
  return shape.length === 0 ? which : `entry ${formatShape(index)} of ${which} (shape ${formatShape(shape)})`;
}

/** A number with the digits that matter in an error. */
function brief(x: number): string {
  return String(Number(x.toPrecision(3)));
}

/** Where the element at a flat position stands. */
function indexOf(shape: readonly number[], at: number): readonly number[] {
  return stridesOf(shape).map((stride, axis) => Math.floor(at / stride) % shape[axis]);
}

type ScalarFunction = (...inputs: Variable[]) => Variable;

/** ⟨fn(x), r⟩ for a random r: one number that depends on every entry of fn(x). */
function projection(fn: (...inputs: Variable[]) => Variable, seed: number): ScalarFunction {
  return (...inputs) => {
    const y = fn(...inputs);
    if (!(y instanceof Variable)) {
      throw new TypeError(
        `checkGradient: fn must return a Variable, got ${formatValue(y)}. Use operators of @conv/autograd.`,
      );
    }
    return sum(mul(y, createRandom(seed).normal(y.shape, { dtype: "float64" })));
  };
}

/** Σ ⟨∂f/∂xᵢ, rᵢ⟩ over the inputs xᵢ, for random rᵢ: a scalar whose gradient is made of derivatives of the next order. */
function projectedGradient(fn: ScalarFunction, seed: number): ScalarFunction {
  return (...inputs) => {
    const random = createRandom(seed);
    const gradients = gradientsIn("checkGradient", fn(...inputs), inputs, { createGraph: true });
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
