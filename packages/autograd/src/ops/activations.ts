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
/** 2/√π ∫₀ˣ e^{−t²} dt, elementwise; gradX = gradY·2/√π·e^{−x²}. Keeps x. Types and errors: as in `@conv/core`. */
export const erf = /* @__PURE__ */ ofEach("erf", erfOp);

const leakyReluOp = /* @__PURE__ */ defineOp({
  name: "leakyRelu",
  inputs: ["x"],
  forward: ({ x }, plan: Required<LeakyReluOptions>) => kernels.leakyRelu(x, plan),
  adjoint: {
    x: (gradY, { x }, { negativeSlope }) => where(kernels.step(x.value), gradY, mul(gradY, negativeSlope)),
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
  return leakyReluOp(floating("leakyRelu", x), leakyReluOptions(options));
}

/**
 * x above 0, w·x below, elementwise, x [N, C, …] with a slope for each channel, w [C]; or one for all, w [1].
 *
 *     gradX = gradY where x > 0, else w·gradY     so w at x = 0, as in PyTorch
 *     gradW = Σ gradY·x where x ≤ 0               over all that share the slope
 *
 * Keeps where x > 0; the slopes if x needs a gradient; and x where it is not above 0, if w does.
 *
 * Shapes, types and errors: as in `@conv/core`.
 *
 * @see He, Zhang, Ren and Sun, "Delving deep into rectifiers" (arXiv:1502.01852).
 * @example
 * const [x, w] = [variable(tensor([-2, 0, 3])), variable(tensor([0.25]))];
 * sum(prelu(x, w)).backward();
 * x.grad; // [0.25, 0.25, 1]
 * w.grad; // [-2]
 */
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
  return eluOp(floating("elu", x), eluOptions(options));
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
  return softplusOp(floating("softplus", x), softplusOptions(options));
}
