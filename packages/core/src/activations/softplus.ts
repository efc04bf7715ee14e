import { defineKernel } from "../device/defineKernel.js";
import { each } from "../maps/loops.js";
import { promotedFloat } from "../maps/promote.js";
import { checkNumber, checkOptions } from "../options.js";
import type { Tensor } from "../tensor.js";
import * as wasm from "../wasm/elementwise.js";

/** The options of `softplus`. */
export interface SoftplusOptions {
  /** Sharpness of the bend: the larger, the closer to `relu`. Default 1. */
  readonly beta?: number;
  /** Where β·x is above it, the result is x itself. Default 20. */
  readonly threshold?: number;
}

/** The kernel of `softplus`. */
export const softplusKernel = /* @__PURE__ */ defineKernel(
  "softplus",
  each((ys, xs, { beta, threshold }) => {
    for (let i = 0; i < ys.length; i++) {
      const t = beta * xs[i];
      // ln(1 + eᵗ) = max(t, 0) + ln(1 + e^−|t|), which cannot overflow
      ys[i] = t > threshold ? xs[i] : (Math.max(t, 0) + Math.log1p(Math.exp(-Math.abs(t)))) / beta;
    }
  }),
  "floating",
  wasm.softplus,
);

/** What the kernel of `softplus` takes: options checked, defaults filled in. */
export function softplusOptions(options: SoftplusOptions = {}, operator = "softplus"): Required<SoftplusOptions> {
  checkOptions(operator, options, ["beta", "threshold"]);
  const { beta = 1, threshold = 20 } = options;
  if (beta === 0) {
    throw new RangeError(`${operator}: beta must not be 0: the logarithm is divided by it. Use a positive number.`);
  }
  return {
    beta: checkNumber(operator, "beta", beta),
    threshold: checkNumber(operator, "threshold", threshold),
  };
}

/**
 * ln(1 + e^{βx})/β, elementwise: a smooth `relu`; x itself where βx > threshold. int32 becomes float32 first.
 *
 * @param options `beta` 1, `threshold` 20.
 * @throws {RangeError} When beta is 0.
 * @see Dugas, Bengio, Bélisle, Nadeau and Garcia, "Incorporating second-order functional knowledge for better option
 *   pricing" (NIPS 2000).
 */
export function softplus(x: Tensor, options?: SoftplusOptions): Tensor {
  const checked = softplusOptions(options);
  return promotedFloat("softplus", x, (v) => softplusKernel(v, checked));
}
