import { address, int, madd, part } from "./args";
import { clear, layOut } from "./frame";

/*
 * Convolutions whose groups have one channel: every plane of the result is made of one plane of x (or, for the adjoint
 * with several filters a channel, of a few of g). A plane is first laid out with its zeros in the thread's own memory,
 * row by row, and with a stride of s, every row as s rows of each s-th pixel: then all taps read neighbours.
 */

/** Σ w[t] · line[t + offsets[t]] for 16 neighbours. */
function sixteen(to: usize, line: usize, w: usize, offsets: usize, taps: i32): void {
  let a = f32x4.splat(0), b = a, c = a, d = a;
  for (const end = w + (<usize>taps << 2); w < end; w += 4, offsets += 4) {
    const x = line + <usize>load<u32>(offsets), s = v128.load32_splat(w);
    a = madd(s, v128.load(x), a);
    b = madd(s, v128.load(x, 16), b);
    c = madd(s, v128.load(x, 32), c);
    d = madd(s, v128.load(x, 48), d);
  }
  v128.store(to, a), v128.store(to, b, 16), v128.store(to, c, 32), v128.store(to, d, 48);
}

/** The same for four. */
function four(to: usize, line: usize, w: usize, offsets: usize, taps: i32): void {
  let a = f32x4.splat(0), b = a;
  const end = w + (<usize>taps << 2);
  for (; w + 8 <= end; w += 8, offsets += 8) {
    a = madd(v128.load32_splat(w), v128.load(line + <usize>load<u32>(offsets)), a);
    b = madd(v128.load32_splat(w, 4), v128.load(line + <usize>load<u32>(offsets, 4)), b);
  }
  if (w < end) a = madd(v128.load32_splat(w), v128.load(line + <usize>load<u32>(offsets)), a);
  v128.store(to, f32x4.add(a, b));
}

/**
 * A row of a result of 3 × 3 taps, 4 numbers or more: the taps stay in registers. Those of a row are at p, q and p + `third`
 * bytes, where q may be a neighbour of p, or, with a stride of 2, in the other half of the row.
 */
function nineTaps(to: usize, line: usize, width: i32, w: usize, offsets: usize): void {
  const w0 = v128.load32_splat(w), w1 = v128.load32_splat(w, 4), w2 = v128.load32_splat(w, 8);
  const w3 = v128.load32_splat(w, 12), w4 = v128.load32_splat(w, 16), w5 = v128.load32_splat(w, 20);
  const w6 = v128.load32_splat(w, 24), w7 = v128.load32_splat(w, 28), w8 = v128.load32_splat(w, 32);
  const isRow = load<u32>(offsets, 4) - load<u32>(offsets) == 4;
  const overlap = <usize>((4 - (width & 3)) & 3) << 2;
  const last = to + (<usize>(width - 4) << 2);
  let p0 = line + <usize>load<u32>(offsets), p1 = line + <usize>load<u32>(offsets, 12), p2 = line + <usize>load<u32>(offsets, 24);
  if (isRow) {
    for (;;) {
      let a = f32x4.mul(w0, v128.load(p0)), b = f32x4.mul(w1, v128.load(p0, 4));
      a = madd(w2, v128.load(p0, 8), a);
      b = madd(w3, v128.load(p1), b);
      a = madd(w4, v128.load(p1, 4), a);
      b = madd(w5, v128.load(p1, 8), b);
      a = madd(w6, v128.load(p2), a);
      b = madd(w7, v128.load(p2, 4), b);
      a = madd(w8, v128.load(p2, 8), a);
      v128.store(to, f32x4.add(a, b));
      if (to == last) return;
      let next: usize = 16;
      if (to + 16 > last) next -= overlap;
      to += next, p0 += next, p1 += next, p2 += next;
    }
  }
  let q0 = line + <usize>load<u32>(offsets, 4), q1 = line + <usize>load<u32>(offsets, 16), q2 = line + <usize>load<u32>(offsets, 28);
  for (;;) {
    let a = f32x4.mul(w0, v128.load(p0)), b = f32x4.mul(w1, v128.load(q0));
    a = madd(w2, v128.load(p0, 4), a);
    b = madd(w3, v128.load(p1), b);
    a = madd(w4, v128.load(q1), a);
    b = madd(w5, v128.load(p1, 4), b);
    a = madd(w6, v128.load(p2), a);
    b = madd(w7, v128.load(q2), b);
    a = madd(w8, v128.load(p2, 4), a);
    v128.store(to, f32x4.add(a, b));
    if (to == last) return;
    let next: usize = 16;
    if (to + 16 > last) next -= overlap;
    to += next, p0 += next, p1 += next, p2 += next, q0 += next, q1 += next, q2 += next;
  }
}

/** Whether the taps are 3 × 3 ones as `nineTaps` takes them. */
function isNine(offsets: usize, taps: i32): bool {
  if (taps != 9) return false;
  const second = load<u32>(offsets, 4) - load<u32>(offsets), third = load<u32>(offsets, 8) - load<u32>(offsets);
  for (let i: usize = 0; i < 36; i += 12) {
    const first = load<u32>(offsets + i);
    if (load<u32>(offsets + i, 4) - first != second || load<u32>(offsets + i, 8) - first != third) return false;
  }
  return third == (second == 4 ? 8 : 4);
}

/** A row of a result: by sixteen, then by four, the last of which overlap. Rows shorter than 4 are written to `spare`. */
function rowOf(to: usize, line: usize, width: i32, w: usize, offsets: usize, taps: i32, isNine: bool, spare: usize): void {
  if (width < 4) {
    four(spare, line, w, offsets, taps);
    for (let i = 0; i < width; i++) store<f32>(to + (<usize>i << 2), load<f32>(spare + (<usize>i << 2)));
    return;
  }
  if (isNine) return nineTaps(to, line, width, w, offsets);
  let i = 0;
  for (; i + 16 <= width; i += 16) sixteen(to + (<usize>i << 2), line + (<usize>i << 2), w, offsets, taps);
  for (; i + 4 <= width; i += 4) four(to + (<usize>i << 2), line + (<usize>i << 2), w, offsets, taps);
  if (i < width) four(to + (<usize>(width - 4) << 2), line + (<usize>(width - 4) << 2), w, offsets, taps);
}

/**
 * Planes of the result. args: x, w, y; how many planes of y; how many of them read the same planes of x, and how many
 * planes of x one reads; pixels of a plane of x, of its layout, of a plane of y; how many phases; chunks; the frame of the
 * layout (10 words); numbers of w from plane to plane, bytes of a row to spare, after how many planes w begins again. Then, for
 * each phase: rows along two axes and columns; how far apart they are in the layout along the two axes; how many taps in all;
 * the addresses of their offsets and, in w, of their places (0: as they stand); where the phase begins in y, and how far apart
 * its pixels are there along 3 axes.
 */
export function depthwise(args: usize, from: i32, to: i32, scratch: usize): void {
  const planes = int(args, 3), readers = int(args, 4), terms = int(args, 5);
  const inPixels = int(args, 6), laidPixels = int(args, 7), outPixels = int(args, 8);
  const phases = int(args, 9), chunks = int(args, 10);
  const weights = scratch + 64, row = weights + 4096;
  const laid = row + address(args, 22);
  let last = -1;
  clear(laid, terms * laidPixels);
  const end = part(planes, 1, to, chunks);
  for (let plane = part(planes, 1, from, chunks); plane < end; plane++) {
    const source = (plane / readers) * terms;
    if (source != last) {
      for (let t = 0; t < terms; t++) {
        const x = address(args, 0) + (<usize>((source + t) * inPixels) << 2);
        layOut(laid + (<usize>(t * laidPixels) << 2), x, args + 44, true);
      }
      last = source;
    }
    const y = address(args, 2) + (<usize>(plane * outPixels) << 2);
    for (let p = 0; p < phases; p++) {
      const phase = args + 96 + <usize>p * 48;
      const depth = int(phase, 0), height = int(phase, 1), width = int(phase, 2);
      const taps = int(phase, 5), places = address(phase, 7);
      const filter = address(args, 1) + (<usize>((plane % int(args, 23)) * int(args, 21)) << 2);
      let w = filter;
      if (places) {
        w = weights;
        for (let t = 0; t < taps; t++) store<f32>(w + (<usize>t << 2), load<f32>(filter + <usize>load<u32>(places + (<usize>t << 2))));
      }
      const xStep = int(phase, 11), nine = isNine(address(phase, 6), taps);
      for (let d = 0; d < depth; d++) {
        for (let h = 0; h < height; h++) {
          const line = laid + (<usize>(d * int(phase, 3) + h * int(phase, 4)) << 2);
          const target = y + (<usize>(int(phase, 8) + d * int(phase, 9) + h * int(phase, 10)) << 2);
          rowOf(xStep == 1 ? target : row, line, width, w, address(phase, 6), taps, nine, scratch);
          if (xStep != 1) {
            for (let i = 0; i < width; i++) store<f32>(target + (<usize>(i * xStep) << 2), load<f32>(row + (<usize>i << 2)));
          }
        }
      }
    }
  }
}

/**
 * gradW: for every filter and tap, the sum of g times what the tap sees. args: x, g, gradW; images, channels, filters of a
 * channel; pixels of a plane of x, of its layout, of g; taps; chunks; the frame (10 words); rows of g along two axes and its
 * columns; how far apart rows are in the layout; the address of the taps' offsets.
 */
export function depthwiseAdjointW(args: usize, from: i32, to: i32, scratch: usize): void {
  const images = int(args, 3), channels = int(args, 4), filters = int(args, 5);
  const inPixels = int(args, 6), outPixels = int(args, 8), taps = int(args, 9), chunks = int(args, 10);
  const depth = int(args, 21), height = int(args, 22), width = int(args, 23);
  const offsets = address(args, 26);
  const sums = scratch, laid = sums + (<usize>(taps * filters) << 4);
  clear(laid, int(args, 7));
  const end = part(channels, 1, to, chunks);
  for (let channel = part(channels, 1, from, chunks); channel < end; channel++) {
    clear(sums, taps * filters * 4);
    for (let n = 0; n < images; n++) {
      layOut(laid, address(args, 0) + (<usize>((n * channels + channel) * inPixels) << 2), args + 44, true);
      for (let f = 0; f < filters; f++) {
        let g = address(args, 1) + (<usize>(((n * channels + channel) * filters + f) * outPixels) << 2);
        for (let d = 0; d < depth; d++) {
          for (let h = 0; h < height; h++, g += <usize>width << 2) {
            const line = laid + (<usize>(d * int(args, 24) + h * int(args, 25)) << 2);
            for (let t = 0; t < taps; t++) {
              addProducts(sums + (<usize>(f * taps + t) << 4), g, line + <usize>load<u32>(offsets + (<usize>t << 2)), width);
            }
          }
        }
      }
    }
    const target = address(args, 2) + (<usize>(channel * filters * taps) << 2);
    for (let t = 0; t < taps * filters; t++) {
      const at = sums + (<usize>t << 4);
      const sum = load<f32>(at) + load<f32>(at, 4) + (load<f32>(at, 8) + load<f32>(at, 12));
      store<f32>(target + (<usize>t << 2), sum);
    }
  }
}

/** Adds the products of two rows to four sums. */
function addProducts(sums: usize, a: usize, b: usize, count: i32): void {
  let sum = v128.load(sums), other = f32x4.splat(0);
  const end = a + (<usize>count << 2);
  for (; a + 32 <= end; a += 32, b += 32) {
    sum = madd(v128.load(a), v128.load(b), sum);
    other = madd(v128.load(a, 16), v128.load(b, 16), other);
  }
  for (; a + 16 <= end; a += 16, b += 16) sum = madd(v128.load(a), v128.load(b), sum);
  for (; a < end; a += 4, b += 4) {
    sum = madd(v128.load32_zero(a), v128.load32_zero(b), sum);
  }
  v128.store(sums, f32x4.add(sum, other));
}
