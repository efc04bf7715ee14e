// The exponential function and its relatives, two lanes of float64 at a time: their errors, some 10⁻⁹ at most, vanish when
// the results are rounded to float32, and what float32 cannot hold on the way needs no care. The coefficients, highest
// powers first, are those of minimax polynomials (Lawson's algorithm). They are in memory because there an instruction finds
// one in a cycle; as constants of the code they take engines four instructions each.

// @ts-ignore: decorator
@inline const EXP: usize = memory.data<f64>([
  710, -708, 1.4426950408889634, 6755399441055744 /* 1.5 · 2⁵² */, 0.6931471805599453, //
  0.0001991356074347, 0.001394101370936, 0.008333274155236, 0.04166635452377, 0.1666666681238, 0.5000000046487, 1,
]);
// @ts-ignore: decorator
@inline const LOG: usize = memory.data<f64>([
  4503599627370496 /* 2⁵² */, 4503599627371519 /* 2⁵² + 1023 */, 0.6931471805599453, //
  0.0004605876625959, 0.002229477847296, 0.0125001046818, 0.08333333205854,
]);
// @ts-ignore: decorator
@inline const LOG_1_PLUS: usize = memory.data<f64>([0.00054710925224, 0.002187640904655, 0.01250672730335, 0.08333302035313]);
// @ts-ignore: decorator
@inline const TAIL: usize = memory.data<f64>([
  -0.02062872141567, 0.1124651151239, -0.2282855308842, 0.1918842587998, -0.07950994630605, 0.09620533002683,
  0.07837208702932, 0.1102393747312, 0.1195713143362, 0.1196867168259, 0.3, -0.5,
]);
// @ts-ignore: decorator
@inline const ERF: usize = memory.data<f64>([
  7.853857700756e-5, -0.0008010192519069, 0.005188327559826, -0.02685381186903, 0.1128358514703, -0.3761262582409,
  0.1283791657267,
]);
// @ts-ignore: decorator
@inline const SMALL: usize = memory.data<f64>([0, 1, 2]);

/** The i-th number of a table, in both lanes. */
// @ts-ignore: decorator
@inline
function at(table: usize, i: usize): v128 {
  return v128.load64_splat(table + (i << 3));
}

/** 0, 1 or 2 in both lanes. */
// @ts-ignore: decorator
@inline
export function small(n: usize): v128 {
  return at(SMALL, n);
}

/** The polynomial with every second one of the coefficients `from` to `to` of a table. */
// @ts-ignore: decorator
@inline
function chain(x: v128, table: usize, from: usize, to: usize): v128 {
  let y = at(table, from);
  if (from + 2 <= to) y = f64x2.add(f64x2.mul(x, y), at(table, from + 2));
  if (from + 4 <= to) y = f64x2.add(f64x2.mul(x, y), at(table, from + 4));
  if (from + 6 <= to) y = f64x2.add(f64x2.mul(x, y), at(table, from + 6));
  if (from + 8 <= to) y = f64x2.add(f64x2.mul(x, y), at(table, from + 8));
  return y;
}

/** The polynomial with the coefficients `from` to `to`: of even and of odd powers side by side, which takes half the time. */
// @ts-ignore: decorator
@inline
function polynomial(x: v128, table: usize, from: usize, to: usize): v128 {
  const z = f64x2.mul(x, x);
  const first = chain(z, table, from, to), second = chain(z, table, from + 1, to);
  return (to - from) & 1 ? f64x2.add(f64x2.mul(x, first), second) : f64x2.add(f64x2.mul(x, second), first);
}

/**
 * eˣ, or eˣ − 1 with all its digits near 0: to 3·10⁻¹⁰. x = n ln 2 + r, eˣ = 2ⁿ · eʳ. Below −708 it stays what it is there,
 * nothing for float32; above 709.8 it is infinite; NaN stays NaN.
 */
// @ts-ignore: decorator
@inline
export function exponential(x: v128, minusOne: bool): v128 {
  x = f64x2.pmax(f64x2.pmin(x, at(EXP, 0)), at(EXP, 1));
  const rounder = at(EXP, 3); // added to a small number it leaves the nearest integer, in the lowest bits
  const rounded = f64x2.add(f64x2.mul(x, at(EXP, 2)), rounder);
  const r = f64x2.sub(x, f64x2.mul(f64x2.sub(rounded, rounder), at(EXP, 4)));
  const power = i64x2.add(i64x2.shl(rounded, 52), at(EXP, 11)); // 2ⁿ: infinite for n = 1024
  const p = f64x2.mul(r, polynomial(r, EXP, 5, 11)); // eʳ − 1
  if (!minusOne) return f64x2.mul(power, f64x2.add(p, at(EXP, 11)));
  return f64x2.sub(f64x2.mul(power, p), f64x2.sub(at(EXP, 11), power)); // −0 stays −0
}

/** ln x for x ≥ 0, which is −∞ at 0, to 5·10⁻¹²: x = 2ⁿ m with m about 1, ln m = 2 artanh ((m − 1)/(m + 1)). */
// @ts-ignore: decorator
@inline
export function logarithm(x: v128): v128 {
  const half = 0x3fe6a09e667f3bcd; // the bits of √½: n is what the exponent of x is above
  const n = i64x2.shr_u(i64x2.add(i64x2.sub(x, i64x2.splat(half)), small(1)), 52); // and 1023
  const m = i64x2.sub(x, i64x2.shl(i64x2.sub(n, i64x2.splat(1023)), 52));
  const s = f64x2.div(f64x2.mul(small(2), f64x2.sub(m, small(1))), f64x2.add(m, small(1)));
  const z = f64x2.mul(s, s);
  const fraction = f64x2.add(s, f64x2.mul(s, f64x2.mul(z, polynomial(z, LOG, 3, 6))));
  const y = f64x2.add(f64x2.mul(f64x2.sub(v128.or(n, at(LOG, 0)), at(LOG, 1)), at(LOG, 2)), fraction);
  const finite = v128.bitselect(y, x, f64x2.lt(x, f64x2.splat(Infinity))); // ∞ and NaN stay
  return v128.bitselect(f64x2.splat(-Infinity), finite, f64x2.eq(x, small(0)));
}

/** ln (1 + x) for x from 0 to 1, to 5·10⁻⁹: 2 artanh (x/(2 + x)). */
// @ts-ignore: decorator
@inline
export function logarithmOf1Plus(x: v128): v128 {
  const s = f64x2.div(f64x2.add(x, x), f64x2.add(x, small(2)));
  const z = f64x2.mul(s, s);
  return f64x2.add(s, f64x2.mul(s, f64x2.mul(z, polynomial(z, LOG_1_PLUS, 0, 3))));
}

/** The normal distribution's tail 1 − Φ(u) for u ≥ 0, to 4·10⁻⁹: e^{−u²/2} times a polynomial in t = 1/(1 + 0.3 u). */
// @ts-ignore: decorator
@inline
export function tail(u: v128): v128 {
  const t = f64x2.div(small(1), f64x2.add(small(1), f64x2.mul(u, at(TAIL, 10))));
  const power = exponential(f64x2.mul(f64x2.mul(u, u), at(TAIL, 11)), false);
  return f64x2.mul(f64x2.mul(t, polynomial(t, TAIL, 0, 9)), power);
}

/** erf x for x from −1 to 1, to 2·10⁻⁹. */
// @ts-ignore: decorator
@inline
export function errorNear0(x: v128): v128 {
  const z = f64x2.mul(x, x);
  return f64x2.add(x, f64x2.mul(x, polynomial(z, ERF, 0, 6)));
}
