/** What computes: an interface to the graphics processor, or one of gpu.js's substitutes on the processor. */
export type GpuMode = "webgpu" | "webgl2" | "webgl" | "headlessgl" | "webasm" | "cpu";

/** All modes. */
export const GPU_MODES: readonly GpuMode[] = ["webgpu", "webgl2", "webgl", "headlessgl", "webasm", "cpu"];

/** The order in which `"auto"` tries modes. webgl and headlessgl only run on request. */
export const AUTO_MODES: readonly GpuMode[] = ["webgpu", "webgl2", "webasm", "cpu"];
