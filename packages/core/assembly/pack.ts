/** Where the entry of a table is. */
// @ts-ignore: decorator
@inline
function entry(table: usize, i: i32): usize {
  return <usize>load<u32>(table + (<usize>i << 2));
}

/** Transposes four vectors and stores them `stride` bytes apart. */
// @ts-ignore: decorator
@inline
export function storeTransposed(to: usize, stride: usize, r0: v128, r1: v128, r2: v128, r3: v128): void {
  const a = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), b = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const c = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7), d = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f64>(a, b, 0, 2));
  v128.store(to + stride, v128.shuffle<f64>(a, b, 1, 3));
  v128.store(to + 2 * stride, v128.shuffle<f64>(c, d, 0, 2));
  v128.store(to + 3 * stride, v128.shuffle<f64>(c, d, 1, 3));
}

/** Whether four entries of a table, of which this is the first, are of neighbours. */
// @ts-ignore: decorator
@inline
function isRun(table: usize, first: u32): bool {
  return load<u32>(table, 4) - first == 4 && load<u32>(table, 8) - first == 8 && load<u32>(table, 12) - first == 12;
}

/**
 * Four lines of a matrix side by side, `depth` steps of them from k0 on: vectors of four, `stride` bytes apart. Line i is at
 * base + lines[i]; step k adds steps[k]. Lines from `count` on repeat the last: their results are not kept.
 */
export function packQuad(
  to: usize, stride: usize, base: usize, lines: usize, line: i32, count: i32, steps: usize, k0: i32, depth: i32,
): void {
  const last = count - 1;
  const p0 = base + entry(lines, min(line, last)), p1 = base + entry(lines, min(line + 1, last));
  const p2 = base + entry(lines, min(line + 2, last)), p3 = base + entry(lines, min(line + 3, last));
  let at = steps + (<usize>k0 << 2);
  const end = at + (<usize>depth << 2);
  if (p1 - p0 == 4 && p2 - p0 == 8 && p3 - p0 == 12) {
    for (; at < end; at += 4, to += stride) v128.store(to, v128.load(p0 + <usize>load<u32>(at)));
    return;
  }
  if (p1 - p0 == 8 && p2 - p0 == 16 && p3 - p0 == 24) {
    for (; at < end; at += 4, to += stride) {
      const p = p0 + <usize>load<u32>(at);
      v128.store(to, v128.shuffle<f32>(v128.load(p), v128.load(p, 12), 0, 2, 5, 7));
    }
    return;
  }
  while (at < end) {
    const step = <usize>load<u32>(at);
    if (at + 16 <= end && isRun(at, <u32>step)) {
      storeTransposed(to, stride, v128.load(p0 + step), v128.load(p1 + step), v128.load(p2 + step), v128.load(p3 + step));
      at += 16;
      to += stride << 2;
    } else {
      store<f32>(to, load<f32>(p0 + step));
      store<f32>(to, load<f32>(p1 + step), 4);
      store<f32>(to, load<f32>(p2 + step), 8);
      store<f32>(to, load<f32>(p3 + step), 12);
      at += 4;
      to += stride;
    }
  }
}
