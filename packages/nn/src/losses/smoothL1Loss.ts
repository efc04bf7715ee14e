import { mul, sub, type Variable, where } from "@conv/autograd";
import { step, sub as subTensor, type Tensor } from "@conv/core";
import { checkOptions, tidy } from "@conv/core/operators";
import { atLeastZero } from "../options.js";
import { difference } from "./difference.js";
import { abs } from "./l1Loss.js";
import { type LossOptions, reduce, reductionOf } from "./reduction.js";

/** The options of `smoothL1Loss`. */
export interface SmoothL1LossOptions extends LossOptions {
  /** From which difference on the loss is a line. Default 1; 0 makes it `l1Loss`. */
  readonly beta?: number;
}

/**
 * A parabola near the target and a line far from it, which outliers pull at with a constant force; d = y − target:
 *
 *     loss = d² / 2β  where |d| < β,  and  |d| − β/2  elsewhere
 *
 * @param y Of any shape.
 * @param target Of the same shape.
 * @param options `beta`: β, default 1. `reduction`: default `"mean"`.
 * @returns A scalar, or the shape of y with reduction `"none"`.
 * @throws {ShapeError} When the shapes differ; nothing is broadcast.
 * @throws {RangeError} When `beta` is negative, or `reduction` none of its words.
 * @see Girshick, "Fast R-CNN" (arXiv:1504.08083); times β it is `huberLoss`.
 */
export function smoothL1Loss(y: Variable, target: Tensor | Variable, options: SmoothL1LossOptions = {}): Variable {
  checkOptions("smoothL1Loss", options, ["beta", "reduction"]);
  const reduction = reductionOf("smoothL1Loss", options);
  const { beta = 1 } = options;
  atLeastZero("smoothL1Loss", "beta", beta);
  return tidy(() => reduce(bend(difference("smoothL1Loss", y, target), beta), reduction));
}

/** d² / 2β where |d| < β, and |d| − β/2 elsewhere. */
export function bend(d: Variable, beta: number): Variable {
  const far = abs(d);
  if (beta === 0) return far; // the parabola, which nobody uses then, would be 0/0
  const isNear = step(subTensor(beta, far.value));
  return where(isNear, mul(mul(d, d), 0.5 / beta), sub(far, beta / 2));
}
