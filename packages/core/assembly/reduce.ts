import { address, int, part } from "./args";
import { addRow, long, roundRow, sumRow, word } from "./rows";

// Results are made of `rows` rows of x. Either each row is the part of one result, or, in columns, of as many as it has
// elements. Where there are few results, `parts` of each are made by different chunks: 8 bytes, a sum in float64 or the best
// value with its position, which `reduceParts` joins in their order.

const SUM = 0;
const MIN = 2;
const ARGMAX = 3;
/** Columns of a unit: their sums stay in the nearest cache. */
const BLOCK = 256;

/** The offset of the i-th combination of some axes, given by pairs of words from `at` on: length, stride. */
export function offsetOf(args: usize, at: i32, axes: i32, i: i32): i32 {
  let offset = 0;
  for (let a = axes - 1; a > 0; a--) {
    const length = <u32>int(args, at + 2 * a);
    offset += <i32>(<u32>i % length) * int(args, at + 2 * a + 1);
    i = <i32>(<u32>i / length);
  }
  return axes > 0 ? offset + i * int(args, at + 1) : 0;
}

/** Whether v at i comes before the best so far, m at j: larger, or the first NaN, or the first of equals. */
// @ts-ignore: decorator
@inline
export function isBetter(v: f32, i: i32, m: f32, j: i32): bool {
  return i < j ? v >= m || v != v : !(v <= m) && m == m;
}

/** The best of a row that is numbered from `first` on, against the best so far, which `best` holds: value, position. */
function bestOfRow(best: usize, x: usize, n: i32, first: i32, sign: i32): void {
  const signs = i32x4.splat(sign);
  let m = v128.load32_splat(best), at = v128.load32_splat(best, 4);
  let places = i32x4.add(i32x4(0, 1, 2, 3), i32x4.splat(first));
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const v = v128.xor(v128.load(word(x, i)), signs);
    const isBest = v128.andnot(f32x4.eq(m, m), f32x4.le(v, m));
    m = v128.bitselect(v, m, isBest);
    at = v128.bitselect(places, at, isBest);
    places = i32x4.add(places, i32x4.splat(4));
  }
  let value = f32x4.extract_lane(m, 0), place = i32x4.extract_lane(at, 0);
  for (let lane = 1; lane < 4; lane++) {
    m = v128.shuffle<i32>(m, m, 1, 2, 3, 0);
    at = v128.shuffle<i32>(at, at, 1, 2, 3, 0);
    const v = f32x4.extract_lane(m, 0), p = i32x4.extract_lane(at, 0);
    if (isBetter(v, p, value, place)) {
      value = v;
      place = p;
    }
  }
  for (; i < n; i++) {
    const v = reinterpret<f32>(load<i32>(word(x, i)) ^ sign);
    if (isBetter(v, first + i, value, place)) {
      value = v;
      place = first + i;
    }
  }
  store<f32>(best, value);
  store<i32>(best, place, 4);
}

/** The same for n columns of one row, number `row`; `best` holds n values, and BLOCK words on, their rows. */
function bestOfColumns(best: usize, x: usize, n: i32, row: i32, sign: i32): void {
  const signs = i32x4.splat(sign), rows = i32x4.splat(row);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const to = word(best, i);
    const m = v128.load(to), v = v128.xor(v128.load(word(x, i)), signs);
    const isBest = v128.andnot(f32x4.eq(m, m), f32x4.le(v, m));
    v128.store(to, v128.bitselect(v, m, isBest));
    v128.store(to, v128.bitselect(rows, v128.load(to, 4 * BLOCK), isBest), 4 * BLOCK);
  }
  for (; i < n; i++) {
    const to = word(best, i);
    const v = reinterpret<f32>(load<i32>(word(x, i)) ^ sign), m = load<f32>(to);
    if (v <= m || m != m) continue;
    store<f32>(to, v);
    store<i32>(to, row, 4 * BLOCK);
  }
}

/** The word of a result, of the best value and its place. */
// @ts-ignore: decorator
@inline
function chosen(op: i32, value: i32, place: i32, sign: i32): i32 {
  return op == ARGMAX ? place : value ^ sign;
}

/** args: x, y, op, is in columns, elements of a row, rows, parts, is a row what is cut into parts, units, chunks, kept axes, reduced axes; from 16 and 32 on these axes. */
export function reduce(args: usize, from: i32, to: i32, scratch: usize): void {
  const x = address(args, 0), y = address(args, 1), op = int(args, 2), inColumns = int(args, 3);
  const length = int(args, 4), rows = int(args, 5), parts = int(args, 6), isRowCut = int(args, 7);
  const units = int(args, 8), chunks = int(args, 9), keptAxes = int(args, 10), axes = int(args, 11);
  const sign = op == MIN ? i32.MIN_VALUE : 0;
  const blocks = inColumns ? (length + BLOCK - 1) / BLOCK : 1;
  const end = part(units, 1, to, chunks);
  for (let unit = part(units, 1, from, chunks); unit < end; unit++) {
    const p = unit % parts, block = unit / parts % blocks, kept = unit / parts / blocks;
    let first = 0, past = length, firstRow = 0, pastRow = rows;
    if (isRowCut) {
      first = part(length, 4, p, parts);
      past = part(length, 4, p + 1, parts);
    } else {
      firstRow = part(rows, 1, p, parts);
      pastRow = part(rows, 1, p + 1, parts);
    }
    if (inColumns) {
      first = block * BLOCK;
      past = min(first + BLOCK, length);
    }
    const n = past - first;
    const base = word(x, offsetOf(args, 16, keptAxes, kept) + first);
    const result = inColumns ? kept * length + first : kept;
    if (op == SUM) {
      if (inColumns) memory.fill(scratch, 0, <usize>n << 3);
      let sum: f64 = 0;
      for (let row = firstRow; row < pastRow; row++) {
        const at = word(base, offsetOf(args, 32, axes, row));
        if (inColumns) addRow(scratch, at, n);
        else sum += sumRow(at, n);
      }
      if (parts > 1) {
        if (inColumns) for (let i = 0; i < n; i++) store<f64>(long(y, (result + i) * parts + p), load<f64>(long(scratch, i)));
        else store<f64>(long(y, result * parts + p), sum);
      } else if (inColumns) roundRow(word(y, result), scratch, n);
      else store<f32>(word(y, result), <f32>sum);
      continue;
    }
    const start = word(base, offsetOf(args, 32, axes, firstRow));
    const count = inColumns ? n : 1;
    const places = word(scratch, inColumns ? BLOCK : 1);
    for (let i = 0; i < count; i++) {
      store<i32>(word(scratch, i), load<i32>(word(start, i)) ^ sign);
      store<i32>(word(places, i), inColumns ? firstRow : firstRow * length + first);
    }
    for (let row = firstRow; row < pastRow; row++) {
      const at = word(base, offsetOf(args, 32, axes, row));
      if (inColumns) bestOfColumns(scratch, at, n, row, sign);
      else bestOfRow(scratch, at, n, row * length + first, sign);
    }
    for (let i = 0; i < count; i++) {
      const value = load<i32>(word(scratch, i)), place = load<i32>(word(places, i));
      if (parts == 1) store<i32>(word(y, result + i), chosen(op, value, place, sign));
      else {
        const at = long(y, (result + i) * parts + p);
        store<i32>(at, value);
        store<i32>(at, place, 4);
      }
    }
  }
}

/** args: parts, y, op, results, how many parts make one. */
export function reduceParts(args: usize, from: i32, to: i32, scratch: usize): void {
  let x = address(args, 0);
  const y = address(args, 1), op = int(args, 2), results = int(args, 3), parts = int(args, 4);
  for (let i = 0; i < results; i++) {
    let sum = load<f64>(x);
    let value = load<f32>(x), place = load<i32>(x, 4);
    for (let p = 1; p < parts; p++) {
      x += 8;
      sum += load<f64>(x);
      const v = load<f32>(x), at = load<i32>(x, 4);
      if (isBetter(v, at, value, place)) {
        value = v;
        place = at;
      }
    }
    x += 8;
    if (op == SUM) store<f32>(word(y, i), <f32>sum);
    else store<i32>(word(y, i), chosen(op, reinterpret<i32>(value), place, op == MIN ? i32.MIN_VALUE : 0));
  }
}
