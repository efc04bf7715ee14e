import * as kernels from "@conv/core/kernels";
import { defineOwnOp, type Op } from "../defineOp.js";
import { peek, type Variable } from "../variable.js";
import { mul, sub } from "./arithmetic.js";
import { type Operand, promote } from "./cast.js";
import { log } from "./exp.js";
import { sumTo } from "./sum.js";
import { where } from "./where.js";

const powOp: Op<["a", "b"]> = /* @__PURE__ */ defineOwnOp({
  name: "pow",
  inputs: ["a", "b"],
  saves: { a: ["a", "b"], b: ["a", "b", "y"] },
  forward: ({ a, b }) => kernels.pow(a, b),
  adjoint: {
    // b·aᵇ⁻¹, and 0 where a = b = 0: a⁰ is constant. There 1 stands in for a, not 0⁻¹ with its infinite derivatives.
    a: (gradY, { a, b }) => {
      const base = where(where(a, 0, where(b, 0, 1)), 1, a);
      return sumTo(mul(gradY, mul(b, pow(base, sub(b, 1)))), a.shape);
    },
    // aᵇ·ln a, and 0 where a = 0 and b ≥ 0: the limit for b > 0. There 1 stands in for a, not ln 0.
    b: (gradY, { a, b, y }) => {
      const base = where(where(a, 0, where(kernels.step(kernels.neg(peek(b))), 0, 1)), 1, a);
      return sumTo(mul(gradY, mul(y, log(base))), b.shape);
    },
  },
});

/**
 * aᵇ, elementwise with broadcasting; a number joins the tensor beside it. int32 becomes float32 first.
 *
 *     gradA = gradY · b·aᵇ⁻¹      0 where b = 0, also at a = 0
 *     gradB = gradY · aᵇ·ln a     0 where a = 0 and b ≥ 0; NaN where a < 0
 *
 * At a = 0 gradA is infinite if b < 1, but for b = 0. Each is summed as in `add`. Keeps a and b, and if b needs a
 * gradient y too. Shapes, types and errors: as in `@conv/core`.
 *
 * @example
 * const x = variable(tensor([-2, 0, 3]));
 * sum(pow(x, 2)).backward();
 * x.grad; // [-4, 0, 6]
 * const b = variable(tensor([0, 2])); // of base 0: not 0·ln 0, which is NaN
 * sum(pow(0, b)).backward();
 * b.grad; // [0, 0]
 */
export function pow(a: Operand, b: Operand): Variable {
  const [left, right] = promote("pow", [a, b], "floating");
  return powOp(left, right);
}
