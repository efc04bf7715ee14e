import { address, int, part } from "./args";
import { long, word } from "./rows";

/** Two sums of float64 each from a and b, rounded. */
// @ts-ignore: decorator
@inline
function rounded(a: v128, b: v128): v128 {
  return v128.shuffle<i64>(f32x4.demote_f64x2_zero(a), f32x4.demote_f64x2_zero(b), 0, 2);
}

/**
 * y[o, i, k] = Σ weights[t] · x[o, indices[t], k] over starts[i] ≤ t < starts[i + 1], in float64. args: x, y, tables, outer,
 * inSize, inner, outSize, entries, chunks: of rows [o, i], or, where inner is 1, of fours of o. tables: weights, which are
 * float64, starts, indices.
 */
export function resample(args: usize, from: i32, to: i32, scratch: usize): void {
  const x = address(args, 0), y = address(args, 1), weights = address(args, 2), outer = int(args, 3);
  const inSize = int(args, 4), inner = int(args, 5), outSize = int(args, 6), chunks = int(args, 8);
  const starts = long(weights, int(args, 7)), indices = word(starts, outSize + 1);
  if (inner == 1) {
    const end = part(outer, 4, to, chunks);
    for (let o = part(outer, 4, from, chunks); o < end; o += 4) fourRows(x, y, weights, starts, indices, inSize, outSize, o, end - 1);
    return;
  }
  const end = part(outer * outSize, 1, to, chunks);
  for (let row = part(outer * outSize, 1, from, chunks); row < end; row++) {
    const i = row % outSize, first = int(starts, i), past = int(starts, i + 1);
    const image = word(x, row / outSize * inSize * inner), out = word(y, row * inner);
    let k = 0;
    while (k + 8 <= inner) {
      let a = f64x2.splat(0), b = a, c = a, d = a;
      for (let t = first; t < past; t++) {
        const w = v128.load64_splat(long(weights, t)), at = word(image, int(indices, t) * inner + k);
        a = f64x2.add(a, f64x2.mul(w, f64x2.promote_low_f32x4(v128.load64_zero(at))));
        b = f64x2.add(b, f64x2.mul(w, f64x2.promote_low_f32x4(v128.load64_zero(at, 8))));
        c = f64x2.add(c, f64x2.mul(w, f64x2.promote_low_f32x4(v128.load64_zero(at, 16))));
        d = f64x2.add(d, f64x2.mul(w, f64x2.promote_low_f32x4(v128.load64_zero(at, 24))));
      }
      v128.store(word(out, k), rounded(a, b));
      v128.store(word(out, k), rounded(c, d), 16);
      k += 8;
      if (k < inner && k + 8 > inner) k = inner - 8; // some once more
    }
    for (; k < inner; k++) {
      let sum: f64 = 0;
      for (let t = first; t < past; t++) {
        sum += load<f64>(long(weights, t)) * <f64>load<f32>(word(image, int(indices, t) * inner + k));
      }
      store<f32>(word(out, k), <f32>sum);
    }
  }
}

/** Rows o to o + 3 where inner is 1; those behind `last` are `last` again. */
function fourRows(x: usize, y: usize, weights: usize, starts: usize, indices: usize, inSize: i32, outSize: i32, o: i32, last: i32): void {
  const p = min(o + 1, last), q = min(o + 2, last), r = min(o + 3, last);
  const xo = word(x, o * inSize), xp = word(x, p * inSize), xq = word(x, q * inSize), xr = word(x, r * inSize);
  const yo = word(y, o * outSize), yp = word(y, p * outSize), yq = word(y, q * outSize), yr = word(y, r * outSize);
  for (let i = 0, t = 0; i < outSize; i++) {
    let a: f64 = 0, b: f64 = 0, c: f64 = 0, d: f64 = 0;
    for (const past = int(starts, i + 1); t < past; t++) {
      const w = load<f64>(long(weights, t)), at = int(indices, t);
      a += w * <f64>load<f32>(word(xo, at));
      b += w * <f64>load<f32>(word(xp, at));
      c += w * <f64>load<f32>(word(xq, at));
      d += w * <f64>load<f32>(word(xr, at));
    }
    store<f32>(word(yo, i), <f32>a);
    store<f32>(word(yp, i), <f32>b);
    store<f32>(word(yq, i), <f32>c);
    store<f32>(word(yr, i), <f32>d);
  }
}
