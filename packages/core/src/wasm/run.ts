import type { DType } from "../dtype.js";
import { type Shape, sizeOf } from "../shape.js";
import { Tensor } from "../tensor.js";
import { ARGS, currentEngine, type Engine } from "./engine.js";
import { addressOf, room } from "./storage.js";

/** How a job is done. */
export interface JobOptions {
  /** Which of the tensors it writes. */
  readonly writes: readonly Tensor[];
  /** Numbers that are not integers: the job finds them from word 128 on. */
  readonly floats?: readonly number[];
  /** Into how many chunks it is cut: from the sizes alone, so that results do not depend on the threads. Default 1. */
  readonly chunks?: number;
  /** Bytes of memory that each thread needs for itself. */
  readonly scratch?: number;
  /** About how many nanoseconds one thread takes: short jobs are not shared. Default: the elements that are written. */
  readonly cost?: number;
}

/** Jobs shorter than this, in nanoseconds, are done by the calling thread alone. */
const SHARED = 40_000;
/** Where the floats of a job are, behind its integers. */
const FLOATS = ARGS + 512;

/**
 * Runs a function of the WebAssembly module on tensors. Its words are the arguments in order: integers, and addresses of
 * the tensors' elements; ordinary arrays are copied in and out.
 *
 * @returns Whether it ran: not where there is no WebAssembly, or no memory left.
 */
export function run(name: string, args: readonly (Tensor | number)[], options: JobOptions): boolean {
  const engine = currentEngine();
  const task = engine?.functions.get(name);
  if (engine === undefined || task === undefined) return false;
  const { writes, floats = [], chunks = 1, scratch = 0, cost = writes.reduce((sum, y) => sum + y.size, 0) } = options;
  const threads = chunks > 1 && cost > SHARED ? engine.threads : undefined;
  const count = threads?.count ?? 1;
  const blocks: number[] = [];
  const take = (bytes: number): number | undefined => {
    const address = engine.heap.take(bytes);
    if (address !== undefined) blocks.push(address);
    return address;
  };
  try {
    const scratchBytes = Math.ceil(scratch / 64) * 64;
    const scratchAt = scratch === 0 ? 0 : take(scratchBytes * count);
    const places = new Map<Tensor, number>();
    for (const x of args) {
      if (typeof x === "number" || places.has(x)) continue;
      const address = residence(x, engine) ?? staged(x, engine, take, !writes.includes(x));
      if (address === undefined) return false;
      places.set(x, address);
    }
    if (scratchAt === undefined) return false;
    const words = args.map((arg) => (typeof arg === "number" ? arg : (places.get(arg) as number)));
    new Int32Array(engine.memory.buffer, ARGS, words.length).set(words);
    if (floats.length > 0) new Float32Array(engine.memory.buffer, FLOATS, floats.length).set(floats);
    if (threads === undefined || count === 1) task.call(ARGS, 0, chunks, scratchAt);
    else {
      const job = { index: task.index, args: ARGS, chunks, scratch: scratchAt, scratchBytes };
      threads.run(job, (chunk) => task.call(ARGS, chunk, chunk + 1, scratchAt));
    }
    for (const y of writes) {
      if (residence(y, engine) !== undefined) continue;
      const values = y.storage as Float32Array | Int32Array;
      values.set(view(y, engine, places.get(y) as number));
    }
    return true;
  } finally {
    for (const address of blocks) engine.heap.give(address);
  }
}

/**
 * A tensor that a function of the module computes, beside `like`; undefined where it did not run.
 *
 * @param args Its words, of which the result is one.
 */
export function computed(
  name: string,
  like: Tensor,
  shape: Shape,
  args: (y: Tensor) => readonly (Tensor | number)[],
  options: Omit<JobOptions, "writes"> & { readonly dtype?: DType } = {},
): Tensor | undefined {
  const { dtype = like.dtype, ...job } = options;
  const y = new Tensor(like.device, shape, dtype, room(dtype, sizeOf(shape)));
  if (run(name, args(y), { ...job, writes: [y] })) return y;
  y.dispose();
  return undefined;
}

const residence = (x: Tensor, engine: Engine) => addressOf(x.storage as Float32Array, engine);

/** A tensor's elements at an address. */
function view(x: Tensor, { memory }: Engine, address: number): Float32Array | Int32Array {
  const ArrayOf = x.dtype === "int32" ? Int32Array : Float32Array;
  return new ArrayOf(memory.buffer as ArrayBuffer, address, x.size);
}

/** The address of a copy of an ordinary array's elements, or of room for them. */
function staged(x: Tensor, engine: Engine, take: (bytes: number) => number | undefined, isRead: boolean) {
  const address = take(4 * x.size);
  if (address !== undefined && isRead) view(x, engine, address).set(x.storage as Float32Array);
  return address;
}
