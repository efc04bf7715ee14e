import type { ReduceOptions, Tensor, VarianceOptions } from "@conv/core";
import { reduceGeometry, varianceGeometry } from "@conv/core/operators";
import type { Variable } from "../variable.js";
import { div, mul, sub } from "./arithmetic.js";
import { promote } from "./cast.js";
import { sum } from "./sum.js";

/** The mean of the elements along `dim`, or of all, as in `@conv/core`. */
export function mean(x: Variable | Tensor, options: ReduceOptions = {}): Variable {
  const { count } = reduceGeometry("mean", x.shape, options); // first, so that errors name mean
  return div(sum(promote("mean", [x], "floating")[0], options), count);
}

/** Σ (x − mean)² / (count − correction) along `dim`, or over all, as in `@conv/core`. */
export function variance(x: Variable | Tensor, options: VarianceOptions = {}): Variable {
  const { divisor } = varianceGeometry(x.shape, options);
  const { correction: _, ...dims } = options;
  const [values] = promote("variance", [x], "floating");
  const distance = sub(values, mean(values, { ...dims, keepDim: true }));
  return div(sum(mul(distance, distance), dims), divisor);
}
