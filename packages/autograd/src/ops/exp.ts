import * as kernels from "@conv/core/kernels";
import { defineOp, type Op } from "../defineOp.js";
import { div, mul } from "./arithmetic.js";

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
