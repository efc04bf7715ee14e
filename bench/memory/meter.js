// Bytes: what is alive, and what kernels take. Needs node --expose-gc.

import { Tensor } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import { plain } from "@conv/core/testing";

/** The bytes of all arrays that are still in use. */
export function liveBytes() {
  // Twice: arrays that one collection finds dead are taken off the books by the next.
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().arrayBuffers;
}

/**
 * A device that computes with the plain kernels, and writes down what each call takes: { kernel, live, result, scratch }
 * in bytes, of what was alive before it, its result, and all else that it allocated.
 */
export function createMeter() {
  const calls = [];
  const start = liveBytes();
  const measured = (kernel, compute) => {
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

/** The most that one kernel took beside its result, in bytes. */
export function scratchOf(calls) {
  return Math.max(...calls.map(({ scratch }) => scratch));
}
