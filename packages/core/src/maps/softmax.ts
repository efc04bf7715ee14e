import { expectNoMore } from "../options.js";
import { tidy } from "../scope.js";
import { resolveDim } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { divKernel, subKernel } from "./arithmetic.js";
import { expKernel, logKernel } from "./elementwise.js";
import { floating } from "./promote.js";
import { maxKernel, sumKernel } from "./reduce.js";
import { reduceGeometry } from "./reduceGeometry.js";

/** x moved so that its largest element along `dim` is 0: exp cannot overflow, and softmax stays the same. */
function shifted(operator: string, x: Tensor, dim: number): Tensor {
  const values = floating(operator, x);
  const geometry = kept(operator, values, resolveDim(operator, x.shape, dim));
  return values.size === 0 ? values : subKernel(values, maxKernel(values, geometry));
}

const kept = (operator: string, x: Tensor, dim: number) => reduceGeometry(operator, x.shape, { dim, keepDim: true });

/**
 * Probabilities from scores: eˣ / Σ eˣ along `dim`. int32 becomes float32 first.
 *
 * @param dim One axis; a negative one counts from the end.
 * @throws {RangeError} When `dim` is not an axis of x.
 * @example
 * softmax(tensor([1000, 1000]), 0); // [0.5, 0.5]
 */
export function softmax(x: Tensor, dim: number, ...more: never[]): Tensor {
  expectNoMore("softmax", more);
  return tidy(() => {
    const e = expKernel(shifted("softmax", x, dim));
    return divKernel(e, sumKernel(e, kept("softmax", x, dim)));
  });
}

/**
 * The logarithm of `softmax`, without its loss of digits: x − ln Σ eˣ along `dim`. int32 becomes float32 first.
 *
 * @param dim One axis; a negative one counts from the end.
 * @throws {RangeError} When `dim` is not an axis of x.
 */
export function logSoftmax(x: Tensor, dim: number, ...more: never[]): Tensor {
  expectNoMore("logSoftmax", more);
  return tidy(() => {
    const s = shifted("logSoftmax", x, dim);
    return subKernel(s, logKernel(sumKernel(expKernel(s), kept("logSoftmax", x, dim))));
  });
}
