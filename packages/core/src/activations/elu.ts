import { defineKernel } from "../device/defineKernel.js";
import { each, ofEach } from "../maps/loops.js";
import { promotedFloat } from "../maps/promote.js";
import { checkNumber, checkOptions } from "../options.js";
import type { Tensor } from "../tensor.js";
import * as wasm from "../wasm/elementwise.js";

/** The options of `elu`. */
export interface EluOptions {
  /** −α is what the curve tends to below 0. Default 1. */
  readonly alpha?: number;
}

/** The kernel of `elu` and `selu`: scale·elu(x). */
export const eluKernel = /* @__PURE__ */ defineKernel(
  "elu",
  each((ys, xs, { alpha, scale }) => {
    for (let i = 0; i < ys.length; i++) ys[i] = scale * (xs[i] > 0 ? xs[i] : alpha * Math.expm1(xs[i]));
  }),
  "floating",
  wasm.elu,
);

/** What the kernel of `elu` takes: options checked, defaults filled in. */
export function eluOptions(
  options: EluOptions = {},
  operator = "elu",
): { readonly alpha: number; readonly scale: number } {
  checkOptions(operator, options, ["alpha"]);
  const { alpha = 1 } = options;
  return { alpha: checkNumber(operator, "alpha", alpha), scale: 1 };
}

/** α and λ of `selu`, the fixed point of its paper: activations keep mean 0 and variance 1 from layer to layer. */
export const SELU = { alpha: 1.6732632423543772, scale: 1.0507009873554805 } as const;

/**
 * x above 0, α·(eˣ − 1) below, elementwise: the exponential linear unit. int32 becomes float32 first.
 *
 * @param options `alpha` 1.
 * @see Clevert, Unterthiner and Hochreiter, "Fast and accurate deep network learning by exponential linear units"
 *   (arXiv:1511.07289).
 * @example
 * elu(tensor([-1000, 3]), { alpha: 2 }); // [-2, 3]
 */
export function elu(x: Tensor, options?: EluOptions): Tensor {
  const checked = eluOptions(options);
  return promotedFloat("elu", x, (v) => eluKernel(v, checked));
}

/**
 * λ·elu(x) with α = 1.67326… and λ = 1.05070…, elementwise: the self-normalising unit. int32 becomes float32 first.
 *
 * @see Klambauer, Unterthiner, Mayr and Hochreiter, "Self-normalizing neural networks" (arXiv:1706.02515).
 */
export const selu = /* @__PURE__ */ ofEach("selu", (x) => eluKernel(x, SELU), "floating");
