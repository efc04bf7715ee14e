import { asTensor, type Tensor, where as whereTensor } from "@conv/core";
import { defineOp, type Op } from "../defineOp.js";
import { Variable } from "../variable.js";
import { sumTo } from "./sum.js";

type Operand = Variable | Tensor | number;

const whereOp: Op<["a", "b"], Tensor> = /* @__PURE__ */ defineOp({
  name: "where",
  inputs: ["a", "b"],
  forward: ({ a, b }, condition: Tensor) => whereTensor(condition, a, b),
  adjoint: {
    a: (gradY, { a }, condition) => sumTo(where(condition, gradY, 0), a.shape),
    b: (gradY, { b }, condition) => sumTo(where(condition, 0, gradY), b.shape),
  },
});

/** a where the condition is not 0, else b; elementwise with broadcasting. The gradient goes to what was chosen. */
export function where(condition: Variable | Tensor, a: Operand, b: Operand): Variable {
  const tensorOf = <T>(x: Variable | T) => (x instanceof Variable ? x.value : x);
  const beside = (x: Operand, other: Operand) => (typeof x === "number" ? asTensor(x, tensorOf(other)) : x);
  return whereOp(beside(a, b), beside(b, a), tensorOf(condition));
}
