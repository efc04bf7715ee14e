import type { EluOptions, GeluOptions, LeakyReluOptions, SoftplusOptions } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import {
  eluOptions,
  GELU_TANH,
  geluOptions,
  leakyReluOptions,
  preluShape,
  SELU,
  softplusOptions,
} from "@conv/core/operators";
import { defineOp } from "../defineOp.js";
import { type Input, inputOf, type Variable } from "../variable.js";
import { add, mul, neg, sub } from "./arithmetic.js";
import { floating, ofEach } from "./cast.js";
import { exp } from "./exp.js";
import { reshape } from "./reshape.js";
import { where } from "./where.js";

const sigmoidOp = /* @__PURE__ */ defineOp({
  name: "sigmoid",
  inputs: ["x"],
  saves: ["y"],
  forward: ({ x }) => kernels.sigmoid(x),
  adjoint: { x: (gradY, { y }) => mul(gradY, mul(y, sub(1, y))) },
});

const siluOp = /* @__PURE__ */ defineOp({
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

const tanhOp = /* @__PURE__ */ defineOp({
  name: "tanh",
  inputs: ["x"],
  saves: ["y"],
  forward: ({ x }) => kernels.tanh(x),
  adjoint: { x: (gradY, { y }) => mul(gradY, sub(1, mul(y, y))) },
});

const erfOp = /* @__PURE__ */ defineOp({
  name: "erf",
  inputs: ["x"],
  forward: ({ x }) => kernels.erf(x),
  adjoint: { x: (gradY, { x }) => mul(gradY, mul(exp(neg(mul(x, x))), 2 / Math.sqrt(Math.PI))) },
});

/** 1/(1 + e⁻ˣ), elementwise, as in `@conv/core`. */
export const sigmoid = /* @__PURE__ */ ofEach("sigmoid", sigmoidOp);
/** x·sigmoid(x), elementwise, as in `@conv/core`. */
export const silu = /* @__PURE__ */ ofEach("silu", siluOp);
/** The hyperbolic tangent, elementwise, as in `@conv/core`. */
export const tanh = /* @__PURE__ */ ofEach("tanh", tanhOp);
/** 2/√π ∫₀ˣ e^{−t²} dt, elementwise, as in `@conv/core`. */
export const erf = /* @__PURE__ */ ofEach("erf", erfOp);

const leakyReluOp = /* @__PURE__ */ defineOp({
  name: "leakyRelu",
  inputs: ["x"],
  forward: ({ x }, plan: Required<LeakyReluOptions>) => kernels.leakyRelu(x, plan),
  adjoint: {
    x: (gradY, { x }, { negativeSlope }) => where(kernels.step(x.value), gradY, mul(gradY, negativeSlope)),
  },
});

/** x above 0, negativeSlope·x below, elementwise, as in `@conv/core`. */
export function leakyRelu(x: Input, options?: LeakyReluOptions): Variable {
  return leakyReluOp(floating("leakyRelu", x), leakyReluOptions(options));
}

/** x above 0, w·x below, with a learned slope w for all, [1], or for each channel, [C]; as in `@conv/core`. */
export function prelu(x: Input, w: Input): Variable {
  const [v, slopes] = [inputOf("prelu", "x", x), inputOf("prelu", "w", w)];
  const above = kernels.step(v.value);
  return where(above, v, mul(where(above, 0, v), reshape(slopes, preluShape(v.shape, slopes.shape)))); // not 0·∞ in w's gradient
}

type EluPlan = ReturnType<typeof eluOptions>;

const eluOp = /* @__PURE__ */ defineOp({
  name: "elu",
  inputs: ["x"],
  forward: ({ x }, plan: EluPlan) => kernels.elu(x, plan),
  adjoint: {
    // scale·α·eˣ below 0; above it the exponential of 0 stands in, which cannot overflow
    x: (gradY, { x }, { alpha, scale }) => {
      const above = kernels.step(x.value);
      return mul(gradY, where(above, scale, mul(exp(where(above, 0, x)), scale * alpha)));
    },
  },
});

/** x above 0, α·(eˣ − 1) below, elementwise, as in `@conv/core`. */
export function elu(x: Input, options?: EluOptions): Variable {
  return eluOp(floating("elu", x), eluOptions(options));
}

/** λ·elu(x) with the constants of self-normalising networks, elementwise, as in `@conv/core`. */
export function selu(x: Input): Variable {
  return eluOp(floating("selu", x), SELU);
}

const geluOp = /* @__PURE__ */ defineOp({
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

/** (1 + t)/2 + x/2·(1 − t²)·k·(1 + 3cx²), with t = tanh(k·(x + cx³)). */
function geluTanhSlope(x: Variable): Variable {
  const { inner, cubic } = GELU_TANH;
  const square = mul(x, x);
  const t = tanh(mul(mul(x, add(1, mul(square, cubic))), inner));
  const slope = mul(sub(1, mul(t, t)), mul(add(1, mul(square, 3 * cubic)), inner));
  return mul(add(add(1, t), mul(x, slope)), 0.5);
}

/** x·Φ(x), elementwise, as in `@conv/core`. */
export function gelu(x: Input, options?: GeluOptions): Variable {
  return geluOp(floating("gelu", x), geluOptions(options));
}

type SoftplusPlan = Required<SoftplusOptions>;

const softplusOp = /* @__PURE__ */ defineOp({
  name: "softplus",
  inputs: ["x"],
  forward: ({ x }, plan: SoftplusPlan) => kernels.softplus(x, plan),
  adjoint: {
    x: (gradY, { x }, { beta, threshold }) => {
      const scaled = mul(x, beta);
      return where(kernels.step(sub(scaled, threshold).value), gradY, mul(gradY, sigmoidOp(scaled)));
    },
  },
});

/** ln(1 + e^{βx})/β, elementwise, as in `@conv/core`. */
export function softplus(x: Input, options?: SoftplusOptions): Variable {
  return softplusOp(floating("softplus", x), softplusOptions(options));
}
