import { address, int, part } from "./args";
import { offsetOf } from "./reduce";
import { copyRow, fillRow, word } from "./rows";

/** Columns of a tile: as many words as a line of the cache has. */
const TILE = 16;

/** y[p, q] = x[q·stride + p], for `rows` rows of y, each of `columns` words. */
function transpose(y: usize, x: usize, rows: i32, columns: i32, stride: i32): void {
  const row = <usize>columns << 2, column = <usize>stride << 2;
  let q = 0;
  for (; q + 4 <= columns; q += 4) {
    const from = word(x, q * stride);
    let p = 0;
    for (; p + 4 <= rows; p += 4) {
      const at = word(from, p);
      const a = v128.load(at), b = v128.load(at + column), c = v128.load(at + 2 * column), d = v128.load(at + 3 * column);
      const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5), cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
      const ef = v128.shuffle<i32>(a, b, 2, 6, 3, 7), gh = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
      const to = word(y, p * columns + q);
      v128.store(to, v128.shuffle<i64>(ab, cd, 0, 2));
      v128.store(to + row, v128.shuffle<i64>(ab, cd, 1, 3));
      v128.store(to + 2 * row, v128.shuffle<i64>(ef, gh, 0, 2));
      v128.store(to + 3 * row, v128.shuffle<i64>(ef, gh, 1, 3));
    }
    for (; p < rows; p++) {
      for (let j = 0; j < 4; j++) store<i32>(word(y, p * columns + q + j), load<i32>(word(from, j * stride + p)));
    }
  }
  for (; q < columns; q++) {
    for (let p = 0; p < rows; p++) store<i32>(word(y, p * columns + q), load<i32>(word(x, q * stride + p)));
  }
}

/**
 * y[i] = x[offset + Σ iₐ·strideₐ], of words of any type, row by row: the last axis is the row. Where the axis before has
 * stride 1, a row is a tile of it and the last axis, which is transposed.
 * args: x, y, offset, rows, chunks, outer axes, length and stride of the last axis, length of the transposed axis or 0; from 16 on the outer axes: length, stride.
 */
export function strided(args: usize, from: i32, to: i32, scratch: usize): void {
  const x = address(args, 0), y = address(args, 1), offset = int(args, 2), rows = int(args, 3), chunks = int(args, 4);
  const axes = int(args, 5), length = int(args, 6), stride = int(args, 7), height = int(args, 8);
  const tiles = height > 0 ? (height + TILE - 1) / TILE : 1;
  const start = part(rows, 1, from, chunks), end = part(rows, 1, to, chunks);
  // the position along every axis, counted on from row to row
  let at = offset;
  for (let a = axes - 1, rest = start / tiles; a >= 0; a--) {
    const n = int(args, 16 + 2 * a), i = rest % n;
    rest /= n;
    store<i32>(word(scratch, a), i);
    at += i * int(args, 17 + 2 * a);
  }
  for (let row = start, tile = start % tiles; row < end; row++) {
    if (height > 0) {
      const p = tile * TILE;
      transpose(word(y, (row / tiles * height + p) * length), word(x, at + p), min(TILE, height - p), length, stride);
      if (++tile < tiles) continue;
      tile = 0;
    } else {
      const out = word(y, row * length), first = word(x, at);
      if (stride == 1) copyRow(out, first, length);
      else if (stride == 0) fillRow(out, load<i32>(first), length);
      else for (let i = 0; i < length; i++) store<i32>(word(out, i), load<i32>(word(first, i * stride)));
    }
    for (let a = axes - 1; a >= 0; a--) {
      const i = int(scratch, a) + 1, step = int(args, 17 + 2 * a);
      at += step;
      if (i < int(args, 16 + 2 * a)) {
        store<i32>(word(scratch, a), i);
        break;
      }
      store<i32>(word(scratch, a), 0);
      at -= i * step;
    }
  }
}

/** The other way, where no element of x is read twice: gradX is 0 but for those that were. args: as for `strided`, but with gradY and gradX, and the size of gradX in place of chunks. */
export function stridedAdjoint(args: usize, from: i32, to: i32, scratch: usize): void {
  const gradY = address(args, 0), gradX = address(args, 1), offset = int(args, 2), rows = int(args, 3);
  const axes = int(args, 5), length = int(args, 6), stride = int(args, 7);
  memory.fill(gradX, 0, <usize>int(args, 4) << 2);
  for (let row = 0; row < rows; row++) {
    const g = word(gradY, row * length), first = word(gradX, offset + offsetOf(args, 16, axes, row));
    if (stride == 1) copyRow(first, g, length);
    else for (let i = 0; i < length; i++) store<i32>(word(first, i * stride), load<i32>(word(g, i)));
  }
}

/** Rows of several tensors, one behind the other. args: y, rows, words of a row of y, tensors, chunks; from 8 on, for each tensor, where it is, words of its row, where they begin in that of y. */
export function concat(args: usize, from: i32, to: i32, scratch: usize): void {
  const y = address(args, 0), rows = int(args, 1), length = int(args, 2), tensors = int(args, 3), chunks = int(args, 4);
  const units = rows * tensors, end = part(units, 1, to, chunks);
  for (let unit = part(units, 1, from, chunks); unit < end; unit++) {
    const row = unit / tensors, t = 8 + 3 * (unit % tensors), n = int(args, t + 1);
    copyRow(word(y, row * length + int(args, t + 2)), word(address(args, t), row * n), n);
  }
}
