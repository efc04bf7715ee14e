import { mul, type Variable } from "@conv/autograd";
import type { Tensor } from "@conv/core";
import { checkOptions, formatValue, tidy } from "@conv/core/operators";
import { difference } from "./difference.js";
import { type LossOptions, reduce, reductionOf } from "./reduction.js";
import { bend } from "./smoothL1Loss.js";

/** The options of `huberLoss`. */
export interface HuberLossOptions extends LossOptions {
  /** From which difference on the loss is a line. Default 1. */
  readonly delta?: number;
}

/**
 * A parabola near the target and a line far from it, which outliers pull at with a constant force; d = y − target:
 *
 *     loss = d² / 2  where |d| < δ,  and  δ·(|d| − δ/2)  elsewhere
 *
 * @param y Of any shape.
 * @param target Of the same shape.
 * @param options `delta`: δ, default 1. `reduction`: default `"mean"`.
 * @returns A scalar, or the shape of y with reduction `"none"`.
 * @throws {ShapeError} When the shapes differ; nothing is broadcast.
 * @throws {RangeError} When `delta` is not positive, or `reduction` none of its words.
 * @see Huber, "Robust estimation of a location parameter" (1964); `smoothL1Loss` with β = δ is this by δ.
 */
export function huberLoss(y: Variable, target: Tensor | Variable, options: HuberLossOptions = {}): Variable {
  checkOptions("huberLoss", options, ["delta", "reduction"]);
  const reduction = reductionOf("huberLoss", options);
  const { delta = 1 } = options;
  if (typeof delta !== "number" || !(delta > 0 && Number.isFinite(delta))) {
    throw new RangeError(`huberLoss: delta must be a positive, finite number, got ${formatValue(delta)}.`);
  }
  return tidy(() => reduce(mul(bend(difference("huberLoss", y, target), delta), delta), reduction));
}
