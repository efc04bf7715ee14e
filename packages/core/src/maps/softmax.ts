import { checkDTypes } from "../device/defineKernel.js";
import { formatValue } from "../options.js";
import type { Tensor } from "../tensor.js";
import { divKernel, exp, log, subKernel } from "./elementwise.js";
import { maxKernel, sumKernel } from "./reduce.js";
import { reduceGeometry } from "./reduceGeometry.js";

/** x moved so that its largest element along `dim` is 0: exp cannot overflow, and softmax stays the same. */
function shifted(operator: string, x: Tensor, dim: number): Tensor {
  if (typeof dim !== "number") {
    throw new TypeError(`${operator}: dim must be one axis, got ${formatValue(dim)}. Write ${operator}(x, 1).`);
  }
  checkDTypes(operator, "floating", [x]);
  return subKernel(x, maxKernel(x, kept(operator, x, dim)));
}

const kept = (operator: string, x: Tensor, dim: number) => reduceGeometry(operator, x.shape, { dim, keepDim: true });

/**
 * Probabilities from scores: eˣ / Σ eˣ along `dim`.
 *
 * @throws {RangeError} When `dim` is not an axis of x.
 */
export function softmax(x: Tensor, dim: number): Tensor {
  const e = exp(shifted("softmax", x, dim));
  return divKernel(e, sumKernel(e, kept("softmax", x, dim)));
}

/**
 * The logarithm of `softmax`, without its loss of digits: x − ln Σ eˣ along `dim`.
 *
 * @throws {RangeError} When `dim` is not an axis of x.
 */
export function logSoftmax(x: Tensor, dim: number): Tensor {
  const s = shifted("logSoftmax", x, dim);
  return subKernel(s, log(sumKernel(exp(s), kept("logSoftmax", x, dim))));
}
