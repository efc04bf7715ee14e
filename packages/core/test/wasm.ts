import { expect } from "vitest";
import { cpu, type Shape, Tensor, tensor } from "../src/index.js";
import { createRandom } from "../src/random.js";
import { sizeOf } from "../src/shape.js";
import { plain } from "../src/testing/index.js";

/** A kernel of the cpu, called on tensors and plain records. */
type Call<Args extends readonly unknown[]> = (...args: Args) => Tensor;

const mapTensors = <T>(arg: T, f: (x: Tensor) => Tensor): T =>
  (arg instanceof Tensor ? f(arg) : Array.isArray(arg) ? arg.map((inner) => mapTensors(inner, f)) : arg) as T;

/** A tensor on the cpu whose storage is an ordinary array, whatever its size. */
export const ordinary = (x: Tensor): Tensor => new Tensor(cpu, x.shape, x.dtype, x.dataSync());

/**
 * Checks that a kernel on the cpu equals the plain one, for operands in WebAssembly's memory and in ordinary arrays.
 *
 * @param units How many of the last binary places of a float32 may differ. Default 0: bits are equal, but for NaN's.
 */
export function expectPlain<Args extends readonly unknown[]>(call: Call<Args>, args: Args, units = 0): void {
  const expected = call(...(mapTensors(args, (x) => x.to(plain)) as Args));
  for (const place of [(x: Tensor) => x, ordinary]) {
    const y = call(...(mapTensors(args, place) as Args));
    expect([y.shape, y.dtype, y.device]).toEqual([expected.shape, expected.dtype, cpu]);
    const [got, want] = [y.dataSync(), expected.dataSync()];
    const bad = got.findIndex((g, i) => !isClose(g, want[i], units));
    if (bad >= 0) throw new Error(`element ${bad} of [${y.shape}] is ${got[bad]}, expected ${want[bad]}`);
    y.dispose();
  }
  expected.dispose();
}

/** What may be left, in float64, of quotients that cancel. */
const CANCELLED = 1e-14;

const isClose = (g: number, w: number, units: number): boolean =>
  Object.is(g, w) || (units > 0 && (g === w || Math.abs(g - w) <= units * 2 ** -23 * Math.abs(w) + CANCELLED));

/** Checks that 1, 2 and 3 threads give the same bits. */
export async function expectSameForThreads(f: () => Tensor): Promise<void> {
  const results: Uint32Array[] = [];
  for (const threads of [1, 2, 3]) {
    await cpu.configure({ threads });
    for (let times = 0; times < 3; times++) results.push(new Uint32Array(f().dataSync().buffer));
  }
  await cpu.configure({ threads: 1 });
  for (const result of results) {
    expect(result.length).toBe(results[0].length);
    expect(result.findIndex((bits, i) => bits !== results[0][i])).toBe(-1);
  }
}

const SPECIAL = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0];

/**
 * Random float32, of which some are integers, so that there are ties, and, if asked for, some are not finite, or −0. All are
 * multiples of 2⁻²⁰, so that float64 holds their sums exactly, in any order.
 */
export function mixed(shape: Shape, seed: number, special = 0): Tensor {
  const random = createRandom(seed);
  const values = Float32Array.from({ length: sizeOf(shape) }, () => {
    const kind = random.integer(1000) / 1000;
    if (kind < special) return SPECIAL[random.integer(SPECIAL.length)];
    return kind < 0.6 ? random.integer(5) - 2 : random.integer(2 ** 21) / 2 ** 20 - 1;
  });
  return tensor(values, shape);
}
