import { address, int, part } from "./args";
import { errorNear0, exponential, logarithmOf1Plus, small, tail } from "./exponential";
import { exp4, log4, sigmoid4, tanh4 } from "./exponential4";

// @ts-ignore: decorator
@inline
function both(x: f64): v128 {
  return f64x2.splat(x);
}

/** The functions on four lanes of float32. */
// @ts-ignore: decorator
@inline
function wide(op: i32, x: v128): v128 {
  if (op == 0) return f32x4.neg(x);
  if (op == 1) return f32x4.abs(x);
  if (op == 2) return f32x4.sqrt(x);
  if (op == 3) return f32x4.max(x, f32x4.splat(0)); // NaN stays NaN
  if (op == 4) return v128.and(f32x4.gt(x, f32x4.splat(0)), f32x4.splat(1)); // step
  if (op == 5) return f32x4.convert_i32x4_s(x); // float32 of int32
  if (op == 7) return exp4(x);
  if (op == 8) return log4(x);
  if (op == 9) return sigmoid4(x, false);
  if (op == 10) return sigmoid4(x, true);
  if (op == 11) return tanh4(x);
  // int32 of float32, the largest one for all that it cannot hold, and for nothing else
  const fits = v128.and(f32x4.ge(x, f32x4.splat(-2147483648)), f32x4.lt(x, f32x4.splat(2147483648)));
  return v128.bitselect(i32x4.trunc_sat_f32x4_s(x), i32x4.splat(i32.MAX_VALUE), fits);
}

/** Those whose digits would cancel or add up to errors, on two lanes of float64. */
// @ts-ignore: decorator
@inline
function exact(op: i32, x: v128, p: v128, q: v128): v128 {
  if (op == 12) {
    // erf
    const isNear = f64x2.lt(f64x2.abs(x), small(1));
    const far = f64x2.sub(small(1), f64x2.mul(small(2), tail(f64x2.abs(f64x2.mul(x, both(Math.SQRT2))))));
    const signed = v128.bitselect(x, far, both(-0.0));
    return v128.bitselect(errorNear0(x), signed, isNear);
  }
  if (op == 13) {
    // gelu: x · Φ(x)
    const below = tail(f64x2.abs(x));
    const above = f64x2.sub(small(1), below);
    return f64x2.mul(x, v128.bitselect(above, below, f64x2.gt(x, small(0))));
  }
  if (op == 14) {
    // gelu by tanh: x/2 · (1 + tanh g) = x · σ(2 g)
    const cube = f64x2.mul(f64x2.mul(x, x), f64x2.mul(x, both(0.044715)));
    const g = f64x2.mul(f64x2.add(x, cube), both(-1.5957691216057308));
    return f64x2.div(x, f64x2.add(small(1), exponential(g, false)));
  }
  if (op == 15) return v128.bitselect(x, f64x2.mul(x, p), f64x2.gt(x, small(0))); // leakyRelu of slope p
  if (op == 16) {
    // elu of scale q, and p · q
    const y = f64x2.mul(exponential(x, true), p);
    return v128.bitselect(f64x2.mul(x, q), y, f64x2.gt(x, small(0)));
  }
  // softplus of beta p and threshold q
  const t = f64x2.mul(x, p);
  const e = exponential(f64x2.neg(f64x2.abs(t)), false);
  const y = f64x2.div(f64x2.add(f64x2.max(t, small(0)), logarithmOf1Plus(e)), p);
  return v128.bitselect(x, y, f64x2.gt(t, q));
}

// A loop of its own for each function, without a choice inside.

// @ts-ignore: decorator
@inline
function wideLoop(op: i32, x: usize, y: usize, end: usize): void {
  for (; y < end; y += 16, x += 16) v128.store(y, wide(op, v128.load(x)));
}

// @ts-ignore: decorator
@inline
function exactLoop(op: i32, x: usize, y: usize, end: usize, p: f64, q: f64): void {
  const ps = both(p), qs = both(q);
  for (; y < end; y += 8, x += 8) {
    const value = f64x2.promote_low_f32x4(v128.load64_zero(x));
    v128.store64_lane(y, f32x4.demote_f64x2_zero(exact(op, value, ps, qs)), 0);
  }
}

function neg(x: usize, y: usize, end: usize): void { wideLoop(0, x, y, end); }
function abs(x: usize, y: usize, end: usize): void { wideLoop(1, x, y, end); }
function sqrt(x: usize, y: usize, end: usize): void { wideLoop(2, x, y, end); }
function relu(x: usize, y: usize, end: usize): void { wideLoop(3, x, y, end); }
function step(x: usize, y: usize, end: usize): void { wideLoop(4, x, y, end); }
function fromInt(x: usize, y: usize, end: usize): void { wideLoop(5, x, y, end); }
function toInt(x: usize, y: usize, end: usize): void { wideLoop(6, x, y, end); }
function exp(x: usize, y: usize, end: usize): void { wideLoop(7, x, y, end); }
function log(x: usize, y: usize, end: usize): void { wideLoop(8, x, y, end); }
function sigmoid(x: usize, y: usize, end: usize): void { wideLoop(9, x, y, end); }
function silu(x: usize, y: usize, end: usize): void { wideLoop(10, x, y, end); }
function tanh(x: usize, y: usize, end: usize): void { wideLoop(11, x, y, end); }
function erf(x: usize, y: usize, end: usize): void { exactLoop(12, x, y, end, 0, 0); }
function gelu(x: usize, y: usize, end: usize): void { exactLoop(13, x, y, end, 0, 0); }
function geluTanh(x: usize, y: usize, end: usize): void { exactLoop(14, x, y, end, 0, 0); }
function leakyRelu(x: usize, y: usize, end: usize, p: f64): void { exactLoop(15, x, y, end, p, 0); }
function elu(x: usize, y: usize, end: usize, p: f64, q: f64): void { exactLoop(16, x, y, end, p, q); }
function softplus(x: usize, y: usize, end: usize, p: f64, q: f64): void { exactLoop(17, x, y, end, p, q); }

/**
 * Functions of single elements. args: p, q (float64), op, x, y, length, chunks. Chunks begin at lines of the cache; the last
 * one ends with a whole vector, which is inside the blocks of memory: these are of whole lines.
 */
export function unary(args: usize, from: i32, to: i32, scratch: usize): void {
  const p = load<f64>(args), q = load<f64>(args + 8);
  const x = address(args, 5), y = address(args, 6), length = int(args, 7), chunks = int(args, 8);
  const start = <usize>part(length, 16, from, chunks) << 2;
  const end = y + (<usize>((part(length, 16, to, chunks) + 3) & -4) << 2);
  const xs = x + start, ys = y + start;
  switch (int(args, 4)) {
    case 0: neg(xs, ys, end); break;
    case 1: abs(xs, ys, end); break;
    case 2: sqrt(xs, ys, end); break;
    case 3: relu(xs, ys, end); break;
    case 4: step(xs, ys, end); break;
    case 5: fromInt(xs, ys, end); break;
    case 6: toInt(xs, ys, end); break;
    case 7: exp(xs, ys, end); break;
    case 8: log(xs, ys, end); break;
    case 9: sigmoid(xs, ys, end); break;
    case 10: silu(xs, ys, end); break;
    case 11: tanh(xs, ys, end); break;
    case 12: erf(xs, ys, end); break;
    case 13: gelu(xs, ys, end); break;
    case 14: geluTanh(xs, ys, end); break;
    case 15: leakyRelu(xs, ys, end, p); break;
    case 16: elu(xs, ys, end, p, q); break;
    case 17: softplus(xs, ys, end, p, q); break;
  }
}
