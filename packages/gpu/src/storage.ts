import type { DType } from "@conv/core";
import type { Handle } from "./backend.js";
import type { CachedKernel } from "./kernelCache.js";

/** A stretch of a tensor's elements: an array on the device. */
export interface Part {
  readonly size: number;
  readonly handle: Handle;
  /** What made it: a kernel may not go while one of its results is there. */
  readonly maker: CachedKernel;
}

/**
 * The elements of a tensor on the device, float32 whatever their type: in one part, or in several where there are more than
 * a kernel can count. They are there when the work before them in the queue is done.
 */
export class GpuStorage {
  readonly dtype: DType;
  readonly size: number;
  /** Where the parts are: what is left to free when nobody has the storage any more. */
  readonly held: { parts: readonly Part[] } = { parts: [] };
  /** Why there are none: what went wrong when they were to be made. */
  error: Error | undefined;
  isReleased = false;

  constructor(dtype: DType, size: number) {
    this.dtype = dtype;
    this.size = size;
  }

  get parts(): readonly Part[] {
    return this.held.parts;
  }
}
