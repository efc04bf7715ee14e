import { address, int, madd, part } from "./args";
import { storeTransposed } from "./pack";
import { tile } from "./tile";

/*
 * Convolution with 3 × 3 taps, stride 1, by Winograd's algorithm F(4 × 4, 3 × 3): an image is cut into tiles of 6 × 6
 * pixels that overlap by 2, each of which gives 4 × 4 pixels of the result,
 *
 *     Y = Aᵀ [ Σ_c (G g_c Gᵀ) ⊙ (Bᵀ d_c B) ] A
 *
 * with 36 multiplications for a tile and channel instead of 144. The sum over channels is, for each of the 36 places, a
 * product of matrices. Four tiles fill the lanes of a vector.
 *
 * Lavin and Gray, "Fast algorithms for convolutional neural networks" (arXiv:1509.09308), for the matrices.
 */

/**
 * How far apart the 36 places are: so many bytes, and a line of the cache more, lest all of them fall into the same few
 * lines of the cache when one number of each is written.
 */
// @ts-ignore: decorator
@inline
export function apart(bytes: usize): usize {
  return ((bytes + 63) & ~63) + 64;
}

// @ts-ignore: decorator
@inline
export function scale(a: v128, by: f32): v128 {
  return f32x4.mul(a, f32x4.splat(by));
}

/** Stores G · (g0, g1, g2), a column of 6, `step` bytes apart. */
// @ts-ignore: decorator
@inline
export function storeG(to: usize, step: usize, g0: v128, g1: v128, g2: v128): void {
  const even = scale(f32x4.add(g0, g2), -1.0 / 6.0), odd = scale(g1, 1.0 / 6.0);
  const wide = madd(f32x4.splat(1.0 / 24.0), g0, scale(g2, 1.0 / 6.0)), half = scale(g1, 1.0 / 12.0);
  v128.store(to, scale(g0, 0.25));
  v128.store(to + step, f32x4.sub(even, odd));
  v128.store(to + 2 * step, f32x4.add(even, odd));
  v128.store(to + 3 * step, f32x4.add(wide, half));
  v128.store(to + 4 * step, f32x4.sub(wide, half));
  v128.store(to + 5 * step, g2);
}

/** Stores Bᵀ · (d0, …, d5), a column of 6, `step` bytes apart. */
// @ts-ignore: decorator
@inline
function storeB(to: usize, step: usize, d0: v128, d1: v128, d2: v128, d3: v128, d4: v128, d5: v128): void {
  const four = f32x4.splat(4);
  const p = f32x4.sub(d4, f32x4.mul(four, d2)), q = f32x4.sub(d3, f32x4.mul(four, d1));
  const r = f32x4.sub(d4, d2), s = scale(f32x4.sub(d3, d1), 2);
  v128.store(to, f32x4.add(f32x4.mul(four, d0), f32x4.sub(d4, scale(d2, 5))));
  v128.store(to + step, f32x4.add(p, q));
  v128.store(to + 2 * step, f32x4.sub(p, q));
  v128.store(to + 3 * step, f32x4.add(r, s));
  v128.store(to + 4 * step, f32x4.sub(r, s));
  v128.store(to + 5 * step, f32x4.add(f32x4.mul(four, d1), f32x4.sub(d5, scale(d3, 5))));
}

/** Stores Aᵀ · (m0, …, m5), a column of 4, `step` bytes apart. */
// @ts-ignore: decorator
@inline
function storeA(to: usize, step: usize, m0: v128, m1: v128, m2: v128, m3: v128, m4: v128, m5: v128): void {
  const p = f32x4.add(m1, m2), q = f32x4.sub(m1, m2), r = f32x4.add(m3, m4), s = f32x4.sub(m3, m4);
  v128.store(to, f32x4.add(f32x4.add(m0, p), r));
  v128.store(to + step, f32x4.add(q, scale(s, 2)));
  v128.store(to + 2 * step, f32x4.add(p, scale(r, 4)));
  v128.store(to + 3 * step, f32x4.add(f32x4.add(q, scale(s, 8)), m5));
}

/**
 * The filters transformed, U = G g Gᵀ: in panels [36][rows / 4][depth][4].
 * args: w, U, rows, depth, distance of rows and of depth in w (bytes), whether the taps are to be turned around, chunks.
 */
export function winogradFilters(args: usize, from: i32, to: i32, scratch: usize): void {
  const rows = int(args, 2), depth = int(args, 3);
  const rowStep = address(args, 4), depthStep = address(args, 5);
  const isFlipped = int(args, 6), chunks = int(args, 7);
  const panels = (rows + 3) >> 2, last = rows - 1;
  const place = apart((<usize>panels * depth) << 4);
  const end = part(panels, 1, to, chunks);
  for (let panel = part(panels, 1, from, chunks); panel < end; panel++) {
    const row = panel << 2;
    let p0 = address(args, 0) + <usize>min(row, last) * rowStep, p1 = address(args, 0) + <usize>min(row + 1, last) * rowStep;
    let p2 = address(args, 0) + <usize>min(row + 2, last) * rowStep, p3 = address(args, 0) + <usize>min(row + 3, last) * rowStep;
    let u = address(args, 1) + ((<usize>panel * depth) << 4);
    for (let k = 0; k < depth; k++, u += 16) {
      // the nine taps, lane i from filter i
      storeTransposed(scratch, 16, v128.load(p0), v128.load(p1), v128.load(p2), v128.load(p3));
      storeTransposed(scratch + 64, 16, v128.load(p0, 16), v128.load(p1, 16), v128.load(p2, 16), v128.load(p3, 16));
      v128.store(scratch + 128, f32x4(load<f32>(p0, 32), load<f32>(p1, 32), load<f32>(p2, 32), load<f32>(p3, 32)));
      const tap = isFlipped ? scratch + 128 : scratch, next = isFlipped ? -16 : 16;
      const columns = scratch + 144; // G g: [3][6]
      for (let j = 0; j < 3; j++) {
        const at = tap + j * next;
        storeG(columns + j * 96, 16, v128.load(at), v128.load(at + 3 * next), v128.load(at + 6 * next));
      }
      for (let i = 0; i < 6; i++) {
        const at = columns + (i << 4);
        storeG(u + <usize>(6 * i) * place, place, v128.load(at), v128.load(at, 96), v128.load(at, 192));
      }
      p0 += depthStep, p1 += depthStep, p2 += depthStep, p3 += depthStep;
    }
  }
}

/** Bᵀ d B of four tiles of one channel: 36 vectors, `place` bytes apart. Uses 576 bytes of scratch. */
export function transformTiles(t0: usize, t1: usize, t2: usize, t3: usize, pitch: usize, to: usize, place: usize, scratch: usize): void {
  for (let i = 0; i < 6; i++) {
    const r0 = v128.load(t0), r1 = v128.load(t1), r2 = v128.load(t2), r3 = v128.load(t3);
    const a = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), b = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
    const c = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7), d = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
    const e = v128.shuffle<f32>(v128.load64_zero(t0, 16), v128.load64_zero(t1, 16), 0, 4, 1, 5);
    const f = v128.shuffle<f32>(v128.load64_zero(t2, 16), v128.load64_zero(t3, 16), 0, 4, 1, 5);
    storeB(
      scratch + i * 96, 16,
      v128.shuffle<f64>(a, b, 0, 2), v128.shuffle<f64>(a, b, 1, 3),
      v128.shuffle<f64>(c, d, 0, 2), v128.shuffle<f64>(c, d, 1, 3),
      v128.shuffle<f64>(e, f, 0, 2), v128.shuffle<f64>(e, f, 1, 3),
    );
    t0 += pitch, t1 += pitch, t2 += pitch, t3 += pitch;
  }
  for (let j = 0; j < 6; j++) {
    const at = scratch + (j << 4);
    storeB(
      to + <usize>j * place, 6 * place,
      v128.load(at), v128.load(at, 96), v128.load(at, 192), v128.load(at, 288), v128.load(at, 384), v128.load(at, 480),
    );
  }
}

/** Aᵀ M A of four tiles: 36 vectors, `place` bytes apart, become 4 × 4 at `to`. Uses 384 bytes of scratch. */
function transformSums(from: usize, place: usize, to: usize, scratch: usize): void {
  for (let i = 0; i < 6; i++, from += 6 * place) {
    storeA(
      scratch + (i << 6), 16,
      v128.load(from), v128.load(from + place), v128.load(from + 2 * place),
      v128.load(from + 3 * place), v128.load(from + 4 * place), v128.load(from + 5 * place),
    );
  }
  for (let j = 0; j < 4; j++) {
    const at = scratch + (j << 4);
    storeA(
      to + (j << 4), 64,
      v128.load(at), v128.load(at, 64), v128.load(at, 128), v128.load(at, 192), v128.load(at, 256), v128.load(at, 320),
    );
  }
}

/**
 * Y from padded images and transformed filters. A chunk is a block of tiles and of rows.
 * args: images, U, y, rows (channels of y), depth (channels of x), bytes from channel to channel and from row to row of an
 * image, bytes from channel to channel and row to row of y, how many tiles, where each is in the images and in y, how much
 * of each is there (8 · rows + columns), tiles and rows of a block, a number for each row to add or 0, chunks, bytes
 * from pixel to pixel of y, where V is already or 0.
 */
export function winograd(args: usize, from: i32, to: i32, scratch: usize): void {
  const rows = int(args, 3), depth = int(args, 4), tiles = int(args, 9);
  const blockTiles = int(args, 13), blockRows = int(args, 14);
  const down = (rows + blockRows - 1) / blockRows, across = (tiles + blockTiles - 1) / blockTiles;
  const chunks = int(args, 16);
  const end = part(down * across, 1, to, chunks);
  for (let i = part(down * across, 1, from, chunks); i < end; i++) {
    const tile0 = (i / down) * blockTiles, row = (i % down) * blockRows;
    winogradBlock(args, tile0, min(tile0 + blockTiles, tiles), row, min(row + blockRows, rows), scratch);
  }
}

/** V = Bᵀ d B of a block of tiles and some channels: [36][tiles / 8][depth][8]; tiles that are missing repeat the last. */
function transformBlock(args: usize, tile0: i32, tileEnd: i32, first: i32, end: i32, v: usize, scratch: usize): void {
  const depth = int(args, 4), plane = address(args, 5), pitch = address(args, 6);
  const images = address(args, 0) + <usize>first * plane, starts = address(args, 10);
  const panels = (tileEnd - tile0 + 7) >> 3;
  const place = apart((<usize>panels * depth) << 5);
  for (let t = 0; t < panels << 1; t++) {
    const at = tile0 + (t << 2), last = tileEnd - 1;
    let t0 = images + <usize>load<u32>(starts + (<usize>min(at, last) << 2));
    let t1 = images + <usize>load<u32>(starts + (<usize>min(at + 1, last) << 2));
    let t2 = images + <usize>load<u32>(starts + (<usize>min(at + 2, last) << 2));
    let t3 = images + <usize>load<u32>(starts + (<usize>min(at + 3, last) << 2));
    let to = v + ((<usize>((t >> 1) * depth + first)) << 5) + (<usize>(t & 1) << 4);
    for (let c = first; c < end; c++, to += 32) {
      transformTiles(t0, t1, t2, t3, pitch, to, place, scratch);
      t0 += plane, t1 += plane, t2 += plane, t3 += plane;
    }
  }
}

/**
 * V of all blocks of tiles, where several blocks of rows share it. A chunk is some of the channels. args: as those of
 * `winograd`, V being word 18; chunks are word 19.
 */
export function winogradImages(args: usize, from: i32, to: i32, scratch: usize): void {
  const depth = int(args, 4), tiles = int(args, 9), blockTiles = int(args, 13), chunks = int(args, 19);
  const size = 36 * apart((<usize>(blockTiles >> 3) * depth) << 5);
  const first = part(depth, 4, from, chunks), end = part(depth, 4, to, chunks);
  for (let tile = 0, v = address(args, 18); tile < tiles; tile += blockTiles, v += size) {
    transformBlock(args, tile, min(tile + blockTiles, tiles), first, end, v, scratch);
  }
}

function winogradBlock(args: usize, tile0: i32, tileEnd: i32, row: i32, rowEnd: i32, scratch: usize): void {
  const rows = int(args, 3), depth = int(args, 4);
  const panels = (tileEnd - tile0 + 7) >> 3;
  const vPlace = apart((<usize>panels * depth) << 5);
  const ready = address(args, 18); // V of all blocks, if many share each
  const v = ready ? ready + <usize>(tile0 / int(args, 13)) * 36 * apart((<usize>(int(args, 13) >> 3) * depth) << 5) : scratch + 1024;
  const sums = ready ? scratch + 1024 : v + 36 * vPlace;
  const rowPanels = (rowEnd - row + 3) >> 2;
  const sumPlace = apart((<usize>rowPanels * panels) << 7);

  if (!address(args, 18)) transformBlock(args, tile0, tileEnd, 0, depth, v, scratch);

  // M = U V for each of the 36 places: [36][rows / 4][tiles / 8] tiles of 4 × 8
  const allPanels = (rows + 3) >> 2;
  for (let p = 0; p < 36; p++) {
    let c = sums + <usize>p * sumPlace;
    for (let r = 0; r < rowPanels; r++) {
      const a = address(args, 1) + <usize>p * apart((<usize>allPanels * depth) << 4) + ((<usize>((row >> 2) + r) * depth) << 4);
      for (let t = 0; t < panels; t++, c += 128) tile(depth, a, v + <usize>p * vPlace + ((<usize>t * depth) << 5), c, true);
    }
  }

  for (let r = row; r < rowEnd; r++) {
    const bias = address(args, 15) ? load<f32>(address(args, 15) + (<usize>r << 2)) : 0;
    for (let t = 0; t < panels << 1; t++) {
      const first = tile0 + (t << 2);
      if (first >= tileEnd) break;
      const from = sums + ((<usize>(((r - row) >> 2) * panels + (t >> 1)) << 7) + (<usize>((r - row) & 3) << 5) + (<usize>(t & 1) << 4));
      transformSums(from, sumPlace, scratch + 384, scratch);
      storeTiles(args, scratch + 384, first, min(tileEnd - first, 4), r, bias);
    }
  }
}

/** Stores up to four tiles of 4 × 4, lane by lane, into y. */
function storeTiles(args: usize, from: usize, first: i32, count: i32, row: i32, bias: f32): void {
  const y = address(args, 2) + <usize>row * address(args, 7), pitch = address(args, 8);
  const targets = address(args, 11) + (<usize>first << 2), extents = address(args, 12) + (<usize>first << 2);
  const step = address(args, 17);
  const b = f32x4.splat(bias);
  for (let i = 0; i < 4; i++, from += 64) {
    let r0 = f32x4.add(v128.load(from), b), r1 = f32x4.add(v128.load(from, 16), b);
    let r2 = f32x4.add(v128.load(from, 32), b), r3 = f32x4.add(v128.load(from, 48), b);
    storeTransposed(from, 16, r0, r1, r2, r3);
    for (let t = 0; t < count; t++) {
      const extent = load<i32>(extents + (<usize>t << 2)) >> 2;
      if (i >= extent >> 3) continue;
      const to = y + <usize>load<u32>(targets + (<usize>t << 2)) + <usize>i * pitch, at = from + (<usize>t << 4);
      const columns = extent & 7;
      if (columns == 4 && step == 4) v128.store(to, v128.load(at));
      else for (let j = 0; j < columns; j++) store<f32>(to + <usize>j * step, load<f32>(at + (<usize>j << 2)));
    }
  }
}
