import { type Shape, type Tensor, tensor } from "@conv/core";
import { checkNumber, checkOptions, checkShape, sizeOf } from "@conv/core/operators";
import { atLeastZero } from "../options.js";
import { checkRandom, defaultRandom } from "../random.js";
import type { InitOptions } from "./options.js";

/** The options of `uniform`. */
export interface UniformOptions extends InitOptions {
  /** Default 0. */
  readonly low?: number;
  /** Default 1. */
  readonly high?: number;
}

/** Independent draws from [low, high), by default [0, 1). */
export function uniform(shape: Shape, options: UniformOptions = {}): Tensor {
  checkOptions("uniform", options, ["low", "high", "random"]);
  const { random = defaultRandom(), ...range } = options;
  return checkRandom("uniform", random).uniform(shape, range);
}

/** The options of `normal`. */
export interface NormalOptions extends InitOptions {
  /** Default 0. */
  readonly mean?: number;
  /** Standard deviation. Default 1. */
  readonly std?: number;
}

/** Independent draws from the normal distribution, by default with mean 0 and standard deviation 1. */
export function normal(shape: Shape, options: NormalOptions = {}): Tensor {
  checkOptions("normal", options, ["mean", "std", "random"]);
  const { random = defaultRandom(), ...distribution } = options;
  return checkRandom("normal", random).normal(shape, distribution);
}

/** The options of `truncNormal`. */
export interface TruncNormalOptions extends NormalOptions {
  /** The least value, PyTorch's `a`; not in standard deviations. Default −2. */
  readonly low?: number;
  /** The largest value, PyTorch's `b`. Default 2. */
  readonly high?: number;
}

/** Of so many draws one at least must lie within the bounds. */
const PATIENCE = 2000;

/**
 * Independent draws from the normal distribution; what lies beyond [low, high] is drawn again.
 *
 * @throws {RangeError} When low is above high, or almost nothing of the distribution lies between them.
 * @see `torch.nn.init.trunc_normal_`, the same distribution.
 */
export function truncNormal(shape: Shape, options: TruncNormalOptions = {}): Tensor {
  checkOptions("truncNormal", options, ["mean", "std", "low", "high", "random"]);
  const { mean = 0, std = 1, low = -2, high = 2, random = defaultRandom() } = options;
  checkRandom("truncNormal", random);
  checkNumber("truncNormal", "mean", mean);
  atLeastZero("truncNormal", "std", std);
  if (!(checkNumber("truncNormal", "low", low) <= checkNumber("truncNormal", "high", high))) {
    throw new RangeError(`truncNormal: low ${low} must not be above high ${high}.`);
  }
  const values = new Float32Array(sizeOf(checkShape("truncNormal", shape)));
  let [filled, drawn] = [0, 0];
  while (filled < values.length) {
    if (drawn > PATIENCE * (filled + 10)) {
      throw new RangeError(
        `truncNormal: almost nothing of the normal distribution with mean ${mean} and std ${std} lies from low ${low} to ` +
          `high ${high}. The bounds are values, not standard deviations: scale them with std.`,
      );
    }
    const draws = random.normal([values.length - filled], { mean, std }).dataSync();
    drawn += draws.length;
    for (const draw of draws) if (draw >= low && draw <= high) values[filled++] = draw;
  }
  return tensor(values, shape);
}
