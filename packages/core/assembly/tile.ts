import { madd } from "./args";

/**
 * A tile of a product: c [4][8] = a · b, or c + a · b, with a panel [k][4] and a panel [k][8].
 *
 * Eight sums, two vectors of b and one number of a at a time: what fits into the registers that V8 has. It is a function
 * of its own, called often, so that the engine's better code is taken up at the next call.
 */
export function tile(k: i32, a: usize, b: usize, c: usize, isFirst: bool): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  if (!isFirst) {
    c00 = v128.load(c), c01 = v128.load(c, 16);
    c10 = v128.load(c, 32), c11 = v128.load(c, 48);
    c20 = v128.load(c, 64), c21 = v128.load(c, 80);
    c30 = v128.load(c, 96), c31 = v128.load(c, 112);
  }
  const end = b + (<usize>k << 5);
  while (b < end) {
    let b0 = v128.load(b), b1 = v128.load(b, 16);
    let ai = v128.load32_splat(a);
    c00 = madd(ai, b0, c00), c01 = madd(ai, b1, c01);
    ai = v128.load32_splat(a, 4);
    c10 = madd(ai, b0, c10), c11 = madd(ai, b1, c11);
    ai = v128.load32_splat(a, 8);
    c20 = madd(ai, b0, c20), c21 = madd(ai, b1, c21);
    ai = v128.load32_splat(a, 12);
    c30 = madd(ai, b0, c30), c31 = madd(ai, b1, c31);
    b += 32, a += 16;
    if (b == end) break; // two steps for each turn: in a block of its own, lest the engine load all of both at once
    b0 = v128.load(b), b1 = v128.load(b, 16);
    ai = v128.load32_splat(a);
    c00 = madd(ai, b0, c00), c01 = madd(ai, b1, c01);
    ai = v128.load32_splat(a, 4);
    c10 = madd(ai, b0, c10), c11 = madd(ai, b1, c11);
    ai = v128.load32_splat(a, 8);
    c20 = madd(ai, b0, c20), c21 = madd(ai, b1, c21);
    ai = v128.load32_splat(a, 12);
    c30 = madd(ai, b0, c30), c31 = madd(ai, b1, c31);
    b += 32, a += 16;
  }
  v128.store(c, c00), v128.store(c, c01, 16);
  v128.store(c, c10, 32), v128.store(c, c11, 48);
  v128.store(c, c20, 64), v128.store(c, c21, 80);
  v128.store(c, c30, 96), v128.store(c, c31, 112);
}

/**
 * The same with b where it is, not packed: row k of it is 8 neighbours at b + steps[k]. For products of so few rows that
 * packing would cost more than it saves.
 */
export function tileInPlace(k: i32, a: usize, b: usize, steps: usize, c: usize, isFirst: bool): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  if (!isFirst) {
    c00 = v128.load(c), c01 = v128.load(c, 16);
    c10 = v128.load(c, 32), c11 = v128.load(c, 48);
    c20 = v128.load(c, 64), c21 = v128.load(c, 80);
    c30 = v128.load(c, 96), c31 = v128.load(c, 112);
  }
  for (let end = steps + (<usize>k << 2); steps < end; steps += 4) {
    const at = b + <usize>load<u32>(steps);
    const b0 = v128.load(at), b1 = v128.load(at, 16);
    let ai = v128.load32_splat(a);
    c00 = madd(ai, b0, c00), c01 = madd(ai, b1, c01);
    ai = v128.load32_splat(a, 4);
    c10 = madd(ai, b0, c10), c11 = madd(ai, b1, c11);
    ai = v128.load32_splat(a, 8);
    c20 = madd(ai, b0, c20), c21 = madd(ai, b1, c21);
    ai = v128.load32_splat(a, 12);
    c30 = madd(ai, b0, c30), c31 = madd(ai, b1, c31);
    a += 16;
  }
  v128.store(c, c00), v128.store(c, c01, 16);
  v128.store(c, c10, 32), v128.store(c, c11, 48);
  v128.store(c, c20, 64), v128.store(c, c21, 80);
  v128.store(c, c30, 96), v128.store(c, c31, 112);
}
