import { defineOp, mul, neg, sigmoid, sub, type Variable } from "@conv/autograd";
import type { Tensor } from "@conv/core";
import * as core from "@conv/core";
import { checkOptions, tidy } from "@conv/core/operators";
import { expectAlike } from "./difference.js";
import { type LossOptions, reduce, reductionOf } from "./reduction.js";

/** max(x, 0) − x·t + ln(1 + e^−|x|), which loses no digits; its gradient in x is σ(x) − t. */
const binaryCrossEntropy = /* @__PURE__ */ defineOp({
  name: "bceWithLogitsLoss",
  inputs: ["x", "target"],
  forward: ({ x, target }) => {
    return tidy(() => {
      const tail = core.softplus(core.neg(core.abs(x)));
      return core.add(core.sub(core.maximum(x, 0), core.mul(x, target)), tail);
    });
  },
  adjoint: {
    x: (gradY, { x, target }) => tidy(() => mul(gradY, sub(sigmoid(x), target))),
    target: (gradY, { x }) => tidy(() => neg(mul(gradY, x))),
  },
});

/**
 * The binary cross-entropy of independent yes-or-no answers, from logits x:
 *
 *     loss = −t·ln σ(x) − (1 − t)·ln(1 − σ(x)),     σ(x) = 1/(1 + e⁻ˣ)
 *
 * It is computed without σ, so that large logits lose no digits and cannot overflow.
 *
 * @param logits Of any shape.
 * @param target Of the same shape, from 0 (no) to 1 (yes).
 * @param options `reduction`: default `"mean"`.
 * @returns A scalar, or the shape of the logits with reduction `"none"`.
 * @throws {ShapeError} When the shapes differ; nothing is broadcast.
 * @throws {RangeError} When `reduction` is none of its words.
 * @see `torch.nn.functional.binary_cross_entropy_with_logits`, the same map.
 */
export function bceWithLogitsLoss(logits: Variable, target: Tensor | Variable, options: LossOptions = {}): Variable {
  checkOptions("bceWithLogitsLoss", options, ["reduction"]);
  const reduction = reductionOf("bceWithLogitsLoss", options);
  expectAlike("bceWithLogitsLoss", "logits", logits, target);
  return tidy(() => reduce(binaryCrossEntropy(logits, target), reduction));
}
