import { asTensor, type Tensor } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import { defineOp, type Op } from "../defineOp.js";
import { Variable } from "../variable.js";
import { sumTo } from "./sum.js";

type Binary = Op<["a", "b"]>;
type Operand = Variable | Tensor | number;

/** −x, elementwise. */
export const neg: Op<["x"]> = /* @__PURE__ */ defineOp({
  name: "neg",
  inputs: ["x"],
  forward: ({ x }) => kernels.neg(x),
  adjoint: { x: (gradY) => neg(gradY) },
});

const addOp: Binary = /* @__PURE__ */ defineOp({
  name: "add",
  inputs: ["a", "b"],
  forward: ({ a, b }) => kernels.add(a, b),
  adjoint: {
    a: (gradY, { a }) => sumTo(gradY, a.shape),
    b: (gradY, { b }) => sumTo(gradY, b.shape),
  },
});

const subOp: Binary = /* @__PURE__ */ defineOp({
  name: "sub",
  inputs: ["a", "b"],
  forward: ({ a, b }) => kernels.sub(a, b),
  adjoint: {
    a: (gradY, { a }) => sumTo(gradY, a.shape),
    b: (gradY, { b }) => sumTo(neg(gradY), b.shape),
  },
});

const mulOp: Binary = /* @__PURE__ */ defineOp({
  name: "mul",
  inputs: ["a", "b"],
  forward: ({ a, b }) => kernels.mul(a, b),
  adjoint: {
    a: (gradY, { a, b }) => sumTo(mulOp(gradY, b), a.shape),
    b: (gradY, { a, b }) => sumTo(mulOp(gradY, a), b.shape),
  },
});

const divOp: Binary = /* @__PURE__ */ defineOp({
  name: "div",
  inputs: ["a", "b"],
  forward: ({ a, b }) => kernels.div(a, b),
  adjoint: {
    a: (gradY, { a, b }) => sumTo(divOp(gradY, b), a.shape),
    b: (gradY, { a, b }) => sumTo(neg(mulOp(gradY, divOp(divOp(a, b), b))), b.shape),
  },
});

/** The operator as users call it: either operand may be a number, which takes the other's dtype and device. */
function withNumbers(op: Binary) {
  return (a: Operand, b: Operand): Variable => {
    const [left, right] = [tensorOf(a), tensorOf(b)];
    return op(typeof a === "number" ? asTensor(a, right) : a, typeof b === "number" ? asTensor(b, left) : b);
  };
}

const tensorOf = (x: Operand): Tensor | number => (x instanceof Variable ? x.value : x);

/** a + b, elementwise with broadcasting. */
export const add = /* @__PURE__ */ withNumbers(addOp);
/** a − b, elementwise with broadcasting. */
export const sub = /* @__PURE__ */ withNumbers(subOp);
/** a · b, elementwise with broadcasting. */
export const mul = /* @__PURE__ */ withNumbers(mulOp);
/** a / b, elementwise with broadcasting. */
export const div = /* @__PURE__ */ withNumbers(divOp);
