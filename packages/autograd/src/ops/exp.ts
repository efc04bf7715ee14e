import * as kernels from "@conv/core/kernels";
import { defineOp, type Op } from "../defineOp.js";
import { div, mul, neg } from "./arithmetic.js";
import { where } from "./where.js";

/** eˣ, elementwise. */
export const exp: Op<["x"]> = /* @__PURE__ */ defineOp({
  name: "exp",
  inputs: ["x"],
  forward: ({ x }) => kernels.exp(x),
  adjoint: { x: (gradY, { x }) => mul(gradY, exp(x)) },
});

/** ln x, elementwise. */
export const log = /* @__PURE__ */ defineOp({
  name: "log",
  inputs: ["x"],
  forward: ({ x }) => kernels.log(x),
  adjoint: { x: (gradY, { x }) => div(gradY, x) },
});

/** √x, elementwise. */
export const sqrt: Op<["x"]> = /* @__PURE__ */ defineOp({
  name: "sqrt",
  inputs: ["x"],
  forward: ({ x }) => kernels.sqrt(x),
  adjoint: { x: (gradY, { x }) => div(gradY, mul(sqrt(x), 2)) },
});

/** |x|, elementwise. The gradient at x = 0 is 0, as in PyTorch. */
export const abs = /* @__PURE__ */ defineOp({
  name: "abs",
  inputs: ["x"],
  forward: ({ x }) => kernels.abs(x),
  adjoint: {
    x: (gradY, { x }) => where(kernels.step(x.value), gradY, where(kernels.step(kernels.neg(x.value)), neg(gradY), 0)),
  },
});
