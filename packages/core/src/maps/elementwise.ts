import { defineKernel } from "../device/defineKernel.js";
import { checkNumber, checkOptions, expectTensor } from "../options.js";
import { tidy } from "../scope.js";
import type { Tensor } from "../tensor.js";
import * as wasm from "../wasm/elementwise.js";
import { maximum, minimum } from "./arithmetic.js";
import { each, ofEach } from "./loops.js";

/** The kernel of `neg`. */
export const negKernel = /* @__PURE__ */ defineKernel(
  "neg",
  each((ys, xs) => {
    for (let i = 0; i < ys.length; i++) ys[i] = -xs[i];
  }),
  "same",
  wasm.neg,
);
/** The kernel of `abs`. */
export const absKernel = /* @__PURE__ */ defineKernel(
  "abs",
  each((ys, xs) => {
    for (let i = 0; i < ys.length; i++) ys[i] = Math.abs(xs[i]);
  }),
  "same",
  wasm.abs,
);
/** The kernel of `exp`. */
export const expKernel = /* @__PURE__ */ defineKernel(
  "exp",
  each((ys, xs) => {
    for (let i = 0; i < ys.length; i++) ys[i] = Math.exp(xs[i]);
  }),
  "floating",
  wasm.exp,
);
/** The kernel of `log`. */
export const logKernel = /* @__PURE__ */ defineKernel(
  "log",
  each((ys, xs) => {
    for (let i = 0; i < ys.length; i++) ys[i] = Math.log(xs[i]);
  }),
  "floating",
  wasm.log,
);
/** The kernel of `sqrt`. */
export const sqrtKernel = /* @__PURE__ */ defineKernel(
  "sqrt",
  each((ys, xs) => {
    for (let i = 0; i < ys.length; i++) ys[i] = Math.sqrt(xs[i]);
  }),
  "floating",
  wasm.sqrt,
);
/** The kernel of `step`. */
export const stepKernel = /* @__PURE__ */ defineKernel(
  "step",
  each((ys, xs) => {
    for (let i = 0; i < ys.length; i++) ys[i] = xs[i] > 0 ? 1 : 0;
  }),
  "same",
  wasm.step,
);

/** −x, elementwise. */
export const neg = /* @__PURE__ */ ofEach("neg", negKernel);
/** |x|, elementwise. */
export const abs = /* @__PURE__ */ ofEach("abs", absKernel);
/** eˣ, elementwise. */
export const exp = /* @__PURE__ */ ofEach("exp", expKernel, "floating");
/** ln x, elementwise: NaN below 0. */
export const log = /* @__PURE__ */ ofEach("log", logKernel, "floating");
/** √x, elementwise: NaN below 0. */
export const sqrt = /* @__PURE__ */ ofEach("sqrt", sqrtKernel, "floating");
/** 1 where x > 0, else 0: the derivative of `relu`, 0 at 0. */
export const step = /* @__PURE__ */ ofEach("step", stepKernel);

/** The options of `clamp`. */
export interface ClampOptions {
  /** Smaller elements become this. Default: no bound. */
  readonly min?: number;
  /** Larger elements become this; it wins over a larger `min`. Default: no bound. */
  readonly max?: number;
}

/** The bounds of a `clamp`, checked: at least one of them is given. */
export function clampBounds(options: ClampOptions): ClampOptions {
  checkOptions("clamp", options, ["min", "max"]);
  const { min, max } = options;
  if (min === undefined && max === undefined) {
    throw new TypeError("clamp: neither min nor max is given. Pass { min }, { max } or both.");
  }
  if (min !== undefined) checkNumber("clamp", "min", min);
  if (max !== undefined) checkNumber("clamp", "max", max);
  return { min, max };
}

/**
 * min(max(x, lower), upper), elementwise; NaN stays NaN.
 *
 * @throws {TypeError} When no bound is given.
 * @example
 * clamp(tensor([-1, 3, 8]), { min: 0, max: 6 }); // [0, 3, 6]
 */
export function clamp(x: Tensor, options: ClampOptions): Tensor {
  expectTensor("clamp", "x", x);
  const { min, max } = clampBounds(options);
  return tidy(() => {
    const above = min === undefined ? x : maximum(x, min);
    return max === undefined ? above : minimum(above, max);
  });
}
