import { full } from "../create.js";
import { defineKernel } from "../device/defineKernel.js";
import { broadcastShapes } from "../shape.js";
import { allocate, Tensor, type TypedArray, valuesOf } from "../tensor.js";
import { rowsOf } from "./strided.js";

// Every kernel has a loop of its own: an engine makes a loop fast only if all that runs in it is always the same.

/** A loop over n elements of two tensors that advance by their steps, into a result that advances by 1. */
type PairLoop = (
  n: number,
  ys: TypedArray,
  y: number,
  as: TypedArray,
  a: number,
  aStep: number,
  bs: TypedArray,
  b: number,
  bStep: number,
) => void;

/** A plain kernel of pairs of elements, with broadcasting. */
/* @__NO_SIDE_EFFECTS__ */
function pairwise(operator: string, loop: PairLoop) {
  return (a: Tensor, b: Tensor): Tensor => {
    const shape = broadcastShapes(operator, a.shape, b.shape);
    const y = allocate(a.device, shape, a.dtype);
    const [as, bs, ys] = [valuesOf(a), valuesOf(b), valuesOf(y)];
    const { starts, length, steps } = rowsOf(shape, shape, a.shape, b.shape);
    const [, aStep, bStep] = steps;
    for (const [yRow, aRow, bRow] of starts) loop(length, ys, yRow, as, aRow, aStep, bs, bRow, bStep);
    return y;
  };
}

/** A plain kernel of single elements. */
/* @__NO_SIDE_EFFECTS__ */
function each(loop: (ys: TypedArray, xs: TypedArray) => void) {
  return (x: Tensor): Tensor => {
    const y = allocate(x.device, x.shape, x.dtype);
    loop(valuesOf(y), valuesOf(x));
    return y;
  };
}

/** The kernel of `add`: a + b for two tensors. */
export const addKernel = /* @__PURE__ */ defineKernel(
  "add",
  pairwise("add", (n, ys, y, as, a, aStep, bs, b, bStep) => {
    for (let i = 0; i < n; i++) ys[y + i] = as[a + i * aStep] + bs[b + i * bStep];
  }),
);
/** The kernel of `sub`: a − b for two tensors. */
export const subKernel = /* @__PURE__ */ defineKernel(
  "sub",
  pairwise("sub", (n, ys, y, as, a, aStep, bs, b, bStep) => {
    for (let i = 0; i < n; i++) ys[y + i] = as[a + i * aStep] - bs[b + i * bStep];
  }),
);
/** The kernel of `mul`: a · b for two tensors. */
export const mulKernel = /* @__PURE__ */ defineKernel(
  "mul",
  pairwise("mul", (n, ys, y, as, a, aStep, bs, b, bStep) => {
    for (let i = 0; i < n; i++) ys[y + i] = as[a + i * aStep] * bs[b + i * bStep];
  }),
);
/** The kernel of `div`: a / b for two tensors. */
export const divKernel = /* @__PURE__ */ defineKernel(
  "div",
  pairwise("div", (n, ys, y, as, a, aStep, bs, b, bStep) => {
    for (let i = 0; i < n; i++) ys[y + i] = as[a + i * aStep] / bs[b + i * bStep];
  }),
  "floating",
);
/** The kernel of `maximum`: max(a, b) for two tensors. */
export const maximumKernel = /* @__PURE__ */ defineKernel(
  "maximum",
  pairwise("maximum", (n, ys, y, as, a, aStep, bs, b, bStep) => {
    for (let i = 0; i < n; i++) ys[y + i] = Math.max(as[a + i * aStep], bs[b + i * bStep]);
  }),
);

/** A binary map as users call it: either argument may be a number, which takes the other's dtype and device. */
/* @__NO_SIDE_EFFECTS__ */
function withNumbers(kernel: (a: Tensor, b: Tensor) => Tensor) {
  return (a: Tensor | number, b: Tensor | number): Tensor => kernel(asTensor(a, b), asTensor(b, a));
}

/** A number as a scalar tensor beside `other`. */
export function asTensor(x: Tensor | number, other: Tensor | number): Tensor {
  if (typeof x !== "number") return x;
  if (other instanceof Tensor && other.dtype === "int32" && !Number.isInteger(x)) {
    throw new TypeError(`${x} is no integer and cannot join a tensor of int32. Make the tensor of dtype "float32".`);
  }
  const { dtype, device } = other instanceof Tensor ? other : { dtype: undefined, device: undefined };
  return full([], x, { dtype, device });
}

/** a + b, elementwise with broadcasting. */
export const add = /* @__PURE__ */ withNumbers(addKernel);
/** a − b, elementwise with broadcasting. */
export const sub = /* @__PURE__ */ withNumbers(subKernel);
/** a · b, elementwise with broadcasting. */
export const mul = /* @__PURE__ */ withNumbers(mulKernel);
/** a / b, elementwise with broadcasting. */
export const div = /* @__PURE__ */ withNumbers(divKernel);
/** The larger of a and b, elementwise with broadcasting; NaN if one is NaN. */
export const maximum = /* @__PURE__ */ withNumbers(maximumKernel);
/** −x, elementwise. */
export const neg = /* @__PURE__ */ defineKernel(
  "neg",
  each((ys, xs) => {
    for (let i = 0; i < ys.length; i++) ys[i] = -xs[i];
  }),
);
/** eˣ, elementwise. */
export const exp = /* @__PURE__ */ defineKernel(
  "exp",
  each((ys, xs) => {
    for (let i = 0; i < ys.length; i++) ys[i] = Math.exp(xs[i]);
  }),
  "floating",
);
/** ln x, elementwise. */
export const log = /* @__PURE__ */ defineKernel(
  "log",
  each((ys, xs) => {
    for (let i = 0; i < ys.length; i++) ys[i] = Math.log(xs[i]);
  }),
  "floating",
);
/** √x, elementwise. */
export const sqrt = /* @__PURE__ */ defineKernel(
  "sqrt",
  each((ys, xs) => {
    for (let i = 0; i < ys.length; i++) ys[i] = Math.sqrt(xs[i]);
  }),
  "floating",
);
/** max(x, 0), elementwise; NaN stays NaN. */
export const relu = /* @__PURE__ */ defineKernel(
  "relu",
  each((ys, xs) => {
    for (let i = 0; i < ys.length; i++) ys[i] = Math.max(xs[i], 0);
  }),
);
/** 1 where x > 0, else 0: the derivative of `relu`, 0 at 0. */
export const step = /* @__PURE__ */ defineKernel(
  "step",
  each((ys, xs) => {
    for (let i = 0; i < ys.length; i++) ys[i] = xs[i] > 0 ? 1 : 0;
  }),
);
