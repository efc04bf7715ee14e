import { logSoftmax as logSoftmaxTensor, softmax as softmaxTensor } from "@conv/core";
import { expectNoMore } from "@conv/core/operators";
import { defineOp } from "../defineOp.js";
import type { Input, Variable } from "../variable.js";
import { mul, sub } from "./arithmetic.js";
import { floating } from "./cast.js";
import { exp } from "./exp.js";
import { sum } from "./sum.js";

const softmaxOp = /* @__PURE__ */ defineOp({
  name: "softmax",
  inputs: ["x"],
  saves: ["y"],
  forward: ({ x }, dim: number) => softmaxTensor(x, dim),
  adjoint: { x: (gradY, { y }, dim) => mul(y, sub(gradY, sum(mul(gradY, y), { dim, keepDim: true }))) },
});

const logSoftmaxOp = /* @__PURE__ */ defineOp({
  name: "logSoftmax",
  inputs: ["x"],
  saves: ["y"],
  forward: ({ x }, dim: number) => logSoftmaxTensor(x, dim),
  adjoint: { x: (gradY, { y }, dim) => sub(gradY, mul(exp(y), sum(gradY, { dim, keepDim: true }))) },
});

/** Probabilities from scores: y = eˣ / Σ eˣ along `dim`, as in `@conv/core`. The adjoint is y·(gradY − Σ gradY·y). */
export function softmax(x: Input, dim: number, ...more: never[]): Variable {
  expectNoMore("softmax", more);
  return softmaxOp(floating("softmax", x), dim);
}

/** ln softmax(x) along `dim`, as in `@conv/core`. The adjoint is gradY − eʸ·Σ gradY. */
export function logSoftmax(x: Input, dim: number, ...more: never[]): Variable {
  expectNoMore("logSoftmax", more);
  return logSoftmaxOp(floating("logSoftmax", x), dim);
}
