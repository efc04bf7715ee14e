import type { DType } from "../dtype.js";
import { type Shape, sizeOf } from "../shape.js";
import { Tensor } from "../tensor.js";
import { MOST_CHUNKS } from "./control.js";
import { ARGS } from "./engine.js";
import { room } from "./storage.js";
import { inWorkspace, type Workspace } from "./workspace.js";

/** How a job is done. */
export interface JobOptions {
  /** Numbers that are not integers: the job finds them from word 128 on. */
  readonly floats?: readonly number[];
  /** Into how many chunks it is cut: from the sizes alone, so that results do not depend on the threads. Default 1. */
  readonly chunks?: number;
  /** Bytes of memory that each thread needs for itself. */
  readonly scratch?: number;
  /** About how many nanoseconds one thread takes: short jobs are not shared. */
  readonly cost: number;
}

/** Where the floats of a job are, behind its integers. */
const FLOATS = ARGS + 512;

/** Runs a function of the WebAssembly module. Its words are integers, and addresses. */
export function run({ engine, take }: Workspace, name: string, words: readonly number[], options: JobOptions): void {
  const { index, call } = engine.functions.get(name) as { index: number; call: (...args: number[]) => void };
  const { floats = [], chunks = 1, scratch = 0, cost } = options;
  const isLong = chunks > 1 && chunks <= MOST_CHUNKS && cost > engine.shared;
  const threads = isLong && engine.threads !== undefined && engine.threads.count > 1 ? engine.threads : undefined;
  const scratchBytes = Math.ceil(scratch / 64) * 64;
  const scratchAt = scratch === 0 ? 0 : take(scratchBytes * (threads?.most ?? 1)); // each has its place, ready or not
  new Int32Array(engine.memory.buffer, ARGS, words.length).set(words);
  if (floats.length > 0) new Float32Array(engine.memory.buffer, FLOATS, floats.length).set(floats);
  if (threads === undefined) call(ARGS, 0, chunks, scratchAt);
  else {
    const job = { index, args: ARGS, chunks, scratch: scratchAt, scratchBytes };
    threads.run(job, (chunk) => call(ARGS, chunk, chunk + 1, scratchAt));
  }
}

/** A new tensor beside `like`, of unknown contents. */
export function empty(like: Tensor, shape: Shape, dtype: DType = like.dtype): Tensor {
  return new Tensor(like.device, shape, dtype, room(dtype, sizeOf(shape)));
}

/** A new tensor beside `like` that `write` fills; undefined where it cannot, for want of an engine or of memory. */
export function resultIn(
  like: Tensor,
  shape: Shape,
  write: (workspace: Workspace, y: Tensor) => void,
  dtype?: DType,
): Tensor | undefined {
  const y = empty(like, shape, dtype);
  const isDone = inWorkspace((workspace) => {
    write(workspace, y);
    return true;
  });
  if (isDone) return y;
  y.dispose();
  return undefined;
}

/**
 * A tensor that a function of the module computes, beside `like`; undefined where it did not run.
 *
 * @param args Its words: integers, and tensors for the addresses of their elements; the result is one of them.
 * @param options `cost`: by default a nanosecond for an element.
 */
export function computed(
  name: string,
  like: Tensor,
  shape: Shape,
  args: (y: Tensor) => readonly (Tensor | number)[],
  options: Partial<JobOptions> & { readonly dtype?: DType } = {},
): Tensor | undefined {
  const { dtype, ...job } = options;
  const write = (workspace: Workspace, y: Tensor) => {
    const place = (x: Tensor) => (x === y ? workspace.write(x) : workspace.read(x));
    const words = args(y).map((arg) => (typeof arg === "number" ? arg : place(arg)));
    run(workspace, name, words, { cost: y.size, ...job });
  };
  return resultIn(like, shape, write, dtype);
}
