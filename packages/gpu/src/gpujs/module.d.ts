/**
 * What package.json makes of "#gpujs": `gpujs.ts`, built. Only `backend.ts` imports it, and only when a device is asked for: it takes
 * 50 ms to load, and stays out of what else is imported.
 */
declare module "#gpujs" {
  export const GPU: typeof import("gpu.js").GPU;
  export const HeadlessGLKernel: typeof import("gpu.js").HeadlessGLKernel;
  export const WebGL2Kernel: typeof import("gpu.js").WebGL2Kernel;
  export const WebGLKernel: typeof import("gpu.js").WebGLKernel;
  export const headlessGl: typeof import("./node.js").headlessGl;
}
