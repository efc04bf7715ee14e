import type { Backend, CompiledKernel, Handle } from "./backend.js";
import { now } from "./platform.js";

/** What a kernel is made from. */
export interface Program {
  /** Equal for equal sources and sizes: the operator and its geometry. */
  readonly key: string;
  /** Number of results. */
  readonly size: number;
  /** A function in gpu.js's part of JavaScript: of arrays, then of numbers; `this.thread.x` counts the results. */
  source(): string;
}

/** A kernel in the cache. */
export interface CachedKernel {
  readonly compiled: CompiledKernel;
  /** How many of its results are there. */
  results: number;
}

/** The compiled kernels of a device. The least recently used ones go, but for those whose results are still there. */
export class KernelCache {
  readonly #backend: Backend;
  readonly #limit: number;
  readonly #kernels = new Map<string, CachedKernel>();
  /** What `info()` says of them. */
  readonly counts = { compiled: 0, compileMs: 0, calls: 0 };

  constructor(backend: Backend, limit = 1024) {
    this.#backend = backend;
    this.#limit = limit;
  }

  get size(): number {
    return this.#kernels.size;
  }

  /** Runs a program's kernel; compiles it if it is not there. */
  async run(
    { key, size, source }: Program,
    args: readonly (Handle | number)[],
  ): Promise<{ handle: Handle; maker: CachedKernel }> {
    const known = this.#kernels.get(key);
    const started = known === undefined ? now() : 0;
    if (known === undefined) this.#makeRoom();
    const maker = known ?? { compiled: this.#backend.compile(source(), size), results: 0 };
    let handle: Handle;
    try {
      handle = await maker.compiled.run(args);
    } catch (error) {
      if (known === undefined) discard(maker); // it never worked, and is not kept
      throw error;
    }
    this.#kernels.delete(key);
    this.#kernels.set(key, maker); // the last of the map is the one used last
    maker.results++;
    this.counts.calls++;
    if (known === undefined) {
      this.counts.compiled++;
      this.counts.compileMs += now() - started;
    }
    return { handle, maker };
  }

  /** Frees a result. */
  free(handle: Handle, maker: CachedKernel): void {
    maker.results--;
    this.#backend.free(handle);
  }

  #makeRoom(): void {
    for (const [key, kernel] of this.#kernels) {
      if (this.#kernels.size < this.#limit) return;
      if (kernel.results > 0) continue;
      this.#kernels.delete(key);
      discard(kernel);
    }
  }
}

/** Gives a kernel back that is not used any more: an error of that concerns nobody. */
function discard({ compiled }: CachedKernel): void {
  try {
    compiled.destroy();
  } catch {
    // it was broken, or its device is gone
  }
}
