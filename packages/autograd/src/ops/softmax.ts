import { logSoftmax as logSoftmaxTensor, softmax as softmaxTensor } from "@conv/core";
import { defineOp, type Op } from "../defineOp.js";
import { mul, sub } from "./arithmetic.js";
import { sum } from "./sum.js";

/** Probabilities from scores along `dim`: s = eˣ / Σ eˣ. The adjoint is s·(gradY − Σ gradY·s). */
export const softmax: Op<["x"], number> = /* @__PURE__ */ defineOp({
  name: "softmax",
  inputs: ["x"],
  forward: ({ x }, dim: number) => softmaxTensor(x, dim),
  adjoint: {
    x: (gradY, { x }, dim) => {
      const s = softmax(x, dim);
      return mul(s, sub(gradY, sum(mul(gradY, s), { dim, keepDim: true })));
    },
  },
});

/** ln softmax(x) along `dim`, without its loss of digits. The adjoint is gradY − softmax(x)·Σ gradY. */
export const logSoftmax = /* @__PURE__ */ defineOp({
  name: "logSoftmax",
  inputs: ["x"],
  forward: ({ x }, dim: number) => logSoftmaxTensor(x, dim),
  adjoint: { x: (gradY, { x }, dim) => sub(gradY, mul(softmax(x, dim), sum(gradY, { dim, keepDim: true }))) },
});
