import type { Device, DType, Tensor } from "@conv/core";
import { full, type PromotionRule, promotion } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import { defineOp, type Op } from "../defineOp.js";
import { asVariable, Variable } from "../variable.js";

const castOp: Op<["x"], DType> = /* @__PURE__ */ defineOp({
  name: "cast",
  inputs: ["x"],
  forward: ({ x }, dtype: DType) => kernels.cast(x, dtype),
  adjoint: { x: (gradY, { x }) => cast(gradY, x.dtype) },
});

/** The same numbers as elements of another type, as in `@conv/core`; the gradient comes back in the type of x. */
export function cast(x: Variable | Tensor, dtype: DType): Variable {
  return x.dtype === dtype ? asVariable(x) : castOp(x, dtype);
}

/** What operators of several operands take: a number joins the tensors beside it. */
export type Operand = Variable | Tensor | number;

/** The operands as Variables of one type, by the rule of promotion of `@conv/core`. */
export function promote(
  operator: string,
  operands: readonly Operand[],
  rule?: PromotionRule,
  home?: Device,
): Variable[] {
  const { dtype, device = home } = promotion(operator, operands, rule);
  return operands.map((x) =>
    typeof x === "number" ? new Variable(full([], x, { dtype, device }), false) : cast(x, dtype),
  );
}
