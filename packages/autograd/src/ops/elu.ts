import type { EluOptions } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import { eluOptions, SELU, tidy } from "@conv/core/operators";
import { defineOwnOp } from "../defineOp.js";
import { type Input, peek, type Variable } from "../variable.js";
import { mul } from "./arithmetic.js";
import { floating } from "./cast.js";
import { exp } from "./exp.js";
import { where } from "./where.js";

type EluPlan = ReturnType<typeof eluOptions>;

const eluOp = /* @__PURE__ */ defineOwnOp({
  name: "elu",
  inputs: ["x"],
  forward: ({ x }, plan: EluPlan) => kernels.elu(x, plan),
  adjoint: {
    // scale·α·eˣ below 0; above it the exponential of 0 stands in, which cannot overflow
    x: (gradY, { x }, { alpha, scale }) => {
      const above = kernels.step(peek(x));
      return mul(gradY, where(above, scale, mul(exp(where(above, 0, x)), scale * alpha)));
    },
  },
});

/**
 * x above 0, α·(eˣ − 1) below, elementwise: the exponential linear unit.
 *
 *     gradX = gradY where x > 0, else α·eˣ·gradY     so α at x = 0, as in PyTorch
 *
 * Keeps x for the way back. Options, defaults and errors: as in `@conv/core`.
 *
 * @see Clevert, Unterthiner and Hochreiter, "Fast and accurate deep network learning by exponential linear units"
 *   (arXiv:1511.07289).
 */
export function elu(x: Input, options?: EluOptions): Variable {
  return tidy(() => eluOp(floating("elu", x), eluOptions(options)));
}

/**
 * λ·elu(x) with α = 1.67326… and λ = 1.05070…, elementwise: the self-normalising unit.
 *
 *     gradX = λ·gradY where x > 0, else λ·α·eˣ·gradY     so λ·α at x = 0, as in PyTorch
 *
 * Keeps x for the way back. Types and errors: as in `@conv/core`.
 *
 * @see Klambauer, Unterthiner, Mayr and Hochreiter, "Self-normalizing neural networks" (arXiv:1706.02515).
 */
export function selu(x: Input): Variable {
  return tidy(() => eluOp(floating("selu", x), SELU));
}
