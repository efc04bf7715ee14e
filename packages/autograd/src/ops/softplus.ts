import type { SoftplusOptions } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import { softplusOptions, tidy } from "@conv/core/operators";
import { defineOwnOp } from "../defineOp.js";
import { type Input, peek, type Variable } from "../variable.js";
import { mul, sub } from "./arithmetic.js";
import { floating } from "./cast.js";
import { sigmoidOp } from "./sigmoid.js";
import { where } from "./where.js";

type SoftplusPlan = Required<SoftplusOptions>;

const softplusOp = /* @__PURE__ */ defineOwnOp({
  name: "softplus",
  inputs: ["x"],
  forward: ({ x }, plan: SoftplusPlan) => kernels.softplus(x, plan),
  adjoint: {
    x: (gradY, { x }, { beta, threshold }) => {
      const scaled = mul(x, beta);
      return where(kernels.step(peek(sub(scaled, threshold))), gradY, mul(gradY, sigmoidOp(scaled)));
    },
  },
});

/**
 * ln(1 + e^{βx})/β, elementwise: a smooth `relu`; x itself where βx > threshold.
 *
 *     gradX = gradY·σ(βx),  gradY where βx > threshold
 *
 * Keeps x for the way back. Options, defaults and errors: as in `@conv/core`.
 *
 * @see Dugas, Bengio, Bélisle, Nadeau and Garcia, "Incorporating second-order functional knowledge for better option
 *   pricing" (NIPS 2000).
 */
export function softplus(x: Input, options?: SoftplusOptions): Variable {
  return tidy(() => softplusOp(floating("softplus", x), softplusOptions(options)));
}
