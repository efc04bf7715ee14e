import { type ReduceOptions, reduceGeometry, type Tensor } from "@conv/core";
import type { Variable } from "../variable.js";
import { div } from "./arithmetic.js";
import { sum } from "./sum.js";

/** The mean of the elements along `dim`, or of all. */
export function mean(x: Variable | Tensor, options: ReduceOptions = {}): Variable {
  const { count } = reduceGeometry("mean", x.shape, options); // first, so that errors name mean
  return div(sum(x, options), count);
}
