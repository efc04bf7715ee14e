import * as kernels from "@conv/core/kernels";
import type { PromotionRule } from "@conv/core/operators";
import { defineOp, type Op } from "../defineOp.js";
import type { Variable } from "../variable.js";
import { type Operand, promote } from "./cast.js";
import { sumTo } from "./sum.js";

type Binary = Op<["a", "b"]>;

/** −x, elementwise. */
export const neg: Op<["x"]> = /* @__PURE__ */ defineOp({
  name: "neg",
  inputs: ["x"],
  saves: [],
  forward: ({ x }) => kernels.neg(x),
  adjoint: { x: (gradY) => neg(gradY) },
});

const addOp: Binary = /* @__PURE__ */ defineOp({
  name: "add",
  inputs: ["a", "b"],
  saves: [],
  forward: ({ a, b }) => kernels.add(a, b),
  adjoint: {
    a: (gradY, { a }) => sumTo(gradY, a.shape),
    b: (gradY, { b }) => sumTo(gradY, b.shape),
  },
});

const subOp: Binary = /* @__PURE__ */ defineOp({
  name: "sub",
  inputs: ["a", "b"],
  saves: [],
  forward: ({ a, b }) => kernels.sub(a, b),
  adjoint: {
    a: (gradY, { a }) => sumTo(gradY, a.shape),
    b: (gradY, { b }) => sumTo(neg(gradY), b.shape),
  },
});

const mulOp: Binary = /* @__PURE__ */ defineOp({
  name: "mul",
  inputs: ["a", "b"],
  saves: { a: ["b"], b: ["a"] },
  forward: ({ a, b }) => kernels.mul(a, b),
  adjoint: {
    a: (gradY, { a, b }) => sumTo(mulOp(gradY, b), a.shape),
    b: (gradY, { a, b }) => sumTo(mulOp(gradY, a), b.shape),
  },
});

const divOp: Binary = /* @__PURE__ */ defineOp({
  name: "div",
  inputs: ["a", "b"],
  saves: { a: ["b"], b: ["b", "y"] },
  forward: ({ a, b }) => kernels.div(a, b),
  adjoint: {
    a: (gradY, { a, b }) => sumTo(divOp(gradY, b), a.shape),
    b: (gradY, { b, y }) => sumTo(neg(mulOp(gradY, divOp(y, b))), b.shape),
  },
});

/** The operator as users call it: either operand may be a number, and both are promoted to one type. */
export function ofPairs(operator: string, op: Binary, rule?: PromotionRule) {
  return (a: Operand, b: Operand): Variable => {
    const [left, right] = promote(operator, [a, b], rule);
    return op(left, right);
  };
}

/** a + b, elementwise with broadcasting. */
export const add = /* @__PURE__ */ ofPairs("add", addOp);
/** a − b, elementwise with broadcasting. */
export const sub = /* @__PURE__ */ ofPairs("sub", subOp);
/** a · b, elementwise with broadcasting. */
export const mul = /* @__PURE__ */ ofPairs("mul", mulOp);
/** a / b, elementwise with broadcasting. */
export const div = /* @__PURE__ */ ofPairs("div", divOp, "floating");
