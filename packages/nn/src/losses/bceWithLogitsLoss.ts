import { add, defineOp, mul, neg, sigmoid, softplus, sub, type Variable } from "@conv/autograd";
import * as core from "@conv/core";
import { ShapeError, type Tensor } from "@conv/core";
import { broadcastShapes, checkOptions, expectTensor, formatShape, isSameShape, tidy } from "@conv/core/operators";
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

/** The options of `bceWithLogitsLoss`. */
export interface BceWithLogitsLossOptions extends LossOptions {
  /** A weight for each element; broadcasts to the shape of the logits. Default: all 1. */
  readonly weight?: Tensor | Variable;
  /** What a yes counts for, such as [C]: no / yes in the data; broadcasts to the shape of the logits. Default: all 1. */
  readonly posWeight?: Tensor | Variable;
}

/**
 * The binary cross-entropy of independent yes-or-no answers, from logits x:
 *
 *     loss = − weight·(posWeight·t·ln σ(x) + (1 − t)·ln(1 − σ(x))),     σ(x) = 1/(1 + e⁻ˣ)
 *
 * It is computed without σ, so that large logits lose no digits and cannot overflow.
 *
 * @param logits Of any shape.
 * @param target Of the same shape, from 0 (no) to 1 (yes).
 * @param options `weight` and `posWeight`: default 1. `reduction`: default `"mean"`, over all elements, whatever their weights.
 * @returns A scalar, or the shape of the logits with reduction `"none"`.
 * @throws {ShapeError} When the shapes differ, since nothing but the weights is broadcast; or a weight does not broadcast.
 * @throws {RangeError} When `reduction` is none of its words.
 * @see `torch.nn.functional.binary_cross_entropy_with_logits`, the same map.
 */
export function bceWithLogitsLoss(
  logits: Variable,
  target: Tensor | Variable,
  options: BceWithLogitsLossOptions = {},
): Variable {
  checkOptions("bceWithLogitsLoss", options, ["weight", "posWeight", "reduction"]);
  const reduction = reductionOf("bceWithLogitsLoss", options);
  expectAlike("bceWithLogitsLoss", "logits", logits, target);
  const { weight, posWeight } = options;
  expectBroadcast("weight", weight, logits);
  expectBroadcast("posWeight", posWeight, logits);
  return tidy(() => {
    const even = binaryCrossEntropy(logits, target);
    const losses = posWeight === undefined ? even : add(even, mul(sub(posWeight, 1), costOfYes(logits, target)));
    return reduce(weight === undefined ? losses : mul(losses, weight), reduction);
  });
}

/** −t·ln σ(x). */
function costOfYes(logits: Variable, target: Tensor | Variable): Variable {
  return mul(target, softplus(neg(logits), { threshold: Number.POSITIVE_INFINITY })); // to the last digit
}

/**
 * Checks that a weight has the type of the logits and broadcasts to their shape.
 *
 * @throws {ShapeError} When it does not.
 * @throws {TypeError} When it is of another type.
 */
function expectBroadcast(name: string, weight: Tensor | Variable | undefined, logits: Variable): void {
  if (weight === undefined) return;
  expectTensor("bceWithLogitsLoss", name, weight);
  if (weight.dtype !== logits.dtype) {
    throw new TypeError(
      `bceWithLogitsLoss: ${name} is ${weight.dtype}, but the logits are ${logits.dtype}. Make it of dtype "${logits.dtype}".`,
    );
  }
  const what = `bceWithLogitsLoss, ${name} with logits`;
  if (!isSameShape(broadcastShapes(what, weight.shape, logits.shape), logits.shape)) {
    throw new ShapeError(
      `${what}: the shape ${formatShape(weight.shape)} does not broadcast to ${formatShape(logits.shape)}. Make each of its axes ` +
        "1, or as long as that of the logits.",
    );
  }
}
