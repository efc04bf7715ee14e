import { address, int, part } from "./args";
import { isBetter } from "./reduce";
import { word } from "./rows";

// A row of windows at a time: first the best pixel of every column that the row sees, then the best column of every window.
// Both keep where it stands, so that the first of equals is found in whatever order they are compared.

/** The best of every column of two rows, or of one twice. */
function startColumns(values: usize, places: usize, x: usize, n: i32, first: i32, step: i32): void {
  const steps = i32x4.splat(step);
  let at = i32x4.add(i32x4(0, 1, 2, 3), i32x4.splat(first));
  let w = 0;
  for (; w + 4 <= n; w += 4) {
    const m = v128.load(word(x, w)), v = v128.load(word(x, w + step));
    const isBest = v128.andnot(f32x4.eq(m, m), f32x4.le(v, m));
    v128.store(word(values, w), v128.bitselect(v, m, isBest));
    v128.store(word(places, w), i32x4.add(at, v128.and(steps, isBest)));
    at = i32x4.add(at, i32x4.splat(4));
  }
  for (; w < n; w++) {
    const m = load<f32>(word(x, w)), v = load<f32>(word(x, w + step));
    const isBest = !(v <= m) && m == m;
    store<f32>(word(values, w), isBest ? v : m);
    store<i32>(word(places, w), first + w + (isBest ? step : 0));
  }
}

/** The pixels of a later row against the best of their columns. */
function joinColumns(values: usize, places: usize, x: usize, n: i32, first: i32): void {
  let at = i32x4.add(i32x4(0, 1, 2, 3), i32x4.splat(first));
  let w = 0;
  for (; w + 4 <= n; w += 4) {
    const m = v128.load(word(values, w)), v = v128.load(word(x, w));
    const isBest = v128.andnot(f32x4.eq(m, m), f32x4.le(v, m));
    v128.store(word(values, w), v128.bitselect(v, m, isBest));
    v128.store(word(places, w), v128.bitselect(at, v128.load(word(places, w)), isBest));
    at = i32x4.add(at, i32x4.splat(4));
  }
  for (; w < n; w++) {
    const v = load<f32>(word(x, w)), m = load<f32>(word(values, w));
    if (v <= m || m != m) continue;
    store<f32>(word(values, w), v);
    store<i32>(word(places, w), first + w);
  }
}

/** Four words: neighbours, or every other one. */
// @ts-ignore: decorator
@inline
function four(at: usize, stride: i32): v128 {
  const v = v128.load(at);
  return stride == 1 ? v : v128.shuffle<i32>(v, v128.load(at, 16), 0, 2, 4, 6);
}

/** The places of the best of four windows, a stride of 1 or 2 apart. */
function bestOfFour(values: usize, places: usize, taps: i32, dilation: i32, stride: i32): v128 {
  let m = four(values, stride), j = four(places, stride);
  for (let tap = 1; tap < taps; tap++) {
    values += dilation << 2;
    places += dilation << 2;
    const v = four(values, stride), i = four(places, stride);
    const isLarger = v128.andnot(f32x4.eq(m, m), f32x4.le(v, m));
    const isAsLarge = v128.or(f32x4.ge(v, m), f32x4.ne(v, v));
    const isBest = v128.bitselect(isAsLarge, isLarger, i32x4.lt_s(i, j));
    m = v128.bitselect(v, m, isBest);
    j = v128.bitselect(i, j, isBest);
  }
  return j;
}

/**
 * args: x, y, tables, rows of windows, chunks, dilations and lengths of the image (3 each), of the result (3); from 14 on: stride
 * along a row, or 0 where it is not even; taps, pixels before a row, words of a row with its padding, rows at a time.
 * tables: for each window along each axis its first pixel, then the one behind its last.
 */
export function maxPool(args: usize, from: i32, to: i32, scratch: usize): void {
  const y = address(args, 1), tableW = word(address(args, 2), 2 * (int(args, 11) + int(args, 12)));
  const rows = int(args, 3), chunks = int(args, 4), dw = int(args, 7), outW = int(args, 13);
  const stride = int(args, 14), taps = int(args, 15), before = int(args, 16), padded = int(args, 17), batch = int(args, 18);
  const allPlaces = word(scratch, padded * batch);
  for (let w = 0; w < padded * batch; w++) {
    store<f32>(word(scratch, w), -Infinity);
    store<i32>(word(allPlaces, w), i32.MAX_VALUE);
  }
  const end = part(rows, 1, to, chunks);
  for (let row = part(rows, 1, from, chunks); row < end; row += batch) {
    const n = min(batch, end - row);
    // a load waits for the stores it overlaps: several rows lie between them
    for (let i = 0; i < n; i++) bestOfColumns(args, row + i, word(scratch, i * padded + before), word(allPlaces, i * padded + before));
    for (let i = 0; i < n; i++) {
      const values = word(scratch, i * padded), places = word(allPlaces, i * padded), out = word(y, (row + i) * outW);
      if (stride == 0 || outW < 4) bestOfWindows(out, word(values, before), word(places, before), tableW, outW, dw);
      else for (let ow = 0; ow < outW; ow += 4) {
        if (ow > outW - 4) ow = outW - 4; // the last four overlap those before
        const at = <usize>(ow * stride) << 2;
        const best = stride == 1 ? bestOfFour(values + at, places + at, taps, dw, 1) : bestOfFour(values + at, places + at, taps, dw, 2);
        v128.store(word(out, ow), best);
      }
    }
  }
}

/** The best pixel of every column that a row of windows sees. */
function bestOfColumns(args: usize, row: i32, values: usize, places: usize): void {
  const tables = address(args, 2), dd = int(args, 5), dh = int(args, 6), inD = int(args, 8), inH = int(args, 9), inW = int(args, 10);
  const outD = int(args, 11), outH = int(args, 12);
  const oh = row % outH, od = row / outH % outD, plane = row / outH / outD, tableH = word(tables, 2 * (outD + oh));
  const image = word(address(args, 0), plane * inD * inH * inW), past = int(tableH, 1);
  let isFirst = true;
  for (let d = int(tables, 2 * od); d < int(tables, 2 * od + 1); d += dd) {
    for (let h = int(tableH, 0); h < past; h += dh) {
      const first = (d * inH + h) * inW;
      if (isFirst) {
        const step = h + dh < past ? dh : 0;
        startColumns(values, places, word(image, first), inW, first, step * inW);
        h += step;
        isFirst = false;
      } else joinColumns(values, places, word(image, first), inW, first);
    }
  }
}

/** The places of the best of windows, one after another. */
function bestOfWindows(out: usize, values: usize, places: usize, table: usize, windows: i32, dilation: i32): void {
  for (let ow = 0; ow < windows; ow++) {
    const past = int(table, 2 * ow + 1);
    let w = int(table, 2 * ow);
    let value = load<f32>(word(values, w)), place = load<i32>(word(places, w));
    for (w += dilation; w < past; w += dilation) {
      const v = load<f32>(word(values, w)), i = load<i32>(word(places, w));
      if (isBetter(v, i, value, place)) {
        value = v;
        place = i;
      }
    }
    store<i32>(word(out, ow), place);
  }
}
