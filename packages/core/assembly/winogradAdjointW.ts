import { address, int, madd, part } from "./args";
import { tile } from "./tile";
import { apart, scale, transformTiles } from "./winograd";

/*
 * The gradient of 3 × 3 filters by the same algorithm: Winograd's is a trilinear form as well, ⟨Y, g⟩ = Σ (A g Aᵀ) ⊙ (G w Gᵀ)
 * ⊙ (Bᵀ d B) over places, channels and tiles; what w is multiplied with is
 *
 *     gradW = Gᵀ [ Σ_tiles (A g Aᵀ) ⊙ (Bᵀ d B) ] G
 *
 * The sum over tiles is, for each of the 36 places, a product of matrices. Four channels fill the lanes of a vector.
 */

/** Stores A · (g0, …, g3), a column of 6, `step` bytes apart. */
// @ts-ignore: decorator
@inline
function storeAdjointA(to: usize, step: usize, g0: v128, g1: v128, g2: v128, g3: v128): void {
  const even = f32x4.add(g0, g2), odd = f32x4.add(g1, g3);
  const even2 = madd(f32x4.splat(4), g2, g0), odd2 = madd(f32x4.splat(8), g3, scale(g1, 2));
  v128.store(to, g0);
  v128.store(to + step, f32x4.add(even, odd));
  v128.store(to + 2 * step, f32x4.sub(even, odd));
  v128.store(to + 3 * step, f32x4.add(even2, odd2));
  v128.store(to + 4 * step, f32x4.sub(even2, odd2));
  v128.store(to + 5 * step, g3);
}

/** Stores Gᵀ · (m0, …, m5), a column of 3, `step` bytes apart. */
// @ts-ignore: decorator
@inline
function storeAdjointG(to: usize, step: usize, m0: v128, m1: v128, m2: v128, m3: v128, m4: v128, m5: v128): void {
  const p = scale(f32x4.add(m1, m2), -1.0 / 6.0), q = f32x4.sub(m2, m1);
  const r = f32x4.add(m3, m4), s = f32x4.sub(m3, m4);
  v128.store(to, f32x4.add(f32x4.add(scale(m0, 0.25), p), scale(r, 1.0 / 24.0)));
  v128.store(to + step, f32x4.add(scale(q, 1.0 / 6.0), scale(s, 1.0 / 12.0)));
  v128.store(to + 2 * step, f32x4.add(f32x4.add(p, scale(r, 1.0 / 6.0)), m5));
}

/** A g Aᵀ of one tile of four channels: 36 vectors, `place` bytes apart. Uses 384 bytes of scratch. */
function transformGradients(g0: usize, g1: usize, g2: usize, g3: usize, pitch: usize, to: usize, place: usize, scratch: usize): void {
  for (let i = 0; i < 4; i++) {
    const r0 = v128.load(g0), r1 = v128.load(g1), r2 = v128.load(g2), r3 = v128.load(g3);
    const a = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), b = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
    const c = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7), d = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
    storeAdjointA(
      scratch + i * 96, 16,
      v128.shuffle<f64>(a, b, 0, 2), v128.shuffle<f64>(a, b, 1, 3), v128.shuffle<f64>(c, d, 0, 2), v128.shuffle<f64>(c, d, 1, 3),
    );
    g0 += pitch, g1 += pitch, g2 += pitch, g3 += pitch;
  }
  for (let j = 0; j < 6; j++) {
    const at = scratch + (j << 4);
    storeAdjointA(to + <usize>j * place, 6 * place, v128.load(at), v128.load(at, 96), v128.load(at, 192), v128.load(at, 288));
  }
}

/**
 * The sums over tiles. A chunk is a part of the tiles and a block of the rows of gradW; it writes tiles of 4 × 8, in
 * [part][36][rows / 4][columns / 8].
 * args: padded images, padded gradients, sums; rows (channels of g), columns (channels of x); bytes from channel to channel
 * and from row to row of the images, and of the gradients; how many tiles, and where each is in the images and in the
 * gradients; parts; tiles and rows of a block; chunks.
 */
export function winogradAdjointW(args: usize, from: i32, to: i32, scratch: usize): void {
  const rows = int(args, 3), tiles = int(args, 9), parts = int(args, 12), blockRows = int(args, 14), chunks = int(args, 15);
  const down = (rows + blockRows - 1) / blockRows;
  const end = part(parts * down, 1, to, chunks);
  for (let i = part(parts * down, 1, from, chunks); i < end; i++) {
    const p = i / down, row = (i % down) * blockRows;
    sumTiles(args, p, part(tiles, 1, p, parts), part(tiles, 1, p + 1, parts), row, min(row + blockRows, rows), scratch);
  }
}

function sumTiles(args: usize, p: i32, first: i32, end: i32, row: i32, rowEnd: i32, scratch: usize): void {
  const rows = int(args, 3), columns = int(args, 4), blockTiles = int(args, 13);
  const xPlane = address(args, 5), xPitch = address(args, 6), gPlane = address(args, 7), gPitch = address(args, 8);
  const rowPanels = (rowEnd - row + 3) >> 2, allRowPanels = (rows + 3) >> 2, columnPanels = (columns + 7) >> 3;
  const sums = address(args, 2) + ((<usize>(p * 36 * allRowPanels * columnPanels)) << 7);
  const g = scratch + 1024, gPlace = apart(<usize>(rowPanels * blockTiles) << 4);
  const v = g + 36 * gPlace, vPlace = apart(<usize>(columnPanels * blockTiles) << 5);
  for (let t0 = first; t0 < end; t0 += blockTiles) {
    const count = min(blockTiles, end - t0);
    for (let r = 0; r < rowPanels; r++) {
      const channel = row + (r << 2), last = rows - 1;
      for (let t = 0; t < count; t++) {
        const at = address(args, 1) + <usize>load<u32>(address(args, 11) + (<usize>(t0 + t) << 2));
        transformGradients(
          at + <usize>channel * gPlane, at + <usize>min(channel + 1, last) * gPlane,
          at + <usize>min(channel + 2, last) * gPlane, at + <usize>min(channel + 3, last) * gPlane,
          gPitch, g + (<usize>(r * blockTiles + t) << 4), gPlace, scratch,
        );
      }
    }
    for (let c = 0; c < columnPanels << 1; c++) {
      const channel = c << 2, last = columns - 1;
      for (let t = 0; t < count; t++) {
        const at = address(args, 0) + <usize>load<u32>(address(args, 10) + (<usize>(t0 + t) << 2));
        transformTiles(
          at + <usize>min(channel, last) * xPlane, at + <usize>min(channel + 1, last) * xPlane,
          at + <usize>min(channel + 2, last) * xPlane, at + <usize>min(channel + 3, last) * xPlane,
          xPitch, v + (<usize>((c >> 1) * blockTiles + t) << 5) + (<usize>(c & 1) << 4), vPlace, scratch,
        );
      }
    }
    for (let place = 0; place < 36; place++) {
      for (let r = 0; r < rowPanels; r++) {
        let to = sums + (<usize>((place * allRowPanels + (row >> 2) + r) * columnPanels) << 7);
        const a = g + <usize>place * gPlace + (<usize>(r * blockTiles) << 4);
        let b = v + <usize>place * vPlace;
        for (let c = 0; c < columnPanels; c++, to += 128, b += <usize>blockTiles << 5) tile(count, a, b, to, t0 == first);
      }
    }
  }
}

/** gradW = Gᵀ (the sum of all parts) G. args: sums, gradW, rows, columns, parts, chunks. */
export function winogradGradients(args: usize, from: i32, to: i32, scratch: usize): void {
  const rows = int(args, 2), columns = int(args, 3), parts = int(args, 4), chunks = int(args, 5);
  const rowPanels = (rows + 3) >> 2, columnPanels = (columns + 7) >> 3;
  const place = <usize>(rowPanels * columnPanels) << 7;
  const end = part(rows, 1, to, chunks);
  for (let row = part(rows, 1, from, chunks); row < end; row++) {
    for (let column = 0; column < columns; column += 4) {
      let at = address(args, 0) + (<usize>((row >> 2) * columnPanels + (column >> 3)) << 7);
      at += (<usize>(row & 3) << 5) + (<usize>(column & 4) << 2);
      for (let i = 0; i < 6; i++, at += 6 * place) {
        storeAdjointG(
          scratch + i * 48, 16,
          sumOf(at, parts, place), sumOf(at + place, parts, place), sumOf(at + 2 * place, parts, place),
          sumOf(at + 3 * place, parts, place), sumOf(at + 4 * place, parts, place), sumOf(at + 5 * place, parts, place),
        );
      }
      const taps = scratch + 288;
      for (let j = 0; j < 3; j++) {
        const m = scratch + (j << 4);
        storeAdjointG(
          taps + (j << 4), 48,
          v128.load(m), v128.load(m, 48), v128.load(m, 96), v128.load(m, 144), v128.load(m, 192), v128.load(m, 240),
        );
      }
      let target = address(args, 1) + <usize>((row * columns + column) * 36);
      for (let c = 0; c < min(4, columns - column); c++) {
        for (let t = 0; t < 9; t++, target += 4) store<f32>(target, load<f32>(taps + (<usize>t << 4) + (<usize>c << 2)));
      }
    }
  }
}

/** The sum of the same vector of all parts. */
// @ts-ignore: decorator
@inline
function sumOf(at: usize, parts: i32, place: usize): v128 {
  let sum = v128.load(at);
  for (let p = 1; p < parts; p++) sum = f32x4.add(sum, v128.load(at + <usize>p * 36 * place));
  return sum;
}
