// @conv/gpu: the kernels of @conv/core on the GPU, through gpu.js.
export { createGpu, type GpuDevice, type GpuInfo, type GpuOptions } from "./createGpu.js";
export type { GpuMode } from "./mode.js";
export type { SelfTest } from "./selfTest.js";
