import { createHeap, type Heap } from "./heap.js";
import { bytesFor, type Features, hasMadd, hasSimd } from "./module.js";
import { platform, type WasmMemory, type WasmModule } from "./platform.js";
import { startThreads, type Threads } from "./threads.js";

/** What a function of the module does: the chunks `from` to `to` of the job whose words are at `args`. */
type ChunkFunction = (args: number, from: number, to: number, scratch: number) => void;

/** What may be asked of the engine. */
export interface Wishes {
  readonly threads?: number | undefined;
  readonly wasm?: "auto" | "off" | undefined;
  /** Bytes of memory for tensors. */
  readonly memory?: number | undefined;
  /** Whether 3 × 3 convolutions may take Winograd's algorithm. */
  readonly winograd?: "auto" | "off" | undefined;
  /** Jobs of fewer nanoseconds are done by the calling thread alone. Tests share all. */
  readonly shared?: number | undefined;
}

/** WebAssembly at work: the module's functions, the memory they share with tensors, and threads. */
export interface Engine {
  readonly features: Features;
  readonly memory: WasmMemory;
  readonly heap: Heap;
  /** Bytes that tensors may take. */
  readonly budget: number;
  readonly functions: ReadonlyMap<string, { readonly index: number; readonly call: ChunkFunction }>;
  readonly threads: Threads | undefined;
  /** Jobs of fewer nanoseconds are done by the calling thread alone. */
  readonly shared: number;
  /** Whether 3 × 3 convolutions may take Winograd's algorithm. */
  readonly hasWinograd: boolean;
  /** Why there is one thread only, if more were asked for or could be had. */
  readonly alone: string | undefined;
}

/** Where the words of a job are; and where blocks begin. Between the two are the constants of the module. */
export const ARGS = 1024;
const HEAP_START = 65536;
const PAGE = 65536;
const GIBIBYTE = 2 ** 30;
/** Memory that grows may become so large: all that 32 bits reach, but for the last page. */
const MOST_PAGES = 65535;
/** Memory that cannot grow without losing its views, that of one thread alone, has its size from the start. */
const FIXED_BYTES = 384 * 2 ** 20;
/** Vectors may reach so many bytes beyond a block: there must be memory. */
const BEYOND = 64;
/** Threads, if nobody says how many; and in any case. */
const [MOST_BY_DEFAULT, MOST_THREADS] = [16, 256];
/** Waking a thread takes some microseconds, or some tens if it sleeps. */
const SHARED = 40_000;

let wishes: Wishes = {};
let engine: Engine | undefined;
let trouble: string | undefined;
let isStarted = false;

/** The engine, started at its first use; undefined where there is none. */
export function currentEngine(): Engine | undefined {
  if (!isStarted) start();
  return engine;
}

/** Why there is no engine. */
export function whyNoEngine(): string {
  return trouble ?? "";
}

/** Asks for other threads or another memory. Tensors that are in the old memory stay there, and are still right. */
export async function configure(next: Wishes): Promise<void> {
  const asked = Object.entries(next).filter(([, value]) => value !== undefined);
  wishes = { ...wishes, ...Object.fromEntries(asked) };
  engine?.threads?.stop();
  if (engine !== undefined && wishes.wasm !== "off" && next.memory === undefined) {
    engine = { ...engine, ...threadsFor(engine.features, module as WasmModule, engine.memory) };
  } else {
    isStarted = false;
  }
  await currentEngine()?.threads?.ready();
}

let module: WasmModule | undefined;

function start(): void {
  isStarted = true;
  engine = undefined;
  trouble = undefined;
  if (wishes.wasm === "off") {
    trouble = 'WebAssembly was switched off by configure({ wasm: "off" }).';
    return;
  }
  if (!hasSimd()) {
    trouble = "This platform has no WebAssembly with SIMD.";
    return;
  }
  try {
    const features = { madd: hasMadd(), shared: canShare() };
    const { WebAssembly: api } = platform as Required<typeof platform>;
    module = new api.Module(bytesFor(features));
    const memory = new api.Memory(
      features.shared
        ? { initial: 16, maximum: MOST_PAGES, shared: true }
        : { initial: FIXED_BYTES / PAGE, maximum: FIXED_BYTES / PAGE },
    );
    engine = {
      features,
      memory,
      heap: createHeap(HEAP_START, features.shared ? grower(memory) : (end) => end + BEYOND <= FIXED_BYTES),
      budget: Math.min(wishes.memory ?? GIBIBYTE, features.shared ? 3 * GIBIBYTE : 0.75 * FIXED_BYTES),
      functions: functionsOf(new api.Instance(module, { env: { memory } }).exports),
      ...threadsFor(features, module, memory),
    };
  } catch (error) {
    trouble = `WebAssembly could not be started here: ${error instanceof Error ? error.message : error}.`;
  }
}

function functionsOf(exports: Readonly<Record<string, unknown>>) {
  return new Map(
    Object.entries(exports).map(([name, call], index) => [name, { index, call: call as ChunkFunction }] as const),
  );
}

/** Grows a shared memory when it must; by a sixteenth more, so that it need not soon again. */
function grower(memory: WasmMemory): (end: number) => boolean {
  return (end) => {
    const pages = memory.buffer.byteLength / PAGE;
    const needed = Math.ceil((end + BEYOND) / PAGE);
    if (needed <= pages) return true;
    if (needed > MOST_PAGES) return false;
    for (const goal of [Math.min(MOST_PAGES, Math.ceil(1.0625 * needed) + 64), needed]) {
      try {
        memory.grow(goal - pages);
        return true;
      } catch {} // not so much, then
    }
    return false;
  };
}

/** Whether memory can be shared with workers. */
function canShare(): boolean {
  return typeof SharedArrayBuffer === "function" && platform.crossOriginIsolated !== false;
}

/** Whether this thread may sleep until another wakes it: not a page's main thread. */
function canWait(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 0);
    return true;
  } catch {
    return false;
  }
}

/** How many threads this machine runs at once. */
function cores(): number {
  const os = platform.process?.getBuiltinModule?.("node:os") as { availableParallelism?(): number } | undefined;
  return os?.availableParallelism?.() ?? platform.navigator?.hardwareConcurrency ?? 1;
}

/** The threads that were asked for, by default as many as there are cores; or why there is one only. */
function threadsFor(
  features: Features,
  module: WasmModule,
  memory: WasmMemory,
): Pick<Engine, "threads" | "alone" | "shared" | "hasWinograd"> {
  const count = Math.min(wishes.threads ?? Math.min(cores(), MOST_BY_DEFAULT), MOST_THREADS);
  const { shared = SHARED, winograd } = wishes;
  const others = { shared, hasWinograd: winograd !== "off" };
  const one = (alone: string | undefined) => ({ threads: undefined, alone, ...others });
  if (count === 1) return one(undefined);
  if (!features.shared) return one("Memory cannot be shared here: a page must be cross-origin isolated.");
  if (!canWait()) return one("The main thread of a page may not wait for others: compute in a Worker.");
  try {
    return { threads: startThreads(count, { module, memory }), alone: undefined, ...others };
  } catch (error) {
    return one(`Workers could not be started: ${error instanceof Error ? error.message : error}.`);
  }
}
