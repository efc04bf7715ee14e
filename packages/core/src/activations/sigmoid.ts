import { defineKernel } from "../device/defineKernel.js";
import { each, ofEach } from "../maps/loops.js";
import * as wasm from "../wasm/elementwise.js";

/** The kernel of `sigmoid`. */
export const sigmoidKernel = /* @__PURE__ */ defineKernel(
  "sigmoid",
  each((ys, xs) => {
    for (let i = 0; i < ys.length; i++) ys[i] = 1 / (1 + Math.exp(-xs[i]));
  }),
  "floating",
  wasm.sigmoid,
);

/** The kernel of `silu`. */
export const siluKernel = /* @__PURE__ */ defineKernel(
  "silu",
  each((ys, xs) => {
    for (let i = 0; i < ys.length; i++) ys[i] = xs[i] / (1 + Math.exp(-xs[i]));
  }),
  "floating",
  wasm.silu,
);

/** The kernel of `tanh`. */
export const tanhKernel = /* @__PURE__ */ defineKernel(
  "tanh",
  each((ys, xs) => {
    for (let i = 0; i < ys.length; i++) ys[i] = Math.tanh(xs[i]);
  }),
  "floating",
  wasm.tanh,
);

/**
 * σ(x) = 1/(1 + e⁻ˣ), elementwise, from 0 to 1. int32 becomes float32 first.
 *
 * @example
 * sigmoid(tensor([-1000, 0, 1000])); // [0, 0.5, 1]
 */
export const sigmoid = /* @__PURE__ */ ofEach("sigmoid", sigmoidKernel, "floating");

/**
 * x·σ(x), elementwise: the sigmoid linear unit, also called swish. int32 becomes float32 first.
 *
 * @see Elfwing, Uchibe and Doya, "Sigmoid-weighted linear units" (arXiv:1702.03118).
 */
export const silu = /* @__PURE__ */ ofEach("silu", siluKernel, "floating");

/** (eˣ − e⁻ˣ)/(eˣ + e⁻ˣ) = 2σ(2x) − 1, elementwise, from −1 to 1. int32 becomes float32 first. */
export const tanh = /* @__PURE__ */ ofEach("tanh", tanhKernel, "floating");
