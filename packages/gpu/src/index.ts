// @conv/gpu: the kernels of @conv/core on the GPU, through gpu.js.
export { createGpu, type GpuOptions } from "./createGpu.js";
