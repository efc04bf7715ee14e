import { full } from "../create.js";
import { ARRAYS, type DType } from "../dtype.js";
import { expectTensor } from "../options.js";
import type { Device, Tensor, TensorLike } from "../tensor.js";
import { cast } from "./cast.js";

/** Which element types a map takes: any, or floating ones only, so that int32 becomes float32 first. */
export type PromotionRule = "any" | "floating";

/** From the lowest type to the highest. */
const ORDER: readonly DType[] = ["int32", "float32", "float64"];

/**
 * The rule of promotion, for maps that work element by element: int32 → float32 → float64, and all operands take the
 * highest type among them. A number has no type of its own: it takes that of the tensors, but one that int32 cannot
 * hold makes them float32. Maps whose results are no integers (`div`, `pow`, `exp`, `mean`, `softmax`, …) turn int32
 * into float32 first.
 *
 * Maps of linear algebra (convolution, pooling with means, matrix products) do not promote: they refuse to mix types,
 * and int32.
 *
 * @returns The type, and the device of the first tensor (undefined if there are numbers only).
 * @throws {TypeError} When an operand is neither a tensor nor a number.
 */
export function promotion(
  operator: string,
  operands: readonly (TensorLike | number)[],
  rule: PromotionRule = "any",
): { readonly dtype: DType; readonly device: Device | undefined } {
  let level = rule === "floating" ? 1 : 0;
  let device: Device | undefined;
  operands.forEach((x, i) => {
    if (typeof x === "number") {
      if (!isInt32(x)) level = Math.max(level, 1);
    } else {
      expectTensor(operator, operands.length === 1 ? "x" : "abcd"[i], x, "a tensor or a number");
      level = Math.max(level, ORDER.indexOf(x.dtype));
      device ??= x.device;
    }
  });
  return { dtype: device === undefined ? "float32" : ORDER[level], device };
}

/** Whether int32 can hold a number. */
export function isInt32(x: number): boolean {
  return ARRAYS.int32.of(x)[0] === x;
}

/** The operands as tensors of one type, by the rule of `promotion`; numbers alone come to `home`, by default the cpu. */
export function promote(
  operator: string,
  operands: readonly (Tensor | number)[],
  rule?: PromotionRule,
  home?: Device,
): Tensor[] {
  const { dtype, device = home } = promotion(operator, operands, rule);
  return operands.map((x) => (typeof x === "number" ? full([], x, { dtype, device }) : cast(x, dtype)));
}

/** What `compute` makes of the operands as tensors of one type. Those that were made for it are given back. */
export function promoted(
  operator: string,
  operands: readonly (Tensor | number)[],
  compute: (...tensors: Tensor[]) => Tensor,
  rule?: PromotionRule,
  home?: Device,
): Tensor {
  const tensors = promote(operator, operands, rule, home);
  const y = compute(...tensors);
  tensors.forEach((x, i) => {
    if (x !== operands[i] && x !== y) x.dispose();
  });
  return y;
}

/** What `compute` makes of x as a tensor of floats. */
export function promotedFloat(operator: string, x: Tensor, compute: (x: Tensor) => Tensor): Tensor {
  expectTensor(operator, "x", x);
  return promoted(operator, [x], compute, "floating");
}

/** A tensor of floats: int32 becomes float32. */
export function floating(operator: string, x: Tensor): Tensor {
  expectTensor(operator, "x", x);
  return promote(operator, [x], "floating")[0];
}
