import type { Device } from "@conv/core";
import type { Backend, CompiledKernel, Handle } from "../src/backend.js";
import { deviceOn } from "../src/device.js";
import type { Limits } from "../src/engine.js";

/** A backend without gpu.js: sources run as they stand, and a read that is not one of an element is an error. */
interface CheckedBackend extends Backend {
  /** Every source that was compiled, with what it was compiled for. */
  readonly sources: Map<string, { readonly size: number }>;
}

/** A device on it. Two texts, or two sizes, under one key of the cache are an error: the second would run the first one's kernel. */
export function checkedDevice(limits: Limits = {}): { device: Device; sources: CheckedBackend["sources"] } {
  const backend = checked();
  const { device, engine } = deviceOn(backend, limits);
  const known = new Map<string, string>();
  const run = engine.arrays.kernels.run.bind(engine.arrays.kernels);
  engine.arrays.kernels.run = (program, args) => {
    const text = `${program.source()}\nof ${program.size} results`;
    const first = known.get(program.key) ?? text;
    if (first !== text) throw new Error(`two kernels are called ${program.key}:\n${first}\n${text}`);
    known.set(program.key, text);
    return run(program, args);
  };
  return { device, sources: backend.sources };
}

type KernelFunction = (this: { thread: { x: number } }, ...args: readonly unknown[]) => number;

/** Runs kernels as JavaScript, one element after another. */
function checked(): CheckedBackend {
  const sources = new Map<string, { readonly size: number }>();
  return {
    mode: "cpu",
    adapter: "",
    lost: undefined,
    sources,
    compile: (source, size) => {
      sources.set(source, { size });
      return kernelOf(source, size);
    },
    read: async (handle) => (handle as Float32Array).slice(),
    free: () => {},
    fence: async () => {},
    destroy: async () => {},
  };
}

function kernelOf(source: string, size: number): CompiledKernel {
  const compute = new Function(`"use strict";\nreturn (${source});`)() as KernelFunction;
  return {
    run: async (args) => {
      const guarded = args.map((arg) => (typeof arg === "number" ? arg : guard(arg, source)));
      return Float32Array.from({ length: size }, (_, x) => compute.call({ thread: { x } }, ...guarded));
    },
    destroy: () => {},
  };
}

/** The array, whose elements alone can be read. */
function guard(handle: Handle, source: string): unknown {
  return new Proxy(handle as Float32Array, {
    get: (values, at) => {
      const value = values[at as unknown as number];
      if (value === undefined) throw new Error(`element ${String(at)} of ${values.length} is read by\n${source}`);
      return value;
    },
    set: () => {
      throw new Error(`an array is written by\n${source}`);
    },
  });
}
