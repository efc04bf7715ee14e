import type { TypedArray } from "../dtype.js";
import { expectNoMore, expectTensor } from "../options.js";
import { broadcastShapes } from "../shape.js";
import { allocate, type Tensor, valuesOf } from "../tensor.js";
import { type PromotionRule, promoted, promotedFloat } from "./promote.js";
import { rowsOf } from "./rows.js";

// Every kernel has a loop of its own: an engine makes a loop fast only if all that runs in it is always the same.

/** A loop over n elements of two tensors that advance by their steps, into a result that advances by 1. */
type PairLoop = (
  n: number,
  ys: TypedArray,
  y: number,
  as: TypedArray,
  a: number,
  aStep: number,
  bs: TypedArray,
  b: number,
  bStep: number,
) => void;

/** A plain kernel of pairs of elements, with broadcasting. */
/* @__NO_SIDE_EFFECTS__ */
export function pairwise(operator: string, loop: PairLoop) {
  return (a: Tensor, b: Tensor): Tensor => {
    const shape = broadcastShapes(operator, a.shape, b.shape);
    const y = allocate(a.device, shape, a.dtype);
    const [as, bs, ys] = [valuesOf(a), valuesOf(b), valuesOf(y)];
    const { starts, length, steps } = rowsOf(shape, shape, a.shape, b.shape);
    const [, aStep, bStep] = steps;
    for (const [yRow, aRow, bRow] of starts) loop(length, ys, yRow, as, aRow, aStep, bs, bRow, bStep);
    return y;
  };
}

/** A plain kernel of single elements, which may depend on further numbers. */
/* @__NO_SIDE_EFFECTS__ */
export function each<P extends unknown[]>(loop: (ys: TypedArray, xs: TypedArray, ...parameters: P) => void) {
  return (x: Tensor, ...parameters: P): Tensor => {
    const y = allocate(x.device, x.shape, x.dtype);
    loop(valuesOf(y), valuesOf(x), ...parameters);
    return y;
  };
}

/** A map of pairs as users call it: tensors or numbers, promoted to one type. */
/* @__NO_SIDE_EFFECTS__ */
export function ofPairs(operator: string, kernel: (a: Tensor, b: Tensor) => Tensor, rule?: PromotionRule) {
  const map = (a: Tensor | number, b: Tensor | number, ...more: unknown[]): Tensor => {
    expectNoMore(operator, more);
    return promoted(operator, [a, b], kernel, rule);
  };
  return map as (a: Tensor | number, b: Tensor | number) => Tensor;
}

/** A map of single elements as users call it. */
/* @__NO_SIDE_EFFECTS__ */
export function ofEach(operator: string, kernel: (x: Tensor) => Tensor, rule?: PromotionRule) {
  const map = (x: Tensor, ...more: unknown[]): Tensor => {
    expectNoMore(operator, more);
    expectTensor(operator, "x", x);
    return rule === "floating" ? promotedFloat(operator, x, kernel) : kernel(x);
  };
  return map as (x: Tensor) => Tensor;
}
