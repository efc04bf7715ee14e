import * as kernels from "@conv/core/kernels";
import { defineOp } from "../defineOp.js";
import { div, mul, neg } from "./arithmetic.js";
import { ofEach } from "./cast.js";
import { where } from "./where.js";

const expOp = /* @__PURE__ */ defineOp({
  name: "exp",
  inputs: ["x"],
  saves: ["y"],
  forward: ({ x }) => kernels.exp(x),
  adjoint: { x: (gradY, { y }) => mul(gradY, y) },
});

const logOp = /* @__PURE__ */ defineOp({
  name: "log",
  inputs: ["x"],
  forward: ({ x }) => kernels.log(x),
  adjoint: { x: (gradY, { x }) => div(gradY, x) },
});

const sqrtOp = /* @__PURE__ */ defineOp({
  name: "sqrt",
  inputs: ["x"],
  saves: ["y"],
  forward: ({ x }) => kernels.sqrt(x),
  adjoint: { x: (gradY, { y }) => div(gradY, mul(y, 2)) },
});

/** eˣ, elementwise, as in `@conv/core`. */
export const exp = /* @__PURE__ */ ofEach("exp", expOp);
/** ln x, elementwise, as in `@conv/core`. */
export const log = /* @__PURE__ */ ofEach("log", logOp);
/** √x, elementwise, as in `@conv/core`. */
export const sqrt = /* @__PURE__ */ ofEach("sqrt", sqrtOp);

/** |x|, elementwise. The gradient at x = 0 is 0, as in PyTorch. */
export const abs = /* @__PURE__ */ defineOp({
  name: "abs",
  inputs: ["x"],
  forward: ({ x }) => kernels.abs(x),
  adjoint: {
    x: (gradY, { x }) => where(kernels.step(x.value), gradY, where(kernels.step(kernels.neg(x.value)), neg(gradY), 0)),
  },
});
