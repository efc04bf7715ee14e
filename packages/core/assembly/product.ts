import { address, int, part } from "./args";
import { packQuad } from "./pack";
import { tile, tileInPlace } from "./tile";

/*
 * C = A · B, or a sum of such products, of matrices whose elements are found by two tables each: (i, j) is at
 * base + rows[i] + columns[j]. The patches of an image are such a matrix: an offset for each tap, and one for each place
 * of the window. So every map of convolution is one product, and no matrix of columns is ever made.
 *
 * A chunk is a block of C. It goes along the sum in steps of DEPTH: packs A into panels [depth][4] and B into panels
 * [depth][8], multiplies panel by panel, and keeps the 4 × 8 tiles of C beside them until the last step.
 *
 * Goto and van de Geijn, "Anatomy of high-performance matrix multiplication" (2008), for the blocks; Zhou et al.,
 * "Characterizing and demystifying the implicit convolution algorithm" (2021), for the tables.
 */

/** Steps of the sum that are packed at once. */
const DEPTH: i32 = 256;
/** Products of so few tiles from top to bottom read B in place, where a panel of it is 8 neighbours. */
const FEW: i32 = 2;
/** Stands in the table of C's columns where there is none: what is computed there is left out. */
const NOWHERE: u32 = <u32>-4;

/**
 * args: A's base, rows, columns; B's; C's; M, N, K; how many products, their offsets in A, B and C, and how many terms
 * each sums (a table, or 0: one), with the distance from term to term in A and in B; rows and columns of a block; numbers
 * to add, or 0, and whether there is one for each column, or else for each row; whether A is in panels already; chunks;
 * after how many products the numbers to add begin again.
 */
export function product(args: usize, from: i32, to: i32, scratch: usize): void {
  const m = int(args, 9), n = int(args, 10);
  const blockRows = int(args, 19), blockColumns = int(args, 20);
  const down = (m + blockRows - 1) / blockRows, across = (n + blockColumns - 1) / blockColumns;
  const blocks = int(args, 12) * down * across, chunks = int(args, 24);
  const end = part(blocks, 1, to, chunks);
  for (let i = part(blocks, 1, from, chunks); i < end; i++) {
    const row = ((i / across) % down) * blockRows, column = (i % across) * blockColumns;
    block(args, i / (down * across), row, min(row + blockRows, m), column, min(column + blockColumns, n), scratch);
  }
}

/** One block of one product. */
function block(args: usize, item: i32, row: i32, rowEnd: i32, column: i32, columnEnd: i32, scratch: usize): void {
  const shift = <usize>item << 2;
  const aBase = address(args, 0) + <usize>load<u32>(address(args, 13) + shift);
  const bBase = address(args, 3) + <usize>load<u32>(address(args, 14) + shift);
  const cBase = address(args, 6) + <usize>load<u32>(address(args, 15) + shift);
  const aRows = address(args, 1), aColumns = address(args, 2);
  const bRows = address(args, 4), bColumns = address(args, 5);
  const cRows = address(args, 7), cColumns = address(args, 8);
  const k = int(args, 11);
  const counts = address(args, 16);
  const terms = counts ? load<i32>(counts + shift) >> 2 : 1;
  const aTerm = address(args, 17), bTerm = address(args, 18);
  const isOfColumns = int(args, 22);
  const first = (item % int(args, 25)) * int(args, isOfColumns ? 10 : 9);
  const bias = address(args, 21) ? address(args, 21) + (<usize>first << 2) : 0;
  const panels = int(args, 23) ? aBase : 0;
  const allPanels = (int(args, 9) + 3) >> 2;

  const tilesDown = (rowEnd - row + 3) >> 2, tilesAcross = (columnEnd - column + 7) >> 3;
  const aPacked = scratch;
  const bPacked = aPacked + (panels ? 0 : (<usize>tilesDown * DEPTH) << 4);
  const tiles = bPacked + ((<usize>tilesAcross * DEPTH) << 5);
  const steps = max((k + DEPTH - 1) / DEPTH, 1);

  for (let term = 0; term < max(terms, 1); term++) {
    for (let step = 0; step < steps; step++) {
      const k0 = step * DEPTH, depth = terms ? min(DEPTH, k - k0) : 0;
      const isFirst = term + step == 0, isLast = term >= terms - 1 && step == steps - 1;
      let a = aPacked;
      if (panels) a = panels + ((<usize>allPanels * k0 + (<usize>(row >> 2) * depth)) << 4);
      else {
        for (let i = 0; i < tilesDown; i++) {
          packQuad(a + ((<usize>i * depth) << 4), 16, aBase + term * aTerm, aRows, row + (i << 2), int(args, 9), aColumns, k0, depth);
        }
      }
      for (let j = 0; j < tilesAcross; j++) {
        const to = bPacked + ((<usize>j * depth) << 5), at = column + (j << 3);
        if (tilesDown <= FEW && isRun(bColumns + (<usize>at << 2), int(args, 10) - at)) continue;
        packQuad(to, 32, bBase + term * bTerm, bColumns, at, int(args, 10), bRows, k0, depth);
        packQuad(to + 16, 32, bBase + term * bTerm, bColumns, at + 4, int(args, 10), bRows, k0, depth);
      }
      for (let j = 0; j < tilesAcross; j++) {
        const b = bPacked + ((<usize>j * depth) << 5);
        const q = column + (j << 3), bColumn = bColumns + (<usize>q << 2), cColumn = cColumns + (<usize>q << 2);
        const isInPlace = tilesDown <= FEW && isRun(bColumn, int(args, 10) - q);
        const isWhole = isLast && isRun(cColumn, columnEnd - q);
        const columnBias = isOfColumns && bias ? bias + (<usize>q << 2) : 0;
        for (let i = 0; i < tilesDown; i++) {
          const c = tiles + (isFirst && isLast ? 0 : (<usize>(j * tilesDown + i) << 7));
          if (isInPlace) {
            const at = bBase + term * bTerm + <usize>load<u32>(bColumn);
            tileInPlace(depth, a + ((<usize>i * depth) << 4), at, bRows + (<usize>k0 << 2), c, isFirst);
          } else tile(depth, a + ((<usize>i * depth) << 4), b, c, isFirst);
          if (isLast) {
            const r = row + (i << 2);
            storeTile(c, cBase, cRows, r, min(rowEnd - r, 4), cColumn, min(columnEnd - q, 8), isWhole, isOfColumns ? 0 : bias, columnBias);
          }
        }
      }
    }
  }
}

/** Whether 8 entries of a table, of which `count` are there, are of neighbours. */
function isRun(table: usize, count: i32): bool {
  if (count < 8) return false;
  const first = load<u32>(table);
  for (let i: u32 = 4; i < 32; i += 4) if (load<u32>(table + <usize>i) - first != i) return false;
  return true;
}

/** Puts a tile into C: `rows` × `columns` of it. */
function storeTile(
  c: usize, base: usize, rowTable: usize, row: i32, rows: i32, columnTable: usize, columns: i32, isWhole: bool, rowBias: usize, columnBias: usize,
): void {
  const first = load<u32>(columnTable);
  for (let i = 0; i < rows; i++) {
    const to = base + <usize>load<u32>(rowTable + (<usize>(row + i) << 2));
    let left = v128.load(c + (<usize>i << 5)), right = v128.load(c + (<usize>i << 5), 16);
    if (rowBias) {
      const b = v128.load32_splat(rowBias + (<usize>(row + i) << 2));
      left = f32x4.add(left, b);
      right = f32x4.add(right, b);
    } else if (columnBias) {
      left = f32x4.add(left, v128.load(columnBias));
      right = f32x4.add(right, v128.load(columnBias, 16));
    }
    if (isWhole) {
      v128.store(to + first, left);
      v128.store(to + first, right, 16);
    } else {
      const from = c + (<usize>i << 5);
      v128.store(from, left);
      v128.store(from, right, 16);
      for (let j = 0; j < columns; j++) {
        const place = load<u32>(columnTable + (<usize>j << 2));
        if (place != NOWHERE) store<f32>(to + <usize>place, load<f32>(from + (<usize>j << 2)));
      }
    }
  }
}

/** Packs A for products that share it among many blocks. args: base, rows, columns, M, K, how many, their offsets, to, distance there, chunks of one. */
export function packRows(args: usize, from: i32, to: i32, scratch: usize): void {
  const m = int(args, 3), k = int(args, 4), parts = int(args, 9);
  const panels = (m + 3) >> 2;
  for (let chunk = from; chunk < to; chunk++) {
    const item = chunk / parts, part = chunk % parts;
    const base = address(args, 0) + <usize>load<u32>(address(args, 6) + (<usize>item << 2));
    const target = address(args, 7) + <usize>item * address(args, 8);
    for (let k0 = 0; k0 < k; k0 += DEPTH) {
      const depth = min(DEPTH, k - k0);
      for (let i = (panels * part) / parts; i < (panels * (part + 1)) / parts; i++) {
        const at = target + ((<usize>panels * k0 + <usize>i * depth) << 4);
        packQuad(at, 16, base, address(args, 1), i << 2, m, address(args, 2), k0, depth);
      }
    }
  }
}

/** y = the sum of arrays that lie one behind the other. args: from, y, length, how many, chunks. */
export function sumParts(args: usize, from: i32, to: i32, scratch: usize): void {
  const length = int(args, 2), parts = int(args, 3), chunks = int(args, 4);
  const distance = <usize>length << 2;
  const end = address(args, 1) + (<usize>part(length, 4, to, chunks) << 2);
  let x = address(args, 0) + (<usize>part(length, 4, from, chunks) << 2);
  let y = address(args, 1) + (<usize>part(length, 4, from, chunks) << 2);
  for (; y + 16 <= end; y += 16, x += 16) {
    let sum = v128.load(x);
    for (let i = 1, at = x + distance; i < parts; i++, at += distance) sum = f32x4.add(sum, v128.load(at));
    v128.store(y, sum);
  }
  for (; y < end; y += 4, x += 4) {
    let sum = load<f32>(x);
    for (let i = 1, at = x + distance; i < parts; i++, at += distance) sum += load<f32>(at);
    store<f32>(y, sum);
  }
}
