import { BackendError, type DType } from "@conv/core";
import type { Backend, Handle } from "./backend.js";
import { KernelCache, type Program } from "./kernelCache.js";
import { pairs } from "./kernels/pairs.js";
import { Queue } from "./queue.js";
import { GpuStorage, type Part } from "./storage.js";

/** Up to this number of elements a kernel counts without error: its indices are float32, and quotients of them are rounded. */
export const MAX_ELEMENTS = 2 ** 23;

/** After this many kernels the device is waited for, so that the memory of finished work comes back. */
const CALLS_BETWEEN_FENCES = 64;

/** Elements that follow one another: the first, and how many. */
export type Section = (from: number, count: number) => readonly [start: number, size: number];

/** How two results become one. */
export type Merge = "add" | "max" | "min";

/** A map to compute, part by part: see `Engine.compute`. */
export interface Task {
  /** The operator, as errors name it. */
  readonly operator: string;
  readonly inputs: readonly GpuStorage[];
  readonly numbers?: readonly number[] | undefined;
  readonly dtype: DType;
  readonly size: number;
  /** The number of equal slabs the map falls into along its outermost axis; 1 if it cannot be divided. */
  readonly slabs: number;
  /** For each input, what `count` slabs beginning with slab `from` read of it; undefined: all of it. */
  readonly sections: readonly (Section | undefined)[];
  /** How the slabs' results become one; by default they stand one after another. */
  readonly merge?: Merge | undefined;
  /** The kernel of that many slabs. */
  program(slabs: number): Program;
}

/** Does the work of a device in order: kernels, copies, and giving back. */
export class Engine {
  readonly backend: Backend;
  readonly kernels: KernelCache;
  readonly maxElements: number;
  /** Bytes of tensors on the device, and how many arrays hold them. */
  readonly memory = { arrays: 0, bytes: 0 };
  readonly #queue = new Queue();
  #sinceFence = 0;
  #fence: Promise<void> | undefined;
  #isClosed = false;

  constructor(
    backend: Backend,
    {
      maxElements = MAX_ELEMENTS,
      maxKernels,
    }: { maxElements?: number | undefined; maxKernels?: number | undefined } = {},
  ) {
    this.backend = backend;
    this.kernels = new KernelCache(backend, maxKernels);
    this.maxElements = maxElements;
  }

  /** The elements that a kernel computes, in time. */
  compute(task: Task): GpuStorage {
    const y = new GpuStorage(task.dtype, task.size);
    this.#queue.push(() => this.#making(y, task.operator, task.inputs, () => this.#parts(task)));
    return y;
  }

  /** A copy of these float32 on the device. */
  upload(dtype: DType, values: Float32Array): GpuStorage {
    const y = new GpuStorage(dtype, values.length);
    this.#queue.push(() =>
      this.#making(y, "upload", [], async () => {
        const parts: Part[] = [];
        for (let at = 0; at < values.length; at += this.maxElements) {
          const some = values.subarray(at, at + this.maxElements);
          parts.push(await this.#run(copyOf("upload", some.length), [some]));
        }
        return parts;
      }),
    );
    return y;
  }

  /** The elements, read when the work before is done. */
  read(x: GpuStorage): Promise<Float32Array> {
    return new Promise((resolve, reject) => {
      this.#queue.push(async () => {
        try {
          this.#expectOpen();
          if (x.error !== undefined) throw x.error;
          const values = new Float32Array(x.size);
          let at = 0;
          for (const { handle, size } of x.parts) {
            values.set(await this.backend.read(handle, size), at);
            at += size;
          }
          this.#expectOpen();
          this.#fence = undefined;
          this.#sinceFence = 0;
          resolve(values);
        } catch (error) {
          reject(this.#explained("data", error));
        }
      });
    });
  }

  /** Frees the elements when the work before, which may need them, is done. */
  release(x: GpuStorage): void {
    if (x.isReleased) return;
    x.isReleased = true;
    this.#queue.push(async () => {
      for (const part of x.parts) this.#free(part);
      x.parts = [];
    });
  }

  /** Waits until all work so far is done. */
  finish(): Promise<void> {
    return new Promise((resolve) => {
      this.#queue.push(async () => {
        await this.backend.fence().catch(() => {});
        resolve();
      });
    });
  }

  /** Ends it: later work fails. */
  async close(): Promise<void> {
    await this.finish();
    this.#isClosed = true;
    await this.backend.destroy();
  }

  /** Makes the parts of y, or notes why it has none. */
  async #making(
    y: GpuStorage,
    operator: string,
    inputs: readonly GpuStorage[],
    make: () => Promise<readonly Part[]>,
  ): Promise<void> {
    const failed = inputs.find((x) => x.error !== undefined);
    y.error = failed?.error;
    if (failed !== undefined) return;
    try {
      this.#expectOpen();
      y.parts = await make();
    } catch (error) {
      y.error = this.#explained(operator, error);
    }
  }

  async #parts(task: Task): Promise<readonly Part[]> {
    const { size, slabs, inputs, merge, numbers = [] } = task;
    const most = this.#slabsAtOnce(task);
    const parts: Part[] = [];
    for (let from = 0; from < slabs; from += most) {
      const count = Math.min(most, slabs - from);
      const sections = [];
      for (const [i, x] of inputs.entries()) {
        const [start, length] = task.sections[i]?.(from, count) ?? [0, x.size];
        sections.push(await this.#section(x, start, length));
      }
      const part = await this.#run(task.program(count), [...sections.map(({ part }) => part.handle), ...numbers]);
      for (const { part, isCopy } of sections) if (isCopy) this.#free(part);
      const before = merge === undefined ? undefined : parts.pop();
      if (merge === undefined || before === undefined) parts.push(part);
      else {
        parts.push(await this.#run(merged(merge, size), [before.handle, part.handle]));
        this.#free(before);
        this.#free(part);
      }
    }
    return parts;
  }

  /** How many slabs one kernel can do: neither its arrays nor its result may have too many elements. */
  #slabsAtOnce({ operator, size, slabs, inputs, sections, merge }: Task): number {
    const largest = (count: number) =>
      Math.max(
        merge === undefined ? (size / slabs) * count : size,
        ...inputs.map((x, i) => sections[i]?.(0, count)[1] ?? x.size),
      );
    let count = slabs;
    while (count > 1 && largest(count) > this.maxElements) count = Math.ceil(count / 2);
    if (largest(count) <= this.maxElements) return count;
    throw new BackendError(
      `${operator}: a kernel of the device ${this.backend.mode} counts to ${this.maxElements} elements, but here ${largest(count)} ` +
        "belong together. Make the tensor smaller, or compute on the cpu.",
    );
  }

  /** Elements that follow one another, as one array: a part, where they are one, else a copy. */
  async #section(x: GpuStorage, from: number, size: number): Promise<{ part: Part; isCopy: boolean }> {
    let start = 0;
    let joined: Part | undefined;
    for (const part of x.parts) {
      const end = start + part.size;
      const [first, last] = [Math.max(from, start), Math.min(from + size, end)];
      if (first < last) {
        if (first === start && last === end && size === part.size) return { part, isCopy: false };
        const piece = await this.#run(windowOf(part.size, first - start, size, first - from, last - from), [
          part.handle,
        ]);
        const before = joined;
        joined = before === undefined ? piece : await this.#run(merged("add", size), [before.handle, piece.handle]);
        if (before !== undefined) {
          this.#free(before);
          this.#free(piece);
        }
      }
      start = end;
    }
    if (joined === undefined) throw new Error(`${from} to ${from + size} is not a section of ${x.size} elements`);
    return { part: joined, isCopy: true };
  }

  async #run(program: Program, args: readonly (Handle | number)[]): Promise<Part> {
    if (++this.#sinceFence >= CALLS_BETWEEN_FENCES) {
      await this.#fence; // the one before: the device always has something to do
      this.#fence = this.backend.fence();
      this.#fence.catch(() => {});
      this.#sinceFence = 0;
    }
    const { handle, maker } = await this.kernels.run(program, args);
    this.memory.arrays++;
    this.memory.bytes += 4 * program.size;
    return { size: program.size, handle, maker };
  }

  #free({ handle, maker, size }: Part): void {
    this.memory.arrays--;
    this.memory.bytes -= 4 * size;
    this.kernels.free(handle, maker);
  }

  #expectOpen(): void {
    if (this.#isClosed)
      throw new BackendError(`the device ${this.backend.mode} was destroyed. Make another: await createGpu().`);
    const { lost } = this.backend;
    if (lost !== undefined)
      throw new BackendError(`${lost}, and its tensors with it. Make another device: await createGpu().`);
  }

  /** An error in the words of the operator that met it. */
  #explained(operator: string, error: unknown): Error {
    const { lost } = this.backend;
    if (error instanceof BackendError && error.message.startsWith(operator)) return error;
    const message =
      lost !== undefined && !(error instanceof BackendError)
        ? `${lost}, and its tensors with it. Make another device: await createGpu().`
        : error instanceof Error
          ? error.message
          : String(error);
    return new BackendError(`${operator}: ${message}`, { cause: error });
  }
}

/** A copy of an array of JavaScript, or of a handle. */
function copyOf(name: string, size: number): Program {
  return { key: `${name} ${size}`, size, source: () => "function copy(x) { return x[this.thread.x]; }" };
}

/** Two arrays made one. */
function merged(merge: Merge, size: number): Program {
  const [a, b] = ["a[this.thread.x]", "b[this.thread.x]"];
  const result = merge === "add" ? `${a} + ${b}` : pairs[merge === "max" ? "maximum" : "minimum"](a, b);
  return { key: `${merge} of ${size}`, size, source: () => `function merged(a, b) { return ${result}; }` };
}

/** An array of `size` elements that has, from `first` up to `last`, those of x that follow its element `start`; else 0. */
function windowOf(xSize: number, start: number, size: number, first: number, last: number): Program {
  const shift = start - first;
  return {
    key: `window of ${xSize} ${[start, size, first, last]}`,
    size,
    source: () => `function section(x) {
  const i = this.thread.x;
  if (i < ${first}) { return 0; }
  if (i >= ${last}) { return 0; }
  return x[i ${shift < 0 ? "-" : "+"} ${Math.abs(shift)}];
}`,
  };
}
