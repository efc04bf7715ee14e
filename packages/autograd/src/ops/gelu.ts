import type { GeluOptions } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import { GELU_TANH, geluOptions, tidy } from "@conv/core/operators";
import { defineOwnOp } from "../defineOp.js";
import type { Input, Variable } from "../variable.js";
import { add, mul, sub } from "./arithmetic.js";
import { floating } from "./cast.js";
import { clamp } from "./clamp.js";
import { erf } from "./erf.js";
import { exp } from "./exp.js";
import { tanh } from "./sigmoid.js";

const geluOp = /* @__PURE__ */ defineOwnOp({
  name: "gelu",
  inputs: ["x"],
  forward: ({ x }, plan: Required<GeluOptions>) => kernels.gelu(x, plan),
  adjoint: {
    x: (gradY, { x }, { approximate }) => mul(gradY, approximate === "tanh" ? geluTanhSlope(x) : geluSlope(x)),
  },
});

/** Φ(x) + x·φ(x), with the normal distribution's function and density. */
function geluSlope(x: Variable): Variable {
  const distribution = mul(add(erf(mul(x, Math.SQRT1_2)), 1), 0.5);
  const density = mul(exp(mul(mul(x, x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return add(distribution, mul(x, density));
}

/** Beyond it the slope is 0 or 1, to the last bit of a float64; and x² would overflow at last. */
const FLAT = 30;

/** (1 + t)/2 + x/2·(1 − t²)·k·(1 + 3cx²), with t = tanh(k·(x + cx³)). */
function geluTanhSlope(anyX: Variable): Variable {
  const { inner, cubic } = GELU_TANH;
  const x = clamp(anyX, { min: -FLAT, max: FLAT });
  const square = mul(x, x);
  const t = tanh(mul(mul(x, add(1, mul(square, cubic))), inner));
  const slope = mul(sub(1, mul(t, t)), mul(add(1, mul(square, 3 * cubic)), inner));
  return mul(add(add(1, t), mul(x, slope)), 0.5);
}

/**
 * x·Φ(x), elementwise, with Φ the standard normal distribution function: the Gaussian error linear unit.
 *
 *     gradX = gradY·(Φ(x) + x·φ(x))     with its density φ(x) = e^{−x²/2}/√(2π)
 *
 * With `approximate` "tanh" it is the derivative of that approximation. Keeps x for the way back.
 *
 * Options, defaults and errors: as in `@conv/core`.
 *
 * @see Hendrycks and Gimpel, "Gaussian error linear units" (arXiv:1606.08415).
 */
export function gelu(x: Input, options?: GeluOptions): Variable {
  return tidy(() => geluOp(floating("gelu", x), geluOptions(options)));
}
