import { defineKernel } from "../device/defineKernel.js";
import { each } from "../maps/loops.js";
import { promotedFloat } from "../maps/promote.js";
import { checkChoice, checkOptions } from "../options.js";
import type { Tensor } from "../tensor.js";
import * as wasm from "../wasm/elementwise.js";
import { complementaryError } from "./erf.js";

/** The options of `gelu`. */
export interface GeluOptions {
  /** `"none"`: by the normal distribution itself; `"tanh"`: by an approximation of it. Default `"none"`. */
  readonly approximate?: "none" | "tanh";
}

/** √(2/π) and the weight of x³: the constants of the approximation by tanh. */
export const GELU_TANH = { inner: Math.sqrt(2 / Math.PI), cubic: 0.044715 } as const;

const exact = (x: number): number => x * (complementaryError(-x * Math.SQRT1_2) / 2); // x · 2 may overflow
const byTanh = (x: number): number => (x / 2) * (1 + Math.tanh(GELU_TANH.inner * (x + GELU_TANH.cubic * x * x * x)));

/** The kernel of `gelu`. */
export const geluKernel = /* @__PURE__ */ defineKernel(
  "gelu",
  each((ys, xs, { approximate }) => {
    const gelu = approximate === "tanh" ? byTanh : exact;
    for (let i = 0; i < ys.length; i++) ys[i] = gelu(xs[i]);
  }),
  "floating",
  wasm.gelu,
);

/** What the kernel of `gelu` takes: options checked, defaults filled in. */
export function geluOptions(options: GeluOptions = {}, operator = "gelu"): Required<GeluOptions> {
  checkOptions(operator, options, ["approximate"]);
  const { approximate = "none" } = options;
  return { approximate: checkChoice(operator, "approximate", approximate, ["none", "tanh"]) };
}

/**
 * x·Φ(x), elementwise, with Φ the standard normal distribution function: the Gaussian error linear unit.
 * int32 becomes float32 first.
 *
 *     "none"  x/2·(1 + erf(x/√2))
 *     "tanh"  x/2·(1 + tanh(√(2/π)·(x + 0.044715 x³)))
 *
 * @param options `approximate` "none".
 * @see Hendrycks and Gimpel, "Gaussian error linear units" (arXiv:1606.08415).
 */
export function gelu(x: Tensor, options?: GeluOptions): Tensor {
  const checked = geluOptions(options);
  return promotedFloat("gelu", x, (v) => geluKernel(v, checked));
}
