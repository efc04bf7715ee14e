import type { LeakyReluOptions } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import { leakyReluOptions, tidy } from "@conv/core/operators";
import { defineOwnOp } from "../defineOp.js";
import { type Input, peek, type Variable } from "../variable.js";
import { mul } from "./arithmetic.js";
import { floating } from "./cast.js";
import { where } from "./where.js";

const leakyReluOp = /* @__PURE__ */ defineOwnOp({
  name: "leakyRelu",
  inputs: ["x"],
  forward: ({ x }, plan: Required<LeakyReluOptions>) => kernels.leakyRelu(x, plan),
  adjoint: {
    x: (gradY, { x }, { negativeSlope }) => where(kernels.step(peek(x)), gradY, mul(gradY, negativeSlope)),
  },
});

/**
 * x above 0, negativeSlope·x below, elementwise.
 *
 *     gradX = gradY where x > 0, else negativeSlope·gradY     so negativeSlope at x = 0, as in PyTorch
 *
 * Keeps x for the way back. Options, defaults and errors: as in `@conv/core`.
 *
 * @see Maas, Hannun and Ng, "Rectifier nonlinearities improve neural network acoustic models" (2013).
 */
export function leakyRelu(x: Input, options?: LeakyReluOptions): Variable {
  return tidy(() => leakyReluOp(floating("leakyRelu", x), leakyReluOptions(options)));
}
