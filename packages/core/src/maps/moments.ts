import { full } from "../create.js";
import { checkNumber, checkOptions } from "../options.js";
import { tidy } from "../scope.js";
import type { Tensor } from "../tensor.js";
import { divKernel, mulKernel, subKernel } from "./arithmetic.js";
import { floating } from "./promote.js";
import { sumKernel } from "./reduce.js";
import { type ReduceGeometry, type ReduceOptions, reduceGeometry } from "./reduceGeometry.js";

/**
 * The mean of the elements along `dim`, or of all. int32 becomes float32 first. An empty mean is NaN.
 *
 * @param options `dim`: one axis or several, negative ones count from the end, default all; `keepDim` false.
 * @throws {RangeError} When an axis does not exist.
 * @example
 * mean(tensor([[1, 2], [3, 4]]), { dim: 0 }); // [2, 3]
 */
export function mean(x: Tensor, options: ReduceOptions = {}): Tensor {
  return tidy(() => {
    const values = floating("mean", x);
    const geometry = reduceGeometry("mean", values.shape, options);
    return quotient(sumKernel(values, geometry), geometry.count);
  });
}

/** The options of `variance`. */
export interface VarianceOptions extends ReduceOptions {
  /** δ: 1 for the unbiased estimate from a sample, 0 for the variance of these very numbers. Default 1. */
  readonly correction?: number;
}

/** The sizes of a `variance`, and what its sum of squares is divided by: count − δ, at least 0. */
export function varianceGeometry(
  xShape: readonly number[],
  options: VarianceOptions = {},
): { readonly geometry: ReduceGeometry; readonly divisor: number } {
  checkOptions("variance", options, ["dim", "keepDim", "correction"]);
  const { correction = 1, ...dims } = options;
  checkNumber("variance", "correction", correction);
  const geometry = reduceGeometry("variance", xShape, dims);
  return { geometry, divisor: Math.max(0, geometry.count - correction) };
}

/**
 * Σ (x − mean)² / (count − δ) along `dim`, or over all, in two passes. int32 becomes float32 first. NaN for a single
 * element, unless `correction` is 0.
 *
 * @param options `dim` and `keepDim` as for `mean`; `correction` δ = 1, as in PyTorch.
 * @throws {RangeError} When an axis does not exist.
 * @example
 * variance(tensor([1, 2, 3, 4]), { correction: 0 }); // 1.25
 */
export function variance(x: Tensor, options: VarianceOptions = {}): Tensor {
  return tidy(() => {
    const values = floating("variance", x);
    const { geometry, divisor } = varianceGeometry(values.shape, options);
    const center = quotient(sumKernel(values, { ...geometry, yShape: geometry.keptShape }), geometry.count);
    const distance = subKernel(values, center);
    return quotient(sumKernel(mulKernel(distance, distance), geometry), divisor);
  });
}

function quotient(x: Tensor, divisor: number): Tensor {
  return divKernel(x, full([], divisor, { dtype: x.dtype, device: x.device }));
}
