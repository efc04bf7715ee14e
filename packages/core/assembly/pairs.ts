import { address, int, part } from "./args";
import { exponential, logarithm } from "./exponential";

/** aᵇ of two lanes, a ≥ 0, without the special cases of `pow`. */
// @ts-ignore: decorator
@inline
function power(a: v128, b: v128): v128 {
  const y = f64x2.mul(f64x2.promote_low_f32x4(b), logarithm(f64x2.promote_low_f32x4(a)));
  return f32x4.demote_f64x2_zero(exponential(y, false));
}

/** aᵇ of four lanes: e^{b ln |a|}, and what C's `pow` says of negative a and of 1. */
// @ts-ignore: decorator
@inline
function pow(a: v128, b: v128): v128 {
  const one = f32x4.splat(1), infinity = f32x4.splat(Infinity), zero = f32x4.splat(0);
  const size = f32x4.abs(a);
  const low = power(size, b);
  const high = power(v128.shuffle<f32>(size, size, 2, 3, 2, 3), v128.shuffle<f32>(b, b, 2, 3, 2, 3));
  let y = v128.shuffle<f64>(low, high, 0, 2);
  const half = f32x4.mul(b, f32x4.splat(0.5));
  const isInteger = f32x4.eq(f32x4.nearest(b), b);
  const isOdd = v128.andnot(isInteger, f32x4.eq(f32x4.nearest(half), half));
  y = v128.xor(y, v128.and(v128.and(a, isOdd), f32x4.splat(-0.0)));
  const isUndefined = v128.andnot(v128.and(f32x4.lt(a, zero), f32x4.lt(size, infinity)), isInteger);
  y = v128.or(y, isUndefined); // NaN: all bits
  const isOne = v128.and(f32x4.eq(size, one), v128.or(f32x4.eq(f32x4.abs(b), infinity), f32x4.eq(a, one)));
  return v128.bitselect(one, y, v128.or(isOne, f32x4.eq(b, zero)));
}

// @ts-ignore: decorator
@inline
function apply(op: i32, a: v128, b: v128, c: v128): v128 {
  if (op == 0) return f32x4.add(a, b);
  if (op == 1) return f32x4.sub(a, b);
  if (op == 2) return f32x4.mul(a, b);
  if (op == 3) return f32x4.div(a, b);
  if (op == 4) return f32x4.max(a, b); // NaN if one is NaN, and −0 < 0
  if (op == 5) return f32x4.min(a, b);
  if (op == 6) return pow(a, b);
  if (op == 7) return v128.bitselect(b, a, f32x4.eq(c, f32x4.splat(0))); // where, of a float32 condition
  return v128.bitselect(b, a, i32x4.eq(c, i32x4.splat(0)));
}

/**
 * A row of four or more elements: vector after vector, the last one where it ends with the row. An operand that repeats
 * itself is one vector, its mask 0.
 */
// @ts-ignore: decorator
@inline
function loop(op: i32, y: usize, a: usize, b: usize, c: usize, aMask: i32, bMask: i32, cMask: i32, last: i32): void {
  let i: i32 = 0;
  while (true) {
    const as = v128.load(a + <usize>(i & aMask)), bs = v128.load(b + <usize>(i & bMask));
    const cs = op < 7 ? as : v128.load(c + <usize>(i & cMask));
    v128.store(y + <usize>i, apply(op, as, bs, cs));
    if (i == last) return;
    i = min<i32>(i + 16, last);
  }
}

function adds(y: usize, a: usize, b: usize, am: i32, bm: i32, last: i32): void { loop(0, y, a, b, 0, am, bm, 0, last); }
function subs(y: usize, a: usize, b: usize, am: i32, bm: i32, last: i32): void { loop(1, y, a, b, 0, am, bm, 0, last); }
function muls(y: usize, a: usize, b: usize, am: i32, bm: i32, last: i32): void { loop(2, y, a, b, 0, am, bm, 0, last); }
function divs(y: usize, a: usize, b: usize, am: i32, bm: i32, last: i32): void { loop(3, y, a, b, 0, am, bm, 0, last); }
function maxs(y: usize, a: usize, b: usize, am: i32, bm: i32, last: i32): void { loop(4, y, a, b, 0, am, bm, 0, last); }
function mins(y: usize, a: usize, b: usize, am: i32, bm: i32, last: i32): void { loop(5, y, a, b, 0, am, bm, 0, last); }
function pows(y: usize, a: usize, b: usize, am: i32, bm: i32, last: i32): void { loop(6, y, a, b, 0, am, bm, 0, last); }
function wheres(y: usize, a: usize, b: usize, c: usize, am: i32, bm: i32, cm: i32, last: i32): void {
  loop(7, y, a, b, c, am, bm, cm, last);
}
function wheresInt(y: usize, a: usize, b: usize, c: usize, am: i32, bm: i32, cm: i32, last: i32): void {
  loop(8, y, a, b, c, am, bm, cm, last);
}

/** One element four times, mask 0; or up to three elements: as one vector at `place`, written at once to be read at once. */
function gathered(x: usize, mask: i32, count: i32, place: usize): usize {
  let values = v128.load32_splat(x);
  if (mask != 0 && count > 1) values = v128.load32_lane(x + 4, values, 1);
  if (mask != 0 && count > 2) values = v128.load32_lane(x + 8, values, 2);
  v128.store(place, values);
  return place;
}

/** A row: `count` elements of y, beside operands that advance or, mask 0, do not. */
function row(op: i32, y: usize, a: usize, b: usize, c: usize, am: i32, bm: i32, cm: i32, count: i32, scratch: usize): void {
  const isShort = count < 4;
  if (isShort || am == 0) a = gathered(a, am, count, scratch);
  if (isShort || bm == 0) b = gathered(b, bm, count, scratch + 16);
  if (op > 6 && (isShort || cm == 0)) c = gathered(c, cm, count, scratch + 32);
  const to = isShort ? scratch + 48 : y, last = isShort ? 0 : (count - 4) << 2;
  switch (op) {
    case 0: adds(to, a, b, am, bm, last); break;
    case 1: subs(to, a, b, am, bm, last); break;
    case 2: muls(to, a, b, am, bm, last); break;
    case 3: divs(to, a, b, am, bm, last); break;
    case 4: maxs(to, a, b, am, bm, last); break;
    case 5: mins(to, a, b, am, bm, last); break;
    case 6: pows(to, a, b, am, bm, last); break;
    case 7: wheres(to, a, b, c, am, bm, cm, last); break;
    case 8: wheresInt(to, a, b, c, am, bm, cm, last); break;
  }
  if (isShort) for (let i = 0; i < count << 2; i += 4) store<i32>(y + <usize>i, load<i32>(to + <usize>i));
}

/**
 * Functions of two or three elements, with broadcasting. args: op, y, a, b, c, size, chunks, axes; then for every axis, the
 * innermost one first, its length and by how many elements a, b and c advance along it: 0 or, the innermost one, 0 or 1.
 * Scratch: four vectors, and how far the walk is on every axis.
 */
export function pairs(args: usize, from: i32, to: i32, scratch: usize): void {
  const op = int(args, 0), y = address(args, 1), size = int(args, 5), chunks = int(args, 6), axes = int(args, 7);
  let a = address(args, 2), b = address(args, 3), c = address(args, 4);
  let start = part(size, 16, from, chunks);
  const end = part(size, 16, to, chunks);
  const length = int(args, 8), am = -int(args, 9), bm = -int(args, 10), cm = -int(args, 11);
  const counters = scratch + 64;

  let rest = start / length;
  let column = start - rest * length;
  for (let axis = 1; axis < axes; axis++) {
    const words = args + 32 + (<usize>axis << 4), n = int(words, 0), i = rest % n;
    rest /= n;
    store<i32>(counters + (<usize>axis << 2), i);
    a += <usize>(i * int(words, 1)) << 2;
    b += <usize>(i * int(words, 2)) << 2;
    c += <usize>(i * int(words, 3)) << 2;
  }
  while (start < end) {
    const count = min<i32>(length - column, end - start), skip = column << 2;
    row(op, y + (<usize>start << 2), a + <usize>(skip & am), b + <usize>(skip & bm), c + <usize>(skip & cm), am, bm, cm, count, scratch);
    start += count;
    column = 0;
    for (let axis = 1; axis < axes; axis++) {
      const words = args + 32 + (<usize>axis << 4), at = counters + (<usize>axis << 2);
      const n = int(words, 0), i = load<i32>(at) + 1, isWithin = i < n;
      store<i32>(at, isWithin ? i : 0);
      const steps = isWithin ? 1 : 1 - n;
      a += <usize>(steps * int(words, 1)) << 2;
      b += <usize>(steps * int(words, 2)) << 2;
      c += <usize>(steps * int(words, 3)) << 2;
      if (isWithin) break;
    }
  }
}
