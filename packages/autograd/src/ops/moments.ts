import type { ReduceOptions, Tensor, VarianceOptions } from "@conv/core";
import { reduceGeometry, tidy, varianceGeometry } from "@conv/core/operators";
import type { Variable } from "../variable.js";
import { div, mul, sub } from "./arithmetic.js";
import { floating } from "./cast.js";
import { sum } from "./sum.js";

/**
 * The mean of the n elements along `dim`, or of all; gradX = gradY/n at each of them.
 *
 * Keeps nothing for the way back. Options, defaults and errors: as in `@conv/core`.
 *
 * @example
 * const x = variable(tensor([[1, 2], [3, 4]]));
 * mean(x).backward();
 * x.grad; // [[0.25, 0.25], [0.25, 0.25]]
 */
export function mean(x: Variable | Tensor, options: ReduceOptions = {}): Variable {
  return tidy(() => {
    const values = floating("mean", x);
    const { count } = reduceGeometry("mean", values.shape, options); // first, so that errors name mean
    return div(sum(values, options), count);
  });
}

/**
 * Σ (x − m)² / (n − δ) along `dim`, or over all, with m the mean of these n elements and δ the `correction`, 1.
 *
 *     gradX = gradY · 2(x − m) / (n − δ)     0 if all are equal; NaN where n ≤ δ
 *
 * Keeps x − m for the way back. Options, defaults and errors: as in `@conv/core`.
 *
 * @example
 * const x = variable(tensor([1, 2, 3]));
 * variance(x).backward();
 * x.grad; // [-1, 0, 1]
 */
export function variance(x: Variable | Tensor, options: VarianceOptions = {}): Variable {
  return tidy(() => {
    const values = floating("variance", x);
    const { divisor } = varianceGeometry(values.shape, options);
    const { correction: _, ...dims } = options;
    const distance = sub(values, mean(values, { ...dims, keepDim: true }));
    return div(sum(mul(distance, distance), dims), divisor);
  });
}
