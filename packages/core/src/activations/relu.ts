import { defineKernel } from "../device/defineKernel.js";
import { each, ofEach } from "../maps/loops.js";
import * as wasm from "../wasm/elementwise.js";

/** The kernel of `relu`. */
export const reluKernel = /* @__PURE__ */ defineKernel(
  "relu",
  each((ys, xs) => {
    for (let i = 0; i < ys.length; i++) ys[i] = Math.max(xs[i], 0);
  }),
  "same",
  wasm.relu,
);

/**
 * max(x, 0), elementwise; NaN stays NaN. The rectified linear unit.
 *
 * @see Nair and Hinton, "Rectified linear units improve restricted Boltzmann machines" (ICML 2010).
 * @example
 * relu(tensor([-2, 0, 3])); // [0, 0, 3]
 */
export const relu = /* @__PURE__ */ ofEach("relu", reluKernel);
