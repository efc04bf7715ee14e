// Rows of elements that lie side by side: what most kernels come to.

/** The address of the i-th word behind `at`. */
// @ts-ignore: decorator
@inline
export function word(at: usize, i: i32): usize {
  return at + (<usize>i << 2);
}

/** The address of the i-th float64 behind `at`. */
// @ts-ignore: decorator
@inline
export function long(at: usize, i: i32): usize {
  return at + (<usize>i << 3);
}

/** Copies n words. */
export function copyRow(to: usize, x: usize, n: i32): void {
  if (n >= 256) {
    memory.copy(to, x, <usize>n << 2);
    return;
  }
  let i = 0;
  for (; i + 4 <= n; i += 4) v128.store(word(to, i), v128.load(word(x, i)));
  for (; i < n; i++) store<i32>(word(to, i), load<i32>(word(x, i)));
}

/** Writes one word n times. */
export function fillRow(to: usize, bits: i32, n: i32): void {
  const v = i32x4.splat(bits);
  let i = 0;
  for (; i + 4 <= n; i += 4) v128.store(word(to, i), v);
  for (; i < n; i++) store<i32>(word(to, i), bits);
}

/** Σ x in float64: four pairs of sums, of every eighth element each, then these. */
export function sumRow(x: usize, n: i32): f64 {
  let a = f64x2.splat(0), b = a, c = a, d = a;
  let i = 0;
  for (; i + 8 <= n; i += 8) {
    const at = word(x, i);
    a = f64x2.add(a, f64x2.promote_low_f32x4(v128.load64_zero(at)));
    b = f64x2.add(b, f64x2.promote_low_f32x4(v128.load64_zero(at, 8)));
    c = f64x2.add(c, f64x2.promote_low_f32x4(v128.load64_zero(at, 16)));
    d = f64x2.add(d, f64x2.promote_low_f32x4(v128.load64_zero(at, 24)));
  }
  a = f64x2.add(f64x2.add(a, b), f64x2.add(c, d));
  let sum = f64x2.extract_lane(a, 0) + f64x2.extract_lane(a, 1);
  for (; i < n; i++) sum += <f64>load<f32>(word(x, i));
  return sum;
}

/** sums += x, in float64. */
export function addRow(sums: usize, x: usize, n: i32): void {
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const to = long(sums, i), at = word(x, i);
    v128.store(to, f64x2.add(v128.load(to), f64x2.promote_low_f32x4(v128.load64_zero(at))));
    v128.store(to, f64x2.add(v128.load(to, 16), f64x2.promote_low_f32x4(v128.load64_zero(at, 8))), 16);
  }
  for (; i < n; i++) store<f64>(long(sums, i), load<f64>(long(sums, i)) + <f64>load<f32>(word(x, i)));
}

/** y = sums, rounded once. */
export function roundRow(y: usize, sums: usize, n: i32): void {
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const low = f32x4.demote_f64x2_zero(v128.load(long(sums, i)));
    const high = f32x4.demote_f64x2_zero(v128.load(long(sums, i), 16));
    v128.store(word(y, i), v128.shuffle<i64>(low, high, 0, 2));
  }
  for (; i < n; i++) store<f32>(word(y, i), <f32>load<f64>(long(sums, i)));
}
