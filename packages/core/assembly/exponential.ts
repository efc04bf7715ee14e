// The exponential function and its relatives, two lanes of float64 at a time: their errors, some 10⁻⁹ at most, vanish when
// the results are rounded to float32, and what float32 cannot hold on the way needs no care. The coefficients are those of
// minimax polynomials (Lawson's algorithm), each for a relative error that is stated.

// @ts-ignore: decorator
@inline const LN_2: f64 = 0.6931471805599453;
// @ts-ignore: decorator
@inline const LOG2_E: f64 = 1.4426950408889634;
/** 1.5 · 2⁵²: added to a small number it leaves the nearest integer, in the lowest bits. */
// @ts-ignore: decorator
@inline const ROUNDER: f64 = 6755399441055744;

/** a · b + c in both lanes. */
// @ts-ignore: decorator
@inline
function fma2(a: v128, b: v128, c: f64): v128 {
  return f64x2.add(f64x2.mul(a, b), f64x2.splat(c));
}

/**
 * eˣ, or eˣ − 1 with all its digits near 0: to 3·10⁻¹⁰. x = n ln 2 + r, eˣ = 2ⁿ · eʳ. Below −708 it stays what it is there,
 * nothing for float32; above 709.8 it is infinite; NaN stays NaN.
 */
// @ts-ignore: decorator
@inline
export function exponential(x: v128, minusOne: bool): v128 {
  x = f64x2.max(f64x2.min(x, f64x2.splat(710)), f64x2.splat(-708));
  const rounded = fma2(x, f64x2.splat(LOG2_E), ROUNDER);
  const r = f64x2.sub(x, f64x2.mul(f64x2.sub(rounded, f64x2.splat(ROUNDER)), f64x2.splat(LN_2)));
  const power = i64x2.shl(i64x2.add(rounded, i64x2.splat(1023)), 52); // 2ⁿ: infinite for n = 1024
  let q = fma2(r, f64x2.splat(0.0001991356074347), 0.001394101370936);
  q = fma2(r, q, 0.008333274155236);
  q = fma2(r, q, 0.04166635452377);
  q = fma2(r, q, 0.1666666681238);
  q = fma2(r, q, 0.5000000046487);
  q = f64x2.mul(power, f64x2.mul(r, fma2(r, q, 1))); // 2ⁿ (eʳ − 1)
  return minusOne ? f64x2.sub(q, f64x2.sub(f64x2.splat(1), power)) : f64x2.add(q, power);
}

/** ln x for x ≥ 0, which is −∞ at 0, to 5·10⁻¹²: x = 2ⁿ m with m about 1, ln m = 2 artanh ((m − 1)/(m + 1)). */
// @ts-ignore: decorator
@inline
export function logarithm(x: v128): v128 {
  const offset = i64x2.sub(x, i64x2.splat(0x3fe6a09e667f3bcd)); // the bits of √½: n is what its exponent is above
  const n = i64x2.shr_u(i64x2.add(offset, i64x2.splat(1023 << 52)), 52);
  const m = i64x2.sub(x, i64x2.shl(i64x2.sub(n, i64x2.splat(1023)), 52));
  const exponent = f64x2.sub(v128.or(n, f64x2.splat(4503599627370496)), f64x2.splat(4503599627370496 + 1023)); // 2⁵² + n
  const one = f64x2.splat(1);
  const s = f64x2.div(f64x2.mul(f64x2.splat(2), f64x2.sub(m, one)), f64x2.add(m, one));
  const z = f64x2.mul(s, s);
  let q = fma2(z, f64x2.splat(0.0004605876625959), 0.002229477847296);
  q = fma2(z, q, 0.0125001046818);
  q = fma2(z, q, 0.08333333205854);
  q = f64x2.add(s, f64x2.mul(s, f64x2.mul(z, q)));
  q = f64x2.add(f64x2.mul(exponent, f64x2.splat(LN_2)), q);
  q = v128.bitselect(q, x, f64x2.lt(x, f64x2.splat(Infinity))); // ∞ and NaN stay
  return v128.bitselect(f64x2.splat(-Infinity), q, f64x2.eq(x, f64x2.splat(0)));
}

/** ln (1 + x) for x from 0 to 1, to 5·10⁻⁹: 2 artanh (x/(2 + x)). */
// @ts-ignore: decorator
@inline
export function logarithmOf1Plus(x: v128): v128 {
  const s = f64x2.div(f64x2.add(x, x), f64x2.add(x, f64x2.splat(2)));
  const z = f64x2.mul(s, s);
  let q = fma2(z, f64x2.splat(0.00054710925224), 0.002187640904655);
  q = fma2(z, q, 0.01250672730335);
  q = fma2(z, q, 0.08333302035313);
  return f64x2.add(s, f64x2.mul(s, f64x2.mul(z, q)));
}

/** The normal distribution's tail 1 − Φ(u) for u ≥ 0, to 4·10⁻⁹: e^{−u²/2} times a polynomial in t = 1/(1 + 0.3 u). */
// @ts-ignore: decorator
@inline
export function tail(u: v128): v128 {
  const t = f64x2.div(f64x2.splat(1), fma2(u, f64x2.splat(0.3), 1));
  let q = fma2(t, f64x2.splat(-0.02062872141567), 0.1124651151239);
  q = fma2(t, q, -0.2282855308842);
  q = fma2(t, q, 0.1918842587998);
  q = fma2(t, q, -0.07950994630605);
  q = fma2(t, q, 0.09620533002683);
  q = fma2(t, q, 0.07837208702932);
  q = fma2(t, q, 0.1102393747312);
  q = fma2(t, q, 0.1195713143362);
  q = fma2(t, q, 0.1196867168259);
  const power = exponential(f64x2.mul(f64x2.mul(u, u), f64x2.splat(-0.5)), false);
  return f64x2.mul(f64x2.mul(t, q), power);
}

/** erf x for x from −1 to 1, to 2·10⁻⁹. */
// @ts-ignore: decorator
@inline
export function errorNear0(x: v128): v128 {
  const z = f64x2.mul(x, x);
  let q = fma2(z, f64x2.splat(7.853857700756e-5), -0.0008010192519069);
  q = fma2(z, q, 0.005188327559826);
  q = fma2(z, q, -0.02685381186903);
  q = fma2(z, q, 0.1128358514703);
  q = fma2(z, q, -0.3761262582409);
  q = fma2(z, q, 0.1283791657267);
  return f64x2.add(x, f64x2.mul(x, q));
}
