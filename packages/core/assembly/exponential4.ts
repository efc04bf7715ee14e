// The exponential function and its nearest relatives on four lanes of float32, for speed: within 1.6 units in the last
// place, exp and log within 0.9. Tables are in memory, as in exponential.ts.

// @ts-ignore: decorator
@inline const EXP: usize = memory.data<f32>([
  1.44269504, 12582912 /* 1.5 · 2²³ */, 0.693359375, -2.12194440e-4, 0, //
  0.000199180061, 0.00139462162, 0.0083332651, 0.0416662679, 0.166666669, 0.500000008, 1,
]);
// @ts-ignore: decorator
@inline const BOUNDS: usize = memory.data<f32>([89, -176, 19, 710]); // at 710, 2ⁿ is infinite in float64
// @ts-ignore: decorator
@inline const ONE: usize = memory.data<f64>([1]);
// @ts-ignore: decorator
@inline const TANH: usize = memory.data<f32>([
  -0.00570497836, 0.0206390787, -0.0537397122, 0.133314422, -0.333332819, 0.625,
]);
// @ts-ignore: decorator
@inline const LOG: usize = memory.data<f32>([
  0.24279078841, 0.28498786688, 0.40000972152, 0.66666662693, 0.69313812256, 9.0580006145e-6, 0.5, 2, 8388608,
]);

/** The i-th number of a table, in all lanes. */
// @ts-ignore: decorator
@inline
function at(table: usize, i: usize): v128 {
  return v128.load32_splat(table + (i << 2));
}

/** The polynomial with every second one of the coefficients `from` to `to` of a table. */
// @ts-ignore: decorator
@inline
function chain(x: v128, table: usize, from: usize, to: usize): v128 {
  let y = at(table, from);
  if (from + 2 <= to) y = f32x4.add(f32x4.mul(x, y), at(table, from + 2));
  if (from + 4 <= to) y = f32x4.add(f32x4.mul(x, y), at(table, from + 4));
  return y;
}

/** The polynomial with the coefficients `from` to `to`, given x², as in exponential.ts. */
// @ts-ignore: decorator
@inline
function polynomial(x: v128, z: v128, table: usize, from: usize, to: usize): v128 {
  const first = chain(z, table, from, to), second = chain(z, table, from + 1, to);
  return (to - from) & 1 ? f32x4.add(f32x4.mul(x, first), second) : f32x4.add(f32x4.mul(x, second), first);
}

/** x/ln 2 to the nearest integer n, in the lowest bits. */
// @ts-ignore: decorator
@inline
function roundedLog2(x: v128): v128 {
  return f32x4.add(f32x4.mul(x, at(EXP, 0)), at(EXP, 1));
}

/** eʳ for the rest r = x − n ln 2, which is a difference without an error and the small last part of n ln 2. */
// @ts-ignore: decorator
@inline
function ofRest(x: v128, rounded: v128): v128 {
  const n = f32x4.sub(rounded, at(EXP, 1));
  const high = f32x4.sub(x, f32x4.mul(n, at(EXP, 2))), low = f32x4.mul(n, at(EXP, 3));
  const r = f32x4.sub(high, low);
  const z = f32x4.mul(r, r);
  const curve = f32x4.mul(z, polynomial(r, z, EXP, 5, 10));
  return f32x4.add(f32x4.add(f32x4.sub(curve, low), high), at(EXP, 11));
}

/** 2ⁿ; 0 for n = −127. */
// @ts-ignore: decorator
@inline
function power(n: v128): v128 {
  return i32x4.add(i32x4.shl(n, 23), at(EXP, 11));
}

/** eˣ. 2ⁿ comes in two factors, each in range even where eˣ is denormal or infinite. */
// @ts-ignore: decorator
@inline
export function exp4(x: v128): v128 {
  const t = f32x4.pmax(f32x4.pmin(x, at(BOUNDS, 0)), at(BOUNDS, 1));
  const rounded = roundedLog2(t);
  const n = i32x4.sub(rounded, at(EXP, 1)), half = i32x4.shr_s(n, 1);
  return f32x4.mul(f32x4.mul(ofRest(t, rounded), power(half)), power(i32x4.sub(n, half)));
}

/** x/(1 + 2ⁿ p) of two lanes, in float64: nothing there is denormal, and one rounding is left. */
// @ts-ignore: decorator
@inline
function quotient(x: v128, n: v128, p: v128): v128 {
  const one = v128.load64_splat(ONE);
  const e = f64x2.mul(f64x2.promote_low_f32x4(p), i64x2.add(i64x2.shl(n, 52), one));
  return f32x4.demote_f64x2_zero(f64x2.div(x, f64x2.add(one, e)));
}

/** x/(1 + e⁻ˣ), or 1/(1 + e⁻ˣ). */
// @ts-ignore: decorator
@inline
export function sigmoid4(x: v128, isTimesX: bool): v128 {
  const t = f32x4.pmax(f32x4.pmin(f32x4.neg(x), at(BOUNDS, 3)), at(BOUNDS, 1));
  const rounded = roundedLog2(t);
  const n = i32x4.sub(rounded, at(EXP, 1)), p = ofRest(t, rounded);
  const one = v128.load64_splat(ONE);
  const xHigh = v128.shuffle<f32>(x, x, 2, 3, 2, 3), pHigh = v128.shuffle<f32>(p, p, 2, 3, 2, 3);
  const low = quotient(isTimesX ? f64x2.promote_low_f32x4(x) : one, i64x2.extend_low_i32x4_s(n), p);
  const high = quotient(isTimesX ? f64x2.promote_low_f32x4(xHigh) : one, i64x2.extend_high_i32x4_s(n), pHigh);
  return v128.shuffle<f64>(low, high, 0, 2);
}

/** tanh x: 1 − 2/(1 + e^{2|x|}), or, near 0, x plus a polynomial. */
// @ts-ignore: decorator
@inline
export function tanh4(x: v128): v128 {
  const z = f32x4.mul(x, x);
  const near = f32x4.add(x, f32x4.mul(f32x4.mul(x, z), polynomial(z, f32x4.mul(z, z), TANH, 0, 4)));

  const size = f32x4.abs(x), t = f32x4.pmin(f32x4.add(size, size), at(BOUNDS, 2));
  const rounded = roundedLog2(t), one = at(EXP, 11);
  const e = f32x4.mul(ofRest(t, rounded), power(rounded));
  const far = f32x4.sub(one, f32x4.div(f32x4.add(one, one), f32x4.add(e, one)));
  const sign = v128.and(x, f32x4.splat(-0.0));
  return v128.or(v128.bitselect(near, far, f32x4.lt(size, at(TANH, 5))), sign); // of −0, too
}

/** ln x. x = 2ⁿ (1 + f); ln (1 + f) = f − f²/2 + s (f²/2 + R(s²)) with s = f/(2 + f): Sun's fdlibm, e_logf.c. */
// @ts-ignore: decorator
@inline
export function log4(x: v128): v128 {
  const one = at(EXP, 11), zero = f32x4.splat(0);
  const isDenormal = f32x4.lt(x, f32x4.splat(1.17549435e-38));
  const normal = v128.bitselect(f32x4.mul(x, at(LOG, 8)), x, isDenormal);
  const n = i32x4.shr_s(i32x4.sub(normal, i32x4.splat(0x3f3504f3)), 23); // above √½
  const f = f32x4.sub(i32x4.sub(normal, i32x4.shl(n, 23)), one);
  const k = f32x4.convert_i32x4_s(i32x4.sub(n, v128.and(isDenormal, i32x4.splat(23))));
  const s = f32x4.div(f, f32x4.add(f, at(LOG, 7)));
  const z = f32x4.mul(s, s), half = f32x4.mul(f32x4.mul(f, f), at(LOG, 6));
  const q = polynomial(z, f32x4.mul(z, z), LOG, 0, 3);
  const small = f32x4.add(f32x4.mul(s, f32x4.add(half, f32x4.mul(z, q))), f32x4.mul(k, at(LOG, 5)));
  const y = f32x4.sub(f32x4.mul(k, at(LOG, 4)), f32x4.sub(f32x4.sub(half, small), f));
  const infinity = f32x4.splat(Infinity);
  const finite = v128.bitselect(y, f32x4.add(x, x), f32x4.lt(x, infinity)); // ∞ and NaN stay
  const nonNegative = v128.or(finite, f32x4.lt(x, zero)); // NaN: all bits
  return v128.bitselect(f32x4.neg(infinity), nonNegative, f32x4.eq(x, zero));
}
