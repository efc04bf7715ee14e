import { defineKernel } from "../device/defineKernel.js";
import * as wasm from "../wasm/elementwise.js";
import { ofPairs, pairwise } from "./loops.js";

/** The kernel of `add`: a + b for two tensors. */
export const addKernel = /* @__PURE__ */ defineKernel(
  "add",
  pairwise("add", (n, ys, y, as, a, aStep, bs, b, bStep) => {
    for (let i = 0; i < n; i++) ys[y + i] = as[a + i * aStep] + bs[b + i * bStep];
  }),
  "same",
  wasm.add,
);
/** The kernel of `sub`: a − b for two tensors. */
export const subKernel = /* @__PURE__ */ defineKernel(
  "sub",
  pairwise("sub", (n, ys, y, as, a, aStep, bs, b, bStep) => {
    for (let i = 0; i < n; i++) ys[y + i] = as[a + i * aStep] - bs[b + i * bStep];
  }),
  "same",
  wasm.sub,
);
/** The kernel of `mul`: a · b for two tensors. */
export const mulKernel = /* @__PURE__ */ defineKernel(
  "mul",
  pairwise("mul", (n, ys, y, as, a, aStep, bs, b, bStep) => {
    if (ys instanceof Int32Array) {
      for (let i = 0; i < n; i++) ys[y + i] = Math.imul(as[a + i * aStep], bs[b + i * bStep]); // exact beyond 2⁵³
    } else {
      for (let i = 0; i < n; i++) ys[y + i] = as[a + i * aStep] * bs[b + i * bStep];
    }
  }),
  "same",
  wasm.mul,
);
/** The kernel of `div`: a / b for two tensors. */
export const divKernel = /* @__PURE__ */ defineKernel(
  "div",
  pairwise("div", (n, ys, y, as, a, aStep, bs, b, bStep) => {
    for (let i = 0; i < n; i++) ys[y + i] = as[a + i * aStep] / bs[b + i * bStep];
  }),
  "floating",
  wasm.div,
);
/** aᵇ as IEEE 754 and C have it, and PyTorch: 1 to any power is 1, also to NaN, which JavaScript makes NaN. */
function power(a: number, b: number): number {
  return a === 1 || (a === -1 && Math.abs(b) === Number.POSITIVE_INFINITY) ? 1 : a ** b;
}

/** The kernel of `pow`: aᵇ for two tensors. */
export const powKernel = /* @__PURE__ */ defineKernel(
  "pow",
  pairwise("pow", (n, ys, y, as, a, aStep, bs, b, bStep) => {
    for (let i = 0; i < n; i++) ys[y + i] = power(as[a + i * aStep], bs[b + i * bStep]);
  }),
  "floating",
  wasm.pow,
);
/** The kernel of `maximum`: max(a, b) for two tensors. */
export const maximumKernel = /* @__PURE__ */ defineKernel(
  "maximum",
  pairwise("maximum", (n, ys, y, as, a, aStep, bs, b, bStep) => {
    for (let i = 0; i < n; i++) ys[y + i] = Math.max(as[a + i * aStep], bs[b + i * bStep]);
  }),
  "same",
  wasm.maximum,
);
/** The kernel of `minimum`: min(a, b) for two tensors. */
export const minimumKernel = /* @__PURE__ */ defineKernel(
  "minimum",
  pairwise("minimum", (n, ys, y, as, a, aStep, bs, b, bStep) => {
    for (let i = 0; i < n; i++) ys[y + i] = Math.min(as[a + i * aStep], bs[b + i * bStep]);
  }),
  "same",
  wasm.minimum,
);

/*
 * As users call them: either argument may be a number, axes of length 1 stretch to the other's, and the result has the
 * higher of the two types (`promotion`). int32 wraps around beyond ±2³¹, as in PyTorch.
 */

/**
 * a + b, elementwise with broadcasting.
 *
 * @param a A tensor or a number.
 * @param b Likewise.
 * @returns Of the shape that both broadcast to, and of the higher of their types.
 * @throws {ShapeError} When the shapes do not broadcast.
 * @example
 * add(tensor([[10], [20]]), tensor([1, 2])); // [[11, 12], [21, 22]]
 */
export const add = /* @__PURE__ */ ofPairs("add", addKernel);
/** a − b, elementwise with broadcasting, as `add`. */
export const sub = /* @__PURE__ */ ofPairs("sub", subKernel);
/** a · b, elementwise with broadcasting, as `add`. */
export const mul = /* @__PURE__ */ ofPairs("mul", mulKernel);
/** a / b, elementwise with broadcasting, as `add`. int32 becomes float32 first. */
export const div = /* @__PURE__ */ ofPairs("div", divKernel, "floating");
/** aᵇ, elementwise with broadcasting, as `add`; 1 to any power is 1. int32 becomes float32 first. */
export const pow = /* @__PURE__ */ ofPairs("pow", powKernel, "floating");
/** The larger of a and b, elementwise with broadcasting, as `add`; NaN if one is NaN. */
export const maximum = /* @__PURE__ */ ofPairs("maximum", maximumKernel);
/** The smaller of a and b, elementwise with broadcasting, as `add`; NaN if one is NaN. */
export const minimum = /* @__PURE__ */ ofPairs("minimum", minimumKernel);
