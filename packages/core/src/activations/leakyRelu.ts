import { defineKernel } from "../device/defineKernel.js";
import { each } from "../maps/loops.js";
import { promotedFloat } from "../maps/promote.js";
import { checkNumber, checkOptions } from "../options.js";
import type { Tensor } from "../tensor.js";
import * as wasm from "../wasm/elementwise.js";

/** The options of `leakyRelu`. */
export interface LeakyReluOptions {
  /** The slope below 0. Default 0.01. */
  readonly negativeSlope?: number;
}

/** The kernel of `leakyRelu`. */
export const leakyReluKernel = /* @__PURE__ */ defineKernel(
  "leakyRelu",
  each((ys, xs, { negativeSlope }) => {
    for (let i = 0; i < ys.length; i++) ys[i] = xs[i] > 0 ? xs[i] : negativeSlope * xs[i];
  }),
  "floating",
  wasm.leakyRelu,
);

/** What the kernel of `leakyRelu` takes: options checked, defaults filled in. */
export function leakyReluOptions(options: LeakyReluOptions = {}, operator = "leakyRelu"): Required<LeakyReluOptions> {
  checkOptions(operator, options, ["negativeSlope"]);
  const { negativeSlope = 0.01 } = options;
  return { negativeSlope: checkNumber(operator, "negativeSlope", negativeSlope) };
}

/**
 * x above 0, negativeSlope·x below, elementwise. int32 becomes float32 first.
 *
 * @param options `negativeSlope` 0.01.
 * @see Maas, Hannun and Ng, "Rectifier nonlinearities improve neural network acoustic models" (2013).
 * @example
 * leakyRelu(tensor([-2, 3]), { negativeSlope: 0.5 }); // [-1, 3]
 */
export function leakyRelu(x: Tensor, options?: LeakyReluOptions): Tensor {
  const checked = leakyReluOptions(options);
  return promotedFloat("leakyRelu", x, (v) => leakyReluKernel(v, checked));
}
