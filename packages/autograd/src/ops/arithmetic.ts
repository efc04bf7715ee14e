import * as kernels from "@conv/core/kernels";
import type { PromotionRule } from "@conv/core/operators";
import { tidy } from "@conv/core/operators";
import { defineOwnOp, type Op } from "../defineOp.js";
import type { Variable } from "../variable.js";
import { type Operand, promote } from "./cast.js";
import { sumTo } from "./sum.js";

type Binary = Op<["a", "b"]>;

/** −x, elementwise; gradX = −gradY. Keeps nothing for the way back. Types and errors: as in `@conv/core`. */
export const neg: Op<["x"]> = /* @__PURE__ */ defineOwnOp({
  name: "neg",
  inputs: ["x"],
  saves: [],
  forward: ({ x }) => kernels.neg(x),
  adjoint: { x: (gradY) => neg(gradY) },
});

const addOp: Binary = /* @__PURE__ */ defineOwnOp({
  name: "add",
  inputs: ["a", "b"],
  saves: [],
  forward: ({ a, b }) => kernels.add(a, b),
  adjoint: {
    a: (gradY, { a }) => sumTo(gradY, a.shape),
    b: (gradY, { b }) => sumTo(gradY, b.shape),
  },
});

const subOp: Binary = /* @__PURE__ */ defineOwnOp({
  name: "sub",
  inputs: ["a", "b"],
  saves: [],
  forward: ({ a, b }) => kernels.sub(a, b),
  adjoint: {
    a: (gradY, { a }) => sumTo(gradY, a.shape),
    b: (gradY, { b }) => sumTo(neg(gradY), b.shape),
  },
});

const mulOp: Binary = /* @__PURE__ */ defineOwnOp({
  name: "mul",
  inputs: ["a", "b"],
  saves: { a: ["b"], b: ["a"] },
  forward: ({ a, b }) => kernels.mul(a, b),
  adjoint: {
    a: (gradY, { a, b }) => sumTo(mulOp(gradY, b), a.shape),
    b: (gradY, { a, b }) => sumTo(mulOp(gradY, a), b.shape),
  },
});

const divOp: Binary = /* @__PURE__ */ defineOwnOp({
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
    return tidy(() => {
      const [left, right] = promote(operator, [a, b], rule);
      return op(left, right);
    });
  };
}

/**
 * a + b, elementwise with broadcasting; a number joins the tensor beside it.
 *
 *     gradA = gradY     gradB = gradY     each summed over the axes along which broadcasting repeated that operand
 *
 * So each gradient has the shape and the type of its operand. Keeps nothing for the way back.
 *
 * Shapes, types and errors: as in `@conv/core`.
 *
 * @example
 * const b = variable(tensor([1, 2])); // is added to three rows
 * sum(add(zeros([3, 2]), b)).backward();
 * b.grad; // [3, 3]
 */
export const add = /* @__PURE__ */ ofPairs("add", addOp);
/** a − b, elementwise with broadcasting, as `add`; gradA = gradY, gradB = −gradY. Keeps nothing. */
export const sub = /* @__PURE__ */ ofPairs("sub", subOp);
/**
 * a · b, elementwise with broadcasting, as `add`.
 *
 *     gradA = gradY·b     gradB = gradY·a     each summed as in `add`
 *
 * Keeps b if a needs a gradient, and a if b does.
 *
 * @example
 * const x = variable(tensor([2, 3])); // as both factors: its two gradients add up
 * sum(mul(x, x)).backward();
 * x.grad; // [4, 6]
 */
export const mul = /* @__PURE__ */ ofPairs("mul", mulOp);
/**
 * a / b, elementwise with broadcasting, as `add`; int32 becomes float32 first.
 *
 *     gradA = gradY / b     gradB = −gradY·y / b     each summed as in `add`
 *
 * Where b is 0 they are infinite or NaN. Keeps b, and if b needs a gradient y too.
 */
export const div = /* @__PURE__ */ ofPairs("div", divOp, "floating");
