import type { Tensor } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import { defineOp, type Op } from "../defineOp.js";
import { inputOf, type Variable } from "../variable.js";
import { type Operand, promote } from "./cast.js";
import { sumTo } from "./sum.js";

const whereOp: Op<["a", "b"], Tensor> = /* @__PURE__ */ defineOp({
  name: "where",
  inputs: ["a", "b"],
  saves: [],
  forward: ({ a, b }, condition: Tensor) => kernels.where(condition, a, b),
  adjoint: {
    a: (gradY, { a }, condition) => sumTo(where(condition, gradY, 0), a.shape),
    b: (gradY, { b }, condition) => sumTo(where(condition, 0, gradY), b.shape),
  },
});

/** a where the condition is not 0, else b; elementwise with broadcasting. The gradient goes to what was chosen. */
export function where(condition: Variable | Tensor, a: Operand, b: Operand): Variable {
  const chosen = inputOf("where", "condition", condition).value;
  const [left, right] = promote("where", [a, b], "any", chosen.device);
  return whereOp(left, right, chosen);
}
