import type { Device, DType, TypedArray } from "../tensor.js";

const ARRAYS = { float32: Float32Array, float64: Float64Array, int32: Int32Array } as const;

/** An ordinary array for `size` elements of this type, all zero. */
export function typedArray(dtype: DType, size: number): TypedArray {
  return new ARRAYS[dtype](size);
}

/** What `cpu.info()` says. */
export interface CpuInfo {
  /** Which implementation computes. */
  readonly kernels: "plain";
  /** How many threads share the work. */
  readonly threads: number;
  /** Why it is not faster, in a sentence. */
  readonly reason: string;
}

/** The default device: the processor. Results are there when a call returns. */
export interface CpuDevice extends Device {
  /** What it runs on, and why. */
  info(): CpuInfo;
}

/** The processor of this computer: the default device. Storage is an ordinary typed array. */
export const cpu: CpuDevice = {
  name: "cpu",
  kernels: {},
  isHost: true,
  allocate: typedArray,
  upload: (values) => values.slice(),
  read: async (storage) => (storage as TypedArray).slice(),
  readSync: (storage) => (storage as TypedArray).slice(),
  release: () => {},
  info: () => ({
    kernels: "plain",
    threads: 1,
    reason: "This version has plain TypeScript kernels only.",
  }),
};
