import * as kernels from "@conv/core/kernels";
import { defineOwnOp } from "../defineOp.js";
import { add, mul, sub } from "./arithmetic.js";
import { ofEach } from "./cast.js";

/** The operator of `sigmoid`, for floats. */
export const sigmoidOp = /* @__PURE__ */ defineOwnOp({
  name: "sigmoid",
  inputs: ["x"],
  saves: ["y"],
  forward: ({ x }) => kernels.sigmoid(x),
  adjoint: { x: (gradY, { y }) => mul(gradY, mul(y, sub(1, y))) },
});

const siluOp = /* @__PURE__ */ defineOwnOp({
  name: "silu",
  inputs: ["x"],
  forward: ({ x }) => kernels.silu(x),
  adjoint: {
    x: (gradY, { x }) => {
      const s = sigmoidOp(x);
      return mul(gradY, mul(s, add(1, mul(x, sub(1, s)))));
    },
  },
});

const tanhOp = /* @__PURE__ */ defineOwnOp({
  name: "tanh",
  inputs: ["x"],
  saves: ["y"],
  forward: ({ x }) => kernels.tanh(x),
  adjoint: { x: (gradY, { y }) => mul(gradY, sub(1, mul(y, y))) },
});

/**
 * σ(x) = 1/(1 + e⁻ˣ), elementwise; gradX = gradY·y·(1 − y). Keeps y. Types and errors: as in `@conv/core`.
 *
 * @example
 * const x = variable(tensor([-1000, 0, 1000])); // far from 0 the curve is flat
 * sum(sigmoid(x)).backward();
 * x.grad; // [0, 0.25, 0]
 */
export const sigmoid = /* @__PURE__ */ ofEach("sigmoid", sigmoidOp);
/**
 * x·σ(x), elementwise: the sigmoid linear unit, also called swish.
 *
 *     gradX = gradY·s·(1 + x·(1 − s))     with s = σ(x)
 *
 * Keeps x for the way back. Types and errors: as in `@conv/core`.
 *
 * @see Elfwing, Uchibe and Doya, "Sigmoid-weighted linear units" (arXiv:1702.03118).
 */
export const silu = /* @__PURE__ */ ofEach("silu", siluOp);
/** (eˣ − e⁻ˣ)/(eˣ + e⁻ˣ), elementwise; gradX = gradY·(1 − y²). Keeps y. Types and errors: as in `@conv/core`. */
export const tanh = /* @__PURE__ */ ofEach("tanh", tanhOp);
