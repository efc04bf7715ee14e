import type { ReduceOptions, Tensor, VarianceOptions } from "@conv/core";
import { reduceGeometry, varianceGeometry } from "@conv/core/operators";
import type { Variable } from "../variable.js";
import { div, mul, sub } from "./arithmetic.js";
import { floating } from "./cast.js";
import { sum } from "./sum.js";

/** The mean of the elements along `dim`, or of all, as in `@conv/core`. */
export function mean(x: Variable | Tensor, options: ReduceOptions = {}): Variable {
  const values = floating("mean", x);
  const { count } = reduceGeometry("mean", values.shape, options); // first, so that errors name mean
  return div(sum(values, options), count);
}

/** Σ (x − mean)² / (count − correction) along `dim`, or over all, as in `@conv/core`. */
export function variance(x: Variable | Tensor, options: VarianceOptions = {}): Variable {
  const values = floating("variance", x);
  const { divisor } = varianceGeometry(values.shape, options);
  const { correction: _, ...dims } = options;
  const distance = sub(values, mean(values, { ...dims, keepDim: true }));
  return div(sum(mul(distance, distance), dims), divisor);
}
