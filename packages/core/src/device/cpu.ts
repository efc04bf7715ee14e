import { type TypedArray, typedArray } from "../dtype.js";
import { checkChoice, checkInteger, checkOptions } from "../options.js";
import type { Device } from "../tensor.js";

/** What `cpu.info()` says. */
export interface CpuInfo {
  /** Which implementation computes. */
  readonly kernels: "plain";
  /** How many threads share the work. */
  readonly threads: number;
  /** Why it is not faster, in a sentence. */
  readonly reason: string;
}

/** What `cpu.configure` may be asked for. */
export interface CpuOptions {
  /** Most threads that may share the work. Default: as many as the kernels can use. */
  readonly threads?: number;
  /** Whether WebAssembly may be used where there is any: `"auto"`, or not: `"off"`. Default `"auto"`. */
  readonly wasm?: "auto" | "off";
}

/** The default device: the processor. Results are there when a call returns. */
export interface CpuDevice extends Device {
  /**
   * Asks for a way to compute; what cannot be had, `info()` says.
   *
   * @returns What it runs on from now on.
   * @throws {RangeError} When `threads` is not a positive integer, or `wasm` is none of its words.
   */
  configure(options: CpuOptions): Promise<CpuInfo>;
  /** What it runs on, and why. */
  info(): CpuInfo;
}

let asked: CpuOptions = {};

/** The processor of this computer: the default device. Storage is an ordinary typed array. */
export const cpu: CpuDevice = {
  name: "cpu",
  kernels: {},
  isHost: true,
  allocate: typedArray,
  upload: (values) => values.slice(),
  read: async (storage) => (storage as TypedArray).slice(),
  readSync: (storage) => (storage as TypedArray).slice(),
  configure: async (options) => {
    checkOptions("cpu.configure", options, ["threads", "wasm"]);
    if (options.threads !== undefined) checkInteger("cpu.configure", "threads", options.threads, 1);
    if (options.wasm !== undefined) checkChoice("cpu.configure", "wasm", options.wasm, ["auto", "off"]);
    asked = { ...asked, ...options };
    return cpu.info();
  },
  info: () => ({
    kernels: "plain",
    threads: 1,
    reason:
      (asked.threads ?? 1) > 1
        ? `This version has plain TypeScript kernels only, which run on one thread, not on ${asked.threads}.`
        : "This version has plain TypeScript kernels only.",
  }),
};
