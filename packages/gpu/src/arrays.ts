import { BackendError } from "@conv/core";
import type { Backend, Handle } from "./backend.js";
import { KernelCache, type Program } from "./kernelCache.js";
import { copyOf, joined, merged, windowOf } from "./programs.js";
import type { GpuStorage, Part } from "./storage.js";
import type { Task } from "./task.js";

/** Up to this number of elements a kernel counts without error: its indices are float32, and quotients of them are rounded. */
export const MAX_ELEMENTS = 2 ** 23;

/** After this many kernels the device is waited for, so that the memory of finished work comes back. */
const CALLS_BETWEEN_FENCES = 64;

/** The arrays of a device, none larger than a kernel counts to: what kernels make, and what is freed. */
export class Arrays {
  readonly kernels: KernelCache;
  readonly maxElements: number;
  /** Bytes of tensors on the device, and how many arrays hold them. */
  readonly memory = { arrays: 0, bytes: 0 };
  /** Whether the device is gone, and all arrays with it. */
  isClosed = false;
  readonly #backend: Backend;
  #sinceFence = 0;
  #fence: Promise<void> | undefined;

  constructor(backend: Backend, maxElements = MAX_ELEMENTS, maxKernels?: number) {
    this.#backend = backend;
    this.kernels = new KernelCache(backend, maxKernels);
    this.maxElements = maxElements;
  }

  /** The result of a map: as many slabs at once as one kernel can do, one part after another. */
  async compute(task: Task): Promise<readonly Part[]> {
    const { size, slabs, inputs, merge, numbers = [] } = task;
    const most = this.#slabsAtOnce(task);
    const parts: Part[] = [];
    const copies: Part[] = [];
    try {
      for (let from = 0; from < slabs; from += most) {
        const count = Math.min(most, slabs - from);
        const handles: Handle[] = [];
        for (const [i, x] of inputs.entries()) {
          const [start, length] = task.sections[i]?.(from, count) ?? [0, x.size];
          const { part, isCopy } = await this.#section(x, start, length);
          if (isCopy) copies.push(part);
          handles.push(part.handle);
        }
        parts.push(await this.#run(task.program(count), [...handles, ...numbers]));
        this.freeAll(copies.splice(0));
        if (merge === undefined || parts.length === 1) continue;
        const program = merged(merge, size, task.dtype === "int32");
        const both = await this.#run(program, parts.map(({ handle }) => handle)); // biome-ignore format: one line
        this.freeAll(parts.splice(0, 2, both));
      }
    } catch (error) {
      this.freeAll([...copies, ...parts]);
      throw error;
    }
    return parts;
  }

  /** Copies of arrays, each as a part. */
  async copies(
    name: string,
    pieces: readonly { readonly handle: Handle; readonly size: number }[],
  ): Promise<readonly Part[]> {
    const parts: Part[] = [];
    try {
      for (const { handle, size } of pieces) parts.push(await this.#run(copyOf(name, size), [handle]));
    } catch (error) {
      this.freeAll(parts);
      throw error;
    }
    return parts;
  }

  /** Copies of the values of an array of JavaScript. */
  upload(values: Float32Array): Promise<readonly Part[]> {
    const pieces = Array.from({ length: Math.ceil(values.length / this.maxElements) }, (_, piece) => {
      const handle = values.subarray(piece * this.maxElements, (piece + 1) * this.maxElements);
      return { handle, size: handle.length };
    });
    return this.copies("upload", pieces);
  }

  /** The elements of parts, one after another. */
  async read(parts: readonly Part[], size: number): Promise<Float32Array> {
    const values = new Float32Array(size);
    let at = 0;
    for (const part of parts) {
      const some = await this.#backend.read(part.handle, part.size);
      if (some.length !== part.size) throw new Error(`gpu.js gave ${some.length} elements instead of ${part.size}`);
      values.set(some, at);
      at += part.size;
    }
    this.#fence = undefined; // all is done that was asked for
    this.#sinceFence = 0;
    return values;
  }

  freeAll(parts: readonly Part[]): void {
    for (const part of parts) this.#free(part);
  }

  #free({ handle, maker, size }: Part): void {
    this.memory.arrays--;
    this.memory.bytes -= 4 * size;
    if (!this.isClosed) this.kernels.free(handle, maker); // else it went with everything
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
      `${operator}: a kernel of the device ${this.#backend.mode} counts to ${this.maxElements} elements, but here ${largest(count)} ` +
        "belong together. Make the tensor smaller, or compute on the cpu.",
    );
  }

  /** Elements that follow one another, as one array: a part, where they are one, else a copy. */
  async #section(x: GpuStorage, from: number, size: number): Promise<{ part: Part; isCopy: boolean }> {
    let start = 0;
    const pieces: Part[] = [];
    try {
      for (const part of x.parts) {
        const end = start + part.size;
        const [first, last] = [Math.max(from, start), Math.min(from + size, end)];
        if (first < last) {
          if (first === start && last === end && size === part.size) return { part, isCopy: false };
          const program = windowOf(part.size, first - start, size, first - from, last - from);
          pieces.push(await this.#run(program, [part.handle]));
          if (pieces.length === 2) {
            const both = await this.#run(joined(size, first - from), pieces.map(({ handle }) => handle)); // biome-ignore format: one line
            this.freeAll(pieces.splice(0, 2, both));
          }
        }
        start = end;
      }
      if (from < 0 || from + size > start || pieces.length === 0) {
        throw new Error(`${from} to ${from + size} is not a section of ${start} elements`);
      }
    } catch (error) {
      this.freeAll(pieces);
      throw error;
    }
    return { part: pieces[0], isCopy: true };
  }

  async #run(program: Program, args: readonly (Handle | number)[]): Promise<Part> {
    if (++this.#sinceFence >= CALLS_BETWEEN_FENCES) {
      await this.#fence; // the one before: the device always has something to do
      this.#fence = this.#backend.fence();
      this.#fence.catch(() => {});
      this.#sinceFence = 0;
    }
    const { handle, maker } = await this.kernels.run(program, args);
    this.memory.arrays++;
    this.memory.bytes += 4 * program.size;
    return { size: program.size, handle, maker };
  }
}
