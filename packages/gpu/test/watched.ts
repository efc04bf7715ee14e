import { type Backend, type Handle, openBackend } from "../src/backend.js";
import type { GpuMode } from "../src/mode.js";

/** A kernel that was compiled. */
export interface Watched {
  readonly source: string;
  readonly size: number;
  isDestroyed: boolean;
}

/** A backend that says what happens in it, and fails where a test wants it to. */
export interface WatchedBackend extends Backend {
  readonly compiled: Watched[];
  /** Results that were not freed. */
  readonly alive: Set<Handle>;
  /** What a call of a kernel throws; undefined: nothing. */
  fault: (source: string) => Error | undefined;
}

/** gpu.js in a mode, by default on the processor, and watched. */
export async function watched(mode: GpuMode = "cpu"): Promise<WatchedBackend> {
  const backend = await openBackend(mode);
  const compiled: Watched[] = [];
  const alive = new Set<Handle>();
  const self: WatchedBackend = Object.assign(Object.create(backend) as Backend, {
    compiled,
    alive,
    fault: () => undefined as Error | undefined,
    compile: (source: string, size: number) => {
      const kernel = backend.compile(source, size);
      const entry = { source, size, isDestroyed: false };
      compiled.push(entry);
      return {
        run: async (args: readonly (Handle | number)[]) => {
          for (const arg of args) {
            if (typeof arg === "number" || !alive.has(arg)) continue;
            if (entry.isDestroyed) throw new Error("this kernel was destroyed");
          }
          const error = self.fault(source);
          if (error !== undefined) throw error;
          const handle = await kernel.run(args);
          if (alive.has(handle)) throw new Error("a result stands where another one is alive");
          alive.add(handle);
          return handle;
        },
        destroy: () => {
          entry.isDestroyed = true;
          kernel.destroy();
        },
      };
    },
    read: (handle: Handle, size: number) => {
      if (!alive.has(handle)) throw new Error("this array was freed");
      return backend.read(handle, size);
    },
    free: (handle: Handle) => {
      if (!alive.delete(handle)) throw new Error("this array was freed twice");
      backend.free(handle);
    },
  });
  return self;
}
