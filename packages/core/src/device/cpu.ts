import { type DType, dtypeOf, type TypedArray } from "../dtype.js";
import { checkChoice, checkInteger, checkOptions } from "../options.js";
import type { Device } from "../tensor.js";
import { configure, currentEngine, whyNoEngine } from "../wasm/engine.js";
import { release, room, zeroed } from "../wasm/storage.js";

/** What `cpu.info()` says. */
export interface CpuInfo {
  /** Which implementation computes: WebAssembly SIMD, or plain TypeScript. float64 is always plain. */
  readonly kernels: "wasm" | "plain";
  /** Whether WebAssembly multiplies and adds in one instruction. */
  readonly madd: boolean;
  /** How many threads share the work. */
  readonly threads: number;
  /** WebAssembly's memory in bytes: how much of it tensors use, and may use. Beyond that, they are ordinary arrays. */
  readonly memory: { readonly used: number; readonly budget: number };
  /** Why it is not faster, in a sentence; empty where nothing is missing. */
  readonly reason: string;
}

/** What `cpu.configure` may be asked for. */
export interface CpuOptions {
  /** How many threads share the work. Default: as many as there are cores, at most 16. */
  readonly threads?: number;
  /** Whether WebAssembly may be used where there is any: `"auto"`, or not: `"off"`. Default `"auto"`. */
  readonly wasm?: "auto" | "off";
  /**
   * Whether 3 × 3 convolutions may take Winograd's algorithm, which is three times as fast: `"auto"`, or not: `"off"`. Its
   * error is some 2·10⁻⁶ of the result, ten times that of plain sums; an infinity or NaN reaches all 16 pixels of its tile, and
   * values beyond 10³⁶ overflow. Default `"auto"`.
   */
  readonly winograd?: "auto" | "off";
  /** Bytes of WebAssembly's memory for tensors. Default: 1 GiB; 288 MiB where memory cannot be shared. */
  readonly memory?: number;
}

/** The default device: the processor. Results are there when a call returns. */
export interface CpuDevice extends Device {
  /**
   * Asks for a way to compute; what cannot be had, `info()` says. Tensors that exist stay as they are.
   *
   * @returns What it runs on from now on, once the threads are ready.
   * @throws {RangeError} When a number is not a positive integer, or a word is none of those it takes.
   */
  configure(options: CpuOptions): Promise<CpuInfo>;
  /** What it runs on, and why. */
  info(): CpuInfo;
}

const copy = (storage: unknown): TypedArray => (storage as TypedArray).slice();

/** The processor of this computer: the default device. Storage is a typed array, mostly in WebAssembly's memory. */
export const cpu: CpuDevice = {
  name: "cpu",
  kernels: {},
  isHost: true,
  allocate: zeroed,
  upload: (values) => {
    const array = room(dtypeOf(values) as DType, values.length);
    array.set(values);
    return array;
  },
  read: async (storage) => copy(storage),
  readSync: copy,
  release: (storage) => release(storage as TypedArray),
  configure: async (options) => {
    checkOptions("cpu.configure", options, ["threads", "wasm", "winograd", "memory"]);
    const { threads, wasm, winograd, memory } = options;
    if (threads !== undefined) checkInteger("cpu.configure", "threads", threads, 1);
    if (wasm !== undefined) checkChoice("cpu.configure", "wasm", wasm, ["auto", "off"]);
    if (winograd !== undefined) checkChoice("cpu.configure", "winograd", winograd, ["auto", "off"]);
    if (memory !== undefined) checkInteger("cpu.configure", "memory", memory, 1);
    await configure(options);
    return cpu.info();
  },
  info: () => {
    const engine = currentEngine();
    if (engine === undefined) {
      return { kernels: "plain", madd: false, threads: 1, memory: { used: 0, budget: 0 }, reason: whyNoEngine() };
    }
    return {
      kernels: "wasm",
      madd: engine.features.madd,
      threads: engine.threads?.count ?? 1,
      memory: { used: engine.heap.used, budget: engine.budget },
      reason: engine.threads?.lost ?? engine.alone ?? "",
    };
  },
};
