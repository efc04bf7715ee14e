import type { DType, Kernels, Tensor } from "@conv/core";
import type { Body, Maps } from "../maps.js";
import { beyondRange, notANumber } from "../source.js";

type Names =
  | "neg" | "abs" | "exp" | "log" | "sqrt" | "step" | "cast"
  | "relu" | "leakyRelu" | "elu" | "gelu" | "erf" | "sigmoid" | "silu" | "tanh" | "softplus"; // biome-ignore format: two groups

/**
 * tail = 1 − erf|v| to 1.2·10⁻⁷ of itself: Numerical Recipes' fraction of 1/(1 + |v|/2), by Chebyshev polynomials. For small
 * |v| the series of erf, because 1 − tail has no digits left there.
 */
const ERF = `const t = 1 / (1 + 0.5 * Math.abs(v));
const tail = t * Math.exp(-v * v - 1.26551223 + t * (1.00002368 + t * (0.37409196 + t * (0.09678418 + t * (-0.18628806
  + t * (0.27886807 + t * (-1.13520398 + t * (1.48851587 + t * (-0.82215223 + t * 0.17087277)))))))));
const s = v * v;
let erf = 1 - tail;
if (v < 0) { erf = tail - 1; }
if (s < 0.25) {
  erf = v * (1.12837917 + s * (-0.37612639 + s * (0.112837917 + s * (-0.026866171 + s * (0.0052239776 - s * 0.00085483273)))));
}`;

/** eᵛ − 1 without loss of digits near 0. Leaves it in `grown`. */
const EXPM1 = `let grown = Math.exp(v) - 1;
if (Math.abs(v) < 0.3) {
  grown = v * (1 + v * (0.5 + v * (0.16666667 + v * (0.041666667 + v * (0.0083333333 + v * 0.0013888889)))));
}`;

/** ln(1 + e), for e from 0 to 1, without loss of digits near 0. Leaves it in `grown`. */
const LOG1P = `let grown = Math.log(1 + e);
if (e < 0.1) { grown = e * (1 - e * (0.5 - e * (0.33333333 - e * (0.25 - e * (0.2 - e * 0.16666667))))); }`;

/** tanh v. Beyond ±10 it is ±1 to the last digit, where a graphics processor may overflow; near 0 it may lose digits. */
const TANH = `let t = v;
if (v > 10) { t = 10; }
if (v < -10) { t = -10; }
const s = t * t;
let y = Math.tanh(t);
if (s < 0.09) { y = t * (1 - s * (0.33333333 - s * (0.13333333 - s * (0.053968254 - s * 0.021869489)))); }`;

/** What no number has: an argument, because a text cannot hold it. */
const none = Number.NaN;

/** Maps of single elements, and the activations. Graphics processors make numbers of NaN and of log(−1): texts see to that. */
export function elementwise(maps: Maps): Pick<Kernels<Tensor>, Names> {
  /** The body has the element as `v`, and the numbers under their names. */
  const map = (
    operator: string,
    x: Tensor,
    [before, result]: Body,
    options: {
      readonly numbers?: Readonly<Record<string, number>>;
      readonly dtype?: DType;
      readonly key?: unknown;
    } = {},
  ): Tensor =>
    maps.map({
      operator,
      inputs: { x },
      shape: x.shape,
      slabs: x.size,
      body: () => [`const v = x[i];\n${before}`, result],
      ...options,
    });
  const each =
    (operator: string, result: string, before = "", numbers = {}) =>
    (x: Tensor): Tensor =>
      map(operator, x, [before, result], { numbers });
  const nanPasses = `if (${notANumber("v")}) { y = v; }`;
  return {
    neg: each("neg", "-v"),
    abs: each("abs", "Math.abs(v)"),
    exp: each("exp", "y", `let y = Math.exp(v);\n${nanPasses}`),
    log: each("log", "y", "let y = none;\nif (v > 0) { y = Math.log(v); }\nif (v == 0) { y = -1 / Math.abs(v); }", {
      none,
    }),
    sqrt: each("sqrt", "y", "let y = none;\nif (v >= 0) { y = Math.sqrt(v); }", { none }),
    step: each("step", "y", "let y = 0;\nif (v > 0) { y = 1; }"),
    cast: (x, dtype) => {
      if (dtype === "float64") {
        throw new TypeError(`cast: the device ${x.device.name} has no float64. Compute in float32, or on the cpu.`);
      }
      if (dtype !== "int32") return map("cast", x, ["", "v"], { dtype });
      const whole = `let y = Math.floor(Math.abs(v));\nif (v < 0) { y = -y; }\n${beyondRange("y")}`;
      return map("cast", x, [whole, "y"], { dtype });
    },
    relu: each("relu", "y", "let y = v;\nif (v < 0) { y = 0; }"),
    leakyRelu: (x, { negativeSlope }) =>
      map("leakyRelu", x, ["let y = v;\nif (v <= 0) { y = v * slope; }", "y"], { numbers: { slope: negativeSlope } }),
    elu: (x, { alpha, scale }) =>
      map("elu", x, [`${EXPM1}\nlet y = v;\nif (v <= 0) { y = alpha * grown; }`, "scale * y"], {
        numbers: { alpha, scale },
      }),
    gelu: (x, { approximate }) => {
      if (approximate === "tanh") {
        // (1 + tanh z)/2 = 1/(1 + e^−2z), which keeps its digits where tanh z is nearly −1
        return map("gelu", x, ["", "v / (1 + Math.exp(-1.5957691216 * (v + 0.044715 * v * v * v)))"], {
          key: approximate,
        });
      }
      const before = `const u = x[i];
const v = u * 0.70710678;
${ERF}
let share = 1 + erf;
if (v < -0.5) { share = tail; }`;
      return maps.map({
        operator: "gelu",
        inputs: { x },
        shape: x.shape,
        slabs: x.size,
        key: approximate,
        body: () => [before, "u * 0.5 * share"],
      });
    },
    erf: each("erf", "erf", ERF),
    sigmoid: each("sigmoid", "y", `let y = 1 / (1 + Math.exp(-v));\n${nanPasses}`),
    silu: each("silu", "v / (1 + Math.exp(-v))"),
    tanh: each("tanh", "y", `${TANH}\n${nanPasses}`),
    softplus: (x, { beta, threshold }) => {
      const before = `const t = v * beta;
const e = Math.exp(-Math.abs(t));
${LOG1P}
let y = v;
if (t <= threshold) { y = (Math.max(t, 0) + grown) / beta; }`;
      return map("softplus", x, [before, "y"], { numbers: { beta, threshold } });
    },
  };
}
