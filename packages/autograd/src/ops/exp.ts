import * as kernels from "@conv/core/kernels";
import { defineOwnOp } from "../defineOp.js";
import { peek } from "../variable.js";
import { div, mul, neg } from "./arithmetic.js";
import { ofEach } from "./cast.js";
import { where } from "./where.js";

const expOp = /* @__PURE__ */ defineOwnOp({
  name: "exp",
  inputs: ["x"],
  saves: ["y"],
  forward: ({ x }) => kernels.exp(x),
  adjoint: { x: (gradY, { y }) => mul(gradY, y) },
});

const logOp = /* @__PURE__ */ defineOwnOp({
  name: "log",
  inputs: ["x"],
  forward: ({ x }) => kernels.log(x),
  adjoint: { x: (gradY, { x }) => div(gradY, x) },
});

const sqrtOp = /* @__PURE__ */ defineOwnOp({
  name: "sqrt",
  inputs: ["x"],
  saves: ["y"],
  forward: ({ x }) => kernels.sqrt(x),
  adjoint: { x: (gradY, { y }) => div(gradY, mul(y, 2)) },
});

/** eˣ, elementwise; gradX = gradY·y. Keeps y for the way back. Types and errors: as in `@conv/core`. */
export const exp = /* @__PURE__ */ ofEach("exp", expOp);
/**
 * ln x, elementwise.
 *
 *     gradX = gradY / x     infinite at x = 0, or NaN if gradY is 0 there; below 0 a number, though y is NaN
 *
 * Keeps x for the way back. Types and errors: as in `@conv/core`.
 */
export const log = /* @__PURE__ */ ofEach("log", logOp);
/**
 * √x, elementwise.
 *
 *     gradX = gradY / (2y)     infinite at x = 0, or NaN if gradY is 0 there; NaN below 0
 *
 * Keeps y for the way back. Types and errors: as in `@conv/core`.
 */
export const sqrt = /* @__PURE__ */ ofEach("sqrt", sqrtOp);

/**
 * |x|, elementwise.
 *
 *     gradX = gradY·sign(x)     0 at x = 0, as in PyTorch
 *
 * Keeps x for the way back. Types and errors: as in `@conv/core`.
 */
export const abs = /* @__PURE__ */ defineOwnOp({
  name: "abs",
  inputs: ["x"],
  forward: ({ x }) => kernels.abs(x),
  adjoint: {
    x: (gradY, { x }) => where(kernels.step(peek(x)), gradY, where(kernels.step(kernels.neg(peek(x))), neg(gradY), 0)),
  },
});
