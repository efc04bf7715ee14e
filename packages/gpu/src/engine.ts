import { BackendError, type DType } from "@conv/core";
import type { Backend, Handle } from "./backend.js";
import { KernelCache, type Program } from "./kernelCache.js";
import { pairs } from "./kernels/pairs.js";
import { Queue } from "./queue.js";
import { beyondRange } from "./source.js";
import { GpuStorage, type Part } from "./storage.js";

/** Up to this number of elements a kernel counts without error: its indices are float32, and quotients of them are rounded. */
export const MAX_ELEMENTS = 2 ** 23;

/** After this many kernels the device is waited for, so that the memory of finished work comes back. */
const CALLS_BETWEEN_FENCES = 64;

/** Elements that follow one another: the first, and how many. */
export type Section = (from: number, count: number) => readonly [start: number, size: number];

/** How two results become one. */
export type Merge = "add" | "max" | "min";

/** Sizes that tests make small. */
export interface Limits {
  /** Elements that one kernel counts to; larger tensors are computed in parts. */
  readonly maxElements?: number | undefined;
  /** Compiled kernels that are kept. */
  readonly maxKernels?: number | undefined;
  /** A convolution of so many products gets its border as zeros. */
  readonly manyProducts?: number | undefined;
}

/** From so many products on a kernel more costs less than conditions do. */
const MANY_PRODUCTS = 2 ** 20;

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
  readonly manyProducts: number;
  /** Bytes of tensors on the device, and how many arrays hold them. */
  readonly memory = { arrays: 0, bytes: 0 };
  readonly #queue = new Queue();
  /** Frees what was never disposed of, once the garbage collector has taken the tensors: late, but at last. */
  readonly #forgotten = new FinalizationRegistry((held: GpuStorage["held"]) => this.#freeLater(held));
  #sinceFence = 0;
  #fence: Promise<void> | undefined;
  #isClosed = false;
  #closing: Promise<void> | undefined;

  constructor(backend: Backend, { maxElements = MAX_ELEMENTS, maxKernels, manyProducts = MANY_PRODUCTS }: Limits = {}) {
    this.backend = backend;
    this.kernels = new KernelCache(backend, maxKernels);
    this.maxElements = maxElements;
    this.manyProducts = manyProducts;
  }

  /**
   * The elements that a kernel computes, in time.
   *
   * @throws {BackendError} When an input was given back already.
   */
  compute(task: Task): GpuStorage {
    for (const x of task.inputs) expectKept(task.operator, x);
    const y = this.#made(task.dtype, task.size);
    this.#queue.push(() => this.#making(y, task.operator, task.inputs, () => this.#parts(task)));
    return y;
  }

  /**
   * The elements of all these, one after another: copies of their parts, so that there may be any number of them.
   *
   * @throws {BackendError} When one was given back already.
   */
  append(operator: string, inputs: readonly GpuStorage[]): GpuStorage {
    for (const x of inputs) expectKept(operator, x);
    const y = this.#made(inputs[0].dtype, inputs.reduce((size, x) => size + x.size, 0)); // biome-ignore format: one line
    const copies = () => inputs.flatMap(({ parts }) => parts.map(({ handle, size }) => ({ handle, size })));
    this.#queue.push(() => this.#making(y, operator, inputs, () => this.#copies(operator, copies())));
    return y;
  }

  /** A copy of these float32 on the device. */
  upload(dtype: DType, values: Float32Array): GpuStorage {
    const y = this.#made(dtype, values.length);
    this.#queue.push(() =>
      this.#making(y, "upload", [], () => {
        const pieces = Array.from({ length: Math.ceil(values.length / this.maxElements) }, (_, piece) => {
          const handle = values.subarray(piece * this.maxElements, (piece + 1) * this.maxElements);
          return { handle, size: handle.length };
        });
        return this.#copies("upload", pieces);
      }),
    );
    return y;
  }

  /** The elements, read when the work before is done. */
  read(x: GpuStorage): Promise<Float32Array> {
    return new Promise((resolve, reject) => {
      expectKept("data", x);
      this.#queue.push(async () => {
        try {
          this.#expectOpen();
          if (x.error !== undefined) throw x.error;
          const values = new Float32Array(x.size);
          let at = 0;
          for (const { handle, size } of x.parts) {
            const some = await this.backend.read(handle, size);
            if (some.length !== size) throw new Error(`gpu.js gave ${some.length} elements instead of ${size}`);
            values.set(some, at);
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
    this.#forgotten.unregister(x);
    this.#freeLater(x.held);
  }

  /** Storage, which is freed too when nobody has it any more. */
  #made(dtype: DType, size: number): GpuStorage {
    const storage = new GpuStorage(dtype, size);
    this.#forgotten.register(storage, storage.held, storage);
    return storage;
  }

  #freeLater(held: GpuStorage["held"]): void {
    this.#queue.push(async () => {
      this.#freeAll(held.parts);
      held.parts = [];
    });
  }

  /** Waits until all work so far is done. */
  finish(): Promise<void> {
    return new Promise((resolve) => {
      this.#queue.push(async () => {
        await this.backend.fence().catch(() => {}); // a device that was lost has nothing left to do
        resolve();
      });
    });
  }

  /** Ends it: later work fails. Once is enough. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
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
      y.held.parts = await make();
    } catch (error) {
      y.error = this.#explained(operator, error);
    }
  }

  async #copies(
    name: string,
    pieces: readonly { readonly handle: Handle; readonly size: number }[],
  ): Promise<readonly Part[]> {
    const parts: Part[] = [];
    try {
      for (const { handle, size } of pieces) parts.push(await this.#run(copyOf(name, size), [handle]));
    } catch (error) {
      this.#freeAll(parts);
      throw error;
    }
    return parts;
  }

  async #parts(task: Task): Promise<readonly Part[]> {
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
        this.#freeAll(copies.splice(0));
        if (merge === undefined || parts.length === 1) continue;
        const program = merged(merge, size, task.dtype === "int32");
        const both = await this.#run(program, parts.map(({ handle }) => handle)); // biome-ignore format: one line
        this.#freeAll(parts.splice(0, 2, both));
      }
    } catch (error) {
      this.#freeAll([...copies, ...parts]);
      throw error;
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
            this.#freeAll(pieces.splice(0, 2, both));
          }
        }
        start = end;
      }
      if (from < 0 || from + size > start || pieces.length === 0) {
        throw new Error(`${from} to ${from + size} is not a section of ${start} elements`);
      }
    } catch (error) {
      this.#freeAll(pieces);
      throw error;
    }
    return { part: pieces[0], isCopy: true };
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

  #freeAll(parts: readonly Part[]): void {
    for (const part of parts) this.#free(part);
  }

  #free({ handle, maker, size }: Part): void {
    this.memory.arrays--;
    this.memory.bytes -= 4 * size;
    if (!this.#isClosed) this.kernels.free(handle, maker); // else it went with everything
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

/** Two arrays made one, element by element. */
function merged(merge: Merge, size: number, isInteger: boolean): Program {
  const [a, b] = ["a[this.thread.x]", "b[this.thread.x]"];
  const result = merge === "add" ? `${a} + ${b}` : pairs[merge === "max" ? "maximum" : "minimum"](a, b);
  return {
    key: `merged ${merge} ${isInteger} ${size}`,
    size,
    source: () =>
      `function merged(a, b) {\nlet both = ${result};\n${isInteger ? beyondRange("both") : ""}\nreturn both;\n}`,
  };
}

/** Two arrays made one: up to element `at` that of a, then that of b. */
function joined(size: number, at: number): Program {
  return {
    key: `joined ${size} ${at}`,
    size,
    source: () => `function joined(a, b) {
  const i = this.thread.x;
  let x = 0;
  if (i < ${at}) { x = a[i]; } else { x = b[i]; }
  return x;
}`,
  };
}

/** Storage that was given back has no elements: taking it for zeros would be wrong in silence. */
function expectKept(operator: string, x: GpuStorage): void {
  if (!x.isReleased) return;
  throw new BackendError(
    `${operator}: a tensor of ${x.size} elements was disposed of and has none any more. Use it before dispose().`,
  );
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
