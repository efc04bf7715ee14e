import { defineKernel } from "../device/defineKernel.js";
import { each, ofEach } from "../maps/loops.js";
import * as wasm from "../wasm/elementwise.js";

/** c₀ + c₁x + c₂x² + … */
function polynomial(x: number, coefficients: readonly number[]): number {
  let value = 0;
  for (let i = coefficients.length - 1; i >= 0; i--) value = value * x + coefficients[i];
  return value;
}

// Quotients P(s)/Q(s) of polynomials, each for a range of |x|; lowest powers first. Coefficients: Sun's fdlibm, s_erf.c.
const BELOW_1_P = [
  0.12837916709551256, -0.3250421072470015, -0.02848174957559851, -0.005770270296489442, -0.000023763016656650163,
];
const BELOW_1_Q = [
  1, 0.39791722395915535, 0.0650222499887673, 0.005081306281875766, 0.00013249473800432164, -0.000003960228278775368,
];
const NEAR_1_P = [
  -0.0023621185607526594, 0.41485611868374833, -0.3722078760357013, 0.31834661990116175, -0.11089469428239668,
  0.035478304325618236, -0.002166375594868791,
];
const NEAR_1_Q = [
  1, 0.10642088040084423, 0.540397917702171, 0.07182865441419627, 0.12617121980876164, 0.01363708391202905,
  0.011984499846799107,
];
const BELOW_3_P = [
  -0.009864944034847148, -0.6938585727071818, -10.558626225323291, -62.375332450326006, -162.39666946257347,
  -184.60509290671104, -81.2874355063066, -9.814329344169145,
];
const BELOW_3_Q = [
  1, 19.651271667439257, 137.65775414351904, 434.56587747522923, 645.3872717332679, 429.00814002756783,
  108.63500554177944, 6.570249770319282, -0.0604244152148581,
];
const ABOVE_3_P = [
  -0.0098649429247001, -0.799283237680523, -17.757954917754752, -160.63638485582192, -637.5664433683896,
  -1025.0951316110772, -483.5191916086514,
];
const ABOVE_3_Q = [
  1, 30.33806074348246, 325.7925129965739, 1536.729586084437, 3199.8582195085955, 2553.0504064331644,
  474.52854120695537, -22.44095244658582,
];
/** The value near erf 1 that the range around 1 is expanded about. */
const ERF_1 = 0.8450629115104675;

/**
 * erfc(x) = 1 − erf(x), with full relative precision where it is small.
 *
 * Below 0.84375 a quotient of polynomials in x², around 1 one in x − 1, above it exp(−x² + …)/x with one in 1/x².
 *
 * @see W. J. Cody, "Rational Chebyshev approximations for the error function" (1969); Sun Microsystems, fdlibm.
 */
export function complementaryError(x: number): number {
  const size = Math.abs(x);
  if (size < 0.84375) {
    const s = x * x;
    return 1 - (x + (x * polynomial(s, BELOW_1_P)) / polynomial(s, BELOW_1_Q));
  }
  const tail = tailOf(size);
  return x > 0 ? tail : 2 - tail;
}

/** erf(x) = 2/√π ∫₀ˣ e^{−t²} dt: odd, from −1 to 1. */
export function errorFunction(x: number): number {
  const size = Math.abs(x);
  if (size < 0.84375) {
    const s = x * x;
    return x + (x * polynomial(s, BELOW_1_P)) / polynomial(s, BELOW_1_Q);
  }
  return Math.sign(x) * (1 - tailOf(size));
}

/** erfc(x) for x ≥ 0.84375, and NaN. */
function tailOf(x: number): number {
  if (x < 1.25) return 1 - ERF_1 - polynomial(x - 1, NEAR_1_P) / polynomial(x - 1, NEAR_1_Q);
  if (x > 28) return 0;
  const s = 1 / (x * x);
  const isBelow3 = x < 1 / 0.35;
  const quotient = polynomial(s, isBelow3 ? BELOW_3_P : ABOVE_3_P) / polynomial(s, isBelow3 ? BELOW_3_Q : ABOVE_3_Q);
  const rounded = Math.fround(x); // exp(−x²) keeps its digits when −x² is cut into an exact square and a small rest
  return (Math.exp(-rounded * rounded - 0.5625) * Math.exp((rounded - x) * (rounded + x) + quotient)) / x;
}

/** The kernel of `erf`. */
export const erfKernel = /* @__PURE__ */ defineKernel(
  "erf",
  each((ys, xs) => {
    for (let i = 0; i < ys.length; i++) ys[i] = errorFunction(xs[i]);
  }),
  "floating",
  wasm.erf,
);

/** erf(x) = 2/√π ∫₀ˣ e^{−t²} dt, elementwise: Φ(x) = (1 + erf(x/√2))/2 is the normal distribution's. */
export const erf = /* @__PURE__ */ ofEach("erf", erfKernel, "floating");
