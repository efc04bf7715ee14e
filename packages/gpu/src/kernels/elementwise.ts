import type { Kernels, Tensor } from "@conv/core";
import type { Body, Maps } from "../maps.js";
import { literal } from "../source.js";

type Names =
  | "neg" | "abs" | "exp" | "log" | "sqrt" | "step" | "cast"
  | "relu" | "leakyRelu" | "elu" | "gelu" | "erf" | "sigmoid" | "silu" | "tanh" | "softplus"; // biome-ignore format: two groups

/** erf(v) to 1.2·10⁻⁷: Numerical Recipes' fraction of 1/(1 + |v|/2), by Chebyshev polynomials. Leaves it in `erf`. */
const ERF = `const t = 1 / (1 + 0.5 * Math.abs(v));
const tail = t * Math.exp(-v * v - 1.26551223 + t * (1.00002368 + t * (0.37409196 + t * (0.09678418 + t * (-0.18628806
  + t * (0.27886807 + t * (-1.13520398 + t * (1.48851587 + t * (-0.82215223 + t * 0.17087277)))))))));
let erf = 1 - tail;
if (v < 0) { erf = tail - 1; }`;

/** eᵛ − 1 without loss of digits near 0. Leaves it in `grown`. */
const EXPM1 = `let grown = 0;
if (Math.abs(v) < 0.05) { grown = v * (1 + v * (0.5 + v * (0.16666667 + v * 0.041666668))); } else { grown = Math.exp(v) - 1; }`;

/** tanh: beyond ±10 it is ±1 to the last digit, and a graphics processor may overflow on its way. */
const tanh = (v: string) => `Math.tanh(Math.min(Math.max(${v}, -10), 10))`;

/** Maps of single elements, and the activations. */
export function elementwise(maps: Maps): Pick<Kernels<Tensor>, Names> {
  /** The body has the element as `v`. */
  const map = (operator: string, x: Tensor, [before, result]: Body, key?: unknown, dtype = x.dtype): Tensor =>
    maps.map({
      operator,
      inputs: { x },
      shape: x.shape,
      dtype,
      slabs: x.size,
      key,
      body: () => [`const v = x[i];\n${before}`, result],
    });
  const each =
    (operator: string, result: string, before = "") =>
    (x: Tensor): Tensor =>
      map(operator, x, [before, result]);
  return {
    neg: each("neg", "-v"),
    abs: each("abs", "Math.abs(v)"),
    exp: each("exp", "Math.exp(v)"),
    log: each("log", "Math.log(v)"),
    sqrt: each("sqrt", "Math.sqrt(v)"),
    step: each("step", "y", "let y = 0;\nif (v > 0) { y = 1; }"),
    cast: (x, dtype) => {
      if (dtype !== "int32") return map("cast", x, ["", "v"], dtype, dtype);
      return map("cast", x, ["let y = Math.floor(Math.abs(v));\nif (v < 0) { y = -y; }", "y"], dtype, dtype);
    },
    relu: each("relu", "y", "let y = v;\nif (v < 0) { y = 0; }"),
    leakyRelu: (x, { negativeSlope }) =>
      map("leakyRelu", x, [`let y = v;\nif (v < 0) { y = v * ${literal(negativeSlope)}; }`, "y"], negativeSlope),
    elu: (x, { alpha, scale }) => {
      const before = `${EXPM1}\nlet y = v;\nif (v < 0) { y = grown * ${literal(alpha)}; }`;
      return map("elu", x, [before, `y * ${literal(scale)}`], [alpha, scale]);
    },
    gelu: (x, { approximate }) => {
      if (approximate === "tanh") {
        return map(
          "gelu",
          x,
          ["", `v * 0.5 * (1 + ${tanh("0.7978845608 * (v + 0.044715 * v * v * v)")})`],
          approximate,
        );
      }
      return map(
        "gelu",
        x,
        [`const u = v;\n${ERF.replace(/\bv\b/g, "(u * 0.70710678)")}`, "u * 0.5 * (1 + erf)"],
        approximate,
      );
    },
    erf: each("erf", "erf", ERF),
    sigmoid: each("sigmoid", "1 / (1 + Math.exp(-v))"),
    silu: each("silu", "v / (1 + Math.exp(-v))"),
    tanh: each("tanh", tanh("v")),
    softplus: (x, { beta, threshold }) => {
      const before = `const t = v * ${literal(beta)};
let y = v;
if (t <= ${literal(threshold)}) { y = (Math.max(t, 0) + Math.log(1 + Math.exp(-Math.abs(t)))) / ${literal(beta)}; }`;
      return map("softplus", x, [before, "y"], [beta, threshold]);
    },
  };
}
