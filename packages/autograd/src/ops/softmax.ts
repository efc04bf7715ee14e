import { logSoftmax as logSoftmaxTensor, softmax as softmaxTensor } from "@conv/core";
import { expectNoMore, tidy } from "@conv/core/operators";
import { defineOwnOp } from "../defineOp.js";
import type { Input, Variable } from "../variable.js";
import { mul, sub } from "./arithmetic.js";
import { floating } from "./cast.js";
import { exp } from "./exp.js";
import { sum } from "./sum.js";

const softmaxOp = /* @__PURE__ */ defineOwnOp({
  name: "softmax",
  inputs: ["x"],
  saves: ["y"],
  forward: ({ x }, dim: number) => softmaxTensor(x, dim),
  adjoint: { x: (gradY, { y }, dim) => mul(y, sub(gradY, sum(mul(gradY, y), { dim, keepDim: true }))) },
});

const logSoftmaxOp = /* @__PURE__ */ defineOwnOp({
  name: "logSoftmax",
  inputs: ["x"],
  saves: ["y"],
  forward: ({ x }, dim: number) => logSoftmaxTensor(x, dim),
  adjoint: { x: (gradY, { y }, dim) => sub(gradY, mul(exp(y), sum(gradY, { dim, keepDim: true }))) },
});

/**
 * Probabilities from scores: y = eˣ / Σ eˣ along `dim`, of the shape of x.
 *
 *     gradX = y·(gradY − Σ gradY·y)     the sum along `dim`
 *
 * Along `dim` it sums to 0: a score can only gain what others lose. Keeps y for the way back.
 *
 * Types and errors: as in `@conv/core`.
 *
 * @param dim One axis; a negative one counts from the end.
 * @example
 * const x = variable(tensor([0, 0])); // what makes the first probability larger?
 * softmax(x, 0).backward(tensor([1, 0]));
 * x.grad; // [0.25, -0.25]
 */
export function softmax(x: Input, dim: number, ...more: never[]): Variable {
  expectNoMore("softmax", more);
  return tidy(() => softmaxOp(floating("softmax", x), dim));
}

/**
 * y = x − ln Σ eˣ along `dim`, the logarithm of `softmax` without its loss of digits.
 *
 *     gradX = gradY − eʸ·Σ gradY     the sum along `dim`; eʸ is softmax(x)
 *
 * Keeps y for the way back. Types and errors: as in `@conv/core`.
 *
 * @param dim One axis; a negative one counts from the end.
 * @example
 * const x = variable(tensor([0, 0]));
 * const loss = neg(slice(logSoftmax(x, 0), { end: 1 })); // cross-entropy of the first class
 * loss.backward();
 * x.grad; // [-0.5, 0.5]
 * sub(softmax(x, 0), tensor([1, 0])); // [-0.5, 0.5]
 */
export function logSoftmax(x: Input, dim: number, ...more: never[]): Variable {
  expectNoMore("logSoftmax", more);
  return tidy(() => logSoftmaxOp(floating("logSoftmax", x), dim));
}
