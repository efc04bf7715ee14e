import { BackendError, type Device } from "@conv/core";

/** The options of `createGpu`. */
export interface GpuOptions {
  /** What computes. Default `"auto"`: the best there is. */
  readonly mode?: "auto" | "webgpu" | "webgl2" | "webgl" | "webasm" | "cpu" | "headlessgl";
}

/**
 * A device whose kernels run on the GPU.
 *
 * @throws {BackendError} Always, in this version: it has no kernels yet, and says so rather than compute elsewhere.
 */
export async function createGpu({ mode = "auto" }: GpuOptions = {}): Promise<Device> {
  throw new BackendError(
    `createGpu: this version has no GPU kernels yet, in any mode (asked for: ${mode}). Use the cpu device.`,
  );
}
