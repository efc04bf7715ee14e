import { type ReduceOptions, reduceGeometry, type Tensor } from "@conv/core";
import type { Variable } from "../variable.js";
import { div } from "./arithmetic.js";
import { sum } from "./sum.js";

/** The mean of the elements along `dim`, or of all. */
export function mean(x: Variable | Tensor, options: ReduceOptions = {}): Variable {
  return div(sum(x, options), reduceGeometry("mean", x.shape, options).count);
}
