import { cast as castTensor, type Device, type DType, full, type Tensor } from "@conv/core";
import { type PromotionRule, promotion, tidy } from "@conv/core/operators";
import { defineOwnOp, type Op } from "../defineOp.js";
import { inputOf, Variable } from "../variable.js";

const castOp: Op<["x"], DType> = /* @__PURE__ */ defineOwnOp({
  name: "cast",
  inputs: ["x"],
  saves: [],
  forward: ({ x }, dtype: DType) => castTensor(x, dtype),
  adjoint: { x: (gradY, { x }) => cast(gradY, x.dtype) },
});

/**
 * The same numbers as elements of another type; x itself where it has that type already.
 *
 *     gradX = gradY, cast to the type of x
 *
 * The rounding counts as the identity. An int32 has no gradient: a cast to it ends the graph. Keeps nothing for the way
 * back. Errors: as in `@conv/core`.
 *
 * @param dtype `"float32"`, `"float64"` or `"int32"`.
 */
export function cast(x: Variable | Tensor, dtype: DType): Variable {
  const v = inputOf("cast", "x", x);
  return v.dtype === dtype ? v : castOp(v, dtype);
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

/** An operand as a Variable of floats: int32 becomes float32. */
export function floating(operator: string, x: Variable | Tensor): Variable {
  return promote(operator, [inputOf(operator, "x", x)], "floating")[0];
}

/** An operator of one input as users call it: int32 becomes float32 first. */
export function ofEach(operator: string, op: Op<["x"]>) {
  return (x: Variable | Tensor): Variable => tidy(() => op(floating(operator, x)));
}
