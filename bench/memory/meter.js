// Bytes: what is alive, and what kernels take, in ordinary arrays: WebAssembly, whose memory V8 does not count, is off here.
// Needs node --expose-gc, and --predictable --single-threaded: other threads
// that sweep, and compile, decide when an array that nobody needs is off the books.

import { cpu, Tensor } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import { plain } from "@conv/core/testing";

/** The bytes of all arrays that are still in use. */
export function liveBytes() {
  // Again and again: arrays that one collection finds dead are taken off the books by a later one.
  let bytes = Number.POSITIVE_INFINITY;
  for (let same = 0; same < 1; ) {
    globalThis.gc();
    const { arrayBuffers } = process.memoryUsage();
    same = arrayBuffers < bytes ? 0 : same + 1;
    bytes = arrayBuffers;
  }
  return bytes;
}

/**
 * A device that computes with the plain kernels, and writes down what each call takes: { kernel, live, result, scratch }
 * in bytes, of what was alive before it, its result, and all else that it allocated.
 *
 * @param {(kernel: string) => boolean} [isMeasured] Which kernels are measured, which takes some ten milliseconds. Default: all.
 */
export async function createMeter(isMeasured = () => true) {
  await cpu.configure({ wasm: "off" });
  const calls = [];
  const start = liveBytes();
  const measured = (kernel, compute) => {
    if (!isMeasured(kernel)) {
      const { shape, dtype, storage } = compute();
      return new Tensor(device, shape, dtype, storage);
    }
    const live = liveBytes();
    const y = compute();
    const result = y.storage.byteLength;
    const scratch = process.memoryUsage().arrayBuffers - live - result;
    calls.push({ kernel, live: live - start, result, scratch: Math.max(0, scratch) });
    return new Tensor(device, y.shape, y.dtype, y.storage);
  };
  // A tensor of the meter and a plain one can share their array: both devices are the host.
  const toPlain = (x) => (x instanceof Tensor ? new Tensor(plain, x.shape, x.dtype, x.storage) : x);
  const wrapped = Object.entries(kernels).map(([name, kernel]) => [
    name,
    (...args) => measured(name, () => kernel(...args.map((x) => (Array.isArray(x) ? x.map(toPlain) : toPlain(x))))),
  ]);
  const device = { ...plain, name: "meter", kernels: Object.fromEntries(wrapped) };
  return { device, calls };
}

/** The most that was in use at one time, in bytes. */
export function peakOf(calls) {
  return Math.max(...calls.map(({ live, result, scratch }) => live + result + scratch));
}

/** The most that was alive before a kernel ran, in bytes: without its scratch, which depends on when garbage is collected. */
export function aliveOf(calls) {
  return Math.max(...calls.map(({ live }) => live));
}

/** The most that one kernel took beside its result, in bytes. */
export function scratchOf(calls) {
  return Math.max(...calls.map(({ scratch }) => scratch));
}
