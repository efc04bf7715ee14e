import { full } from "../create.js";
import { defineKernel } from "../device/defineKernel.js";
import { broadcastShapes, isSameShape, stridesOf } from "../shape.js";
import { allocate, Tensor, valuesOf } from "../tensor.js";
import { broadcastStrides, forEachRow } from "./strided.js";

/** A plain kernel that applies `f` to pairs of elements, with broadcasting. */
function pairwise(operator: string, f: (a: number, b: number) => number) {
  return (a: Tensor, b: Tensor): Tensor => {
    const shape = broadcastShapes(operator, a.shape, b.shape);
    const y = allocate(a.device, shape, a.dtype);
    const [as, bs, ys] = [valuesOf(a), valuesOf(b), valuesOf(y)];
    if (isSameShape(a.shape, b.shape)) {
      for (let i = 0; i < ys.length; i++) ys[i] = f(as[i], bs[i]);
      return y;
    }
    const strides = [stridesOf(shape), broadcastStrides(a.shape, shape), broadcastStrides(b.shape, shape)];
    const length = shape.at(-1) ?? 1;
    const [, aStep, bStep] = strides.map((axes) => axes.at(-1) ?? 0);
    forEachRow(shape, strides, (yRow, aRow, bRow) => {
      for (let i = 0; i < length; i++) ys[yRow + i] = f(as[aRow + i * aStep], bs[bRow + i * bStep]);
    });
    return y;
  };
}

/** A plain kernel that applies `f` to every element. */
function each(f: (x: number) => number) {
  return (x: Tensor): Tensor => {
    const y = allocate(x.device, x.shape, x.dtype);
    const [xs, ys] = [valuesOf(x), valuesOf(y)];
    for (let i = 0; i < ys.length; i++) ys[i] = f(xs[i]);
    return y;
  };
}

export const addKernel = defineKernel(
  "add",
  pairwise("add", (a, b) => a + b),
);
export const subKernel = defineKernel(
  "sub",
  pairwise("sub", (a, b) => a - b),
);
export const mulKernel = defineKernel(
  "mul",
  pairwise("mul", (a, b) => a * b),
);
export const divKernel = defineKernel(
  "div",
  pairwise("div", (a, b) => a / b),
  "floating",
);
export const maximumKernel = defineKernel("maximum", pairwise("maximum", Math.max));

/** A binary map as users call it: either argument may be a number, which takes the other's dtype and device. */
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
  each((x) => -x),
);
/** eˣ, elementwise. */
export const exp = /* @__PURE__ */ defineKernel("exp", each(Math.exp), "floating");
/** ln x, elementwise. */
export const log = /* @__PURE__ */ defineKernel("log", each(Math.log), "floating");
/** √x, elementwise. */
export const sqrt = /* @__PURE__ */ defineKernel("sqrt", each(Math.sqrt), "floating");
/** max(x, 0), elementwise; NaN stays NaN. */
export const relu = /* @__PURE__ */ defineKernel(
  "relu",
  each((x) => Math.max(x, 0)),
);
/** 1 where x > 0, else 0: the derivative of `relu`, 0 at 0. */
export const step = /* @__PURE__ */ defineKernel(
  "step",
  each((x) => (x > 0 ? 1 : 0)),
);
