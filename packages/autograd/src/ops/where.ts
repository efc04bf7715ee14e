import type { Tensor } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import { tidy } from "@conv/core/operators";
import { defineOwnOp, type Op } from "../defineOp.js";
import { inputOf, peek, type Variable } from "../variable.js";
import { type Operand, promote } from "./cast.js";
import { sumTo } from "./sum.js";

const whereOp: Op<["a", "b"], Tensor> = /* @__PURE__ */ defineOwnOp({
  name: "where",
  inputs: ["a", "b"],
  saves: [],
  forward: ({ a, b }, condition: Tensor) => kernels.where(condition, a, b),
  adjoint: {
    a: (gradY, { a }, condition) => sumTo(where(condition, gradY, 0), a.shape),
    b: (gradY, { b }, condition) => sumTo(where(condition, 0, gradY), b.shape),
  },
});

/**
 * a where the condition is not 0, else b; elementwise with broadcasting.
 *
 *     gradA = gradY where the condition is not 0, else 0     gradB = gradY where it is 0, else 0
 *
 * Each is summed as in `add`; the condition has no gradient. What is not chosen gets 0; but that 0 may meet an infinite
 * slope on its way back, and 0·∞ is NaN. So choose what goes into such a map, not what comes out of it.
 *
 * Keeps the condition for the way back. Shapes, types and errors: as in `@conv/core`.
 *
 * @example
 * const x = variable(tensor([0, 2]));
 * grad(sum(where(x, log(x), 0)), [x])[0]; // [NaN, 0.5]
 * grad(sum(log(where(x, x, 1))), [x])[0]; // [0, 0.5]
 */
export function where(condition: Variable | Tensor, a: Operand, b: Operand): Variable {
  const chosen = peek(inputOf("where", "condition", condition));
  return tidy(() => {
    const [left, right] = promote("where", [a, b], "any", chosen.device);
    return whereOp(left, right, chosen);
  });
}
