import { add, div, mean as meanOf, mul, sqrt, sub, type Variable } from "@conv/autograd";
import type { Tensor } from "@conv/core";
import { tidy } from "@conv/core/operators";

/** The mean and the variance of x along some axes, which have length 1 there. */
export interface Moments {
  readonly mean: Variable;
  /** x − mean. */
  readonly centred: Variable;
  /** Biased: the mean of centred². */
  readonly variance: Variable;
}

/** The constants of a normalisation; weight and bias broadcast to x. */
export interface Scaling {
  /** ε, which keeps the divisor away from 0. */
  readonly eps: number;
  /** w. Default 1. */
  readonly weight: Variable | undefined;
  /** b. Default 0. */
  readonly bias: Variable | undefined;
}

/** The mean and the variance of x along the axes `dim`. */
export function moments(x: Variable | Tensor, dim: readonly number[]): Moments {
  const mean = meanOf(x, { dim, keepDim: true });
  const centred = sub(x, mean);
  return { mean, centred, variance: meanOf(mul(centred, centred), { dim, keepDim: true }) };
}

/** centred / √(variance + ε) · w + b. */
export function standardize(
  { centred, variance }: { readonly centred: Variable; readonly variance: Variable },
  { eps, weight, bias }: Scaling,
): Variable {
  const factor = div(weight ?? 1, sqrt(add(variance, eps))); // first: where w broadcasts, it is much smaller than x
  const y = mul(centred, factor);
  return bias === undefined ? y : add(y, bias);
}

/**
 * The one map of all norm layers, with mean and variance of x along the axes `dim`:
 *
 *     y = (x − mean) / √(variance + ε) · w + b
 *
 * It is made of operators, so that its derivatives of every order are theirs.
 */
export function normalize(x: Variable | Tensor, dim: readonly number[], scaling: Scaling): Variable {
  return tidy(() => standardize(moments(x, dim), scaling));
}
