import { add, neg, relu, type Variable } from "@conv/autograd";
import type { Tensor } from "@conv/core";
import { checkOptions, tidy } from "@conv/core/operators";
import { difference } from "./difference.js";
import { type LossOptions, reduce, reductionOf } from "./reduction.js";

/**
 * The mean absolute error: the mean of |y − target| over all elements. Its gradient where they are equal is 0.
 *
 * @param y Of any shape.
 * @param target Of the same shape.
 * @param options `reduction`: default `"mean"`.
 * @returns A scalar, or the shape of y with reduction `"none"`.
 * @throws {ShapeError} When the shapes differ; nothing is broadcast.
 * @throws {RangeError} When `reduction` is none of its words.
 * @see `torch.nn.functional.l1_loss`, the same map.
 */
export function l1Loss(y: Variable, target: Tensor | Variable, options: LossOptions = {}): Variable {
  checkOptions("l1Loss", options, ["reduction"]);
  const reduction = reductionOf("l1Loss", options);
  return tidy(() => reduce(abs(difference("l1Loss", y, target)), reduction));
}

/** |x|, elementwise. The gradient at x = 0 is 0, as in PyTorch. */
export function abs(x: Variable): Variable {
  return add(relu(x), relu(neg(x)));
}
