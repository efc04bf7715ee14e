import { mul, type Variable } from "@conv/autograd";
import type { Tensor } from "@conv/core";
import { checkOptions, tidy } from "@conv/core/operators";
import { difference } from "./difference.js";
import { type LossOptions, reduce, reductionOf } from "./reduction.js";

/**
 * The mean squared error: the mean of (y − target)² over all elements.
 *
 * @param y Of any shape.
 * @param target Of the same shape.
 * @param options `reduction`: default `"mean"`.
 * @returns A scalar, or the shape of y with reduction `"none"`.
 * @throws {ShapeError} When the shapes differ; nothing is broadcast.
 * @throws {RangeError} When `reduction` is none of its words.
 * @see `torch.nn.functional.mse_loss`, the same map.
 */
export function mseLoss(y: Variable, target: Tensor | Variable, options: LossOptions = {}): Variable {
  checkOptions("mseLoss", options, ["reduction"]);
  const reduction = reductionOf("mseLoss", options);
  return tidy(() => {
    const d = difference("mseLoss", y, target);
    return reduce(mul(d, d), reduction);
  });
}
