import { BackendError, type DType } from "@conv/core";
import { Arrays } from "./arrays.js";
import type { Backend } from "./backend.js";
import { Queue } from "./queue.js";
import { GpuStorage, type Part } from "./storage.js";
import type { Task } from "./task.js";

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

/** Does the work of a device in order: kernels, copies, and giving back. */
export class Engine {
  readonly backend: Backend;
  readonly arrays: Arrays;
  readonly manyProducts: number;
  readonly #queue = new Queue();
  /** Frees what was never disposed of, once the garbage collector has taken the tensors: late, but at last. */
  readonly #forgotten = new FinalizationRegistry((held: GpuStorage["held"]) => this.#freeLater(held));
  #closing: Promise<void> | undefined;

  constructor(backend: Backend, { maxElements, maxKernels, manyProducts = MANY_PRODUCTS }: Limits = {}) {
    this.backend = backend;
    this.arrays = new Arrays(backend, maxElements, maxKernels);
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
    this.#queue.push(() => this.#making(y, task.operator, task.inputs, () => this.arrays.compute(task)));
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
    this.#queue.push(() => this.#making(y, operator, inputs, () => this.arrays.copies(operator, copies())));
    return y;
  }

  /** A copy of these float32 on the device. */
  upload(dtype: DType, values: Float32Array): GpuStorage {
    const y = this.#made(dtype, values.length);
    this.#queue.push(() => this.#making(y, "upload", [], () => this.arrays.upload(values)));
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
          const values = await this.arrays.read(x.parts, x.size);
          this.#expectOpen();
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
      this.arrays.freeAll(held.parts);
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
    this.arrays.isClosed = true;
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

  #expectOpen(): void {
    if (this.arrays.isClosed)
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

/** Storage that was given back has no elements: taking it for zeros would be wrong in silence. */
function expectKept(operator: string, x: GpuStorage): void {
  if (!x.isReleased) return;
  throw new BackendError(
    `${operator}: a tensor of ${x.size} elements was disposed of and has none any more. Use it before dispose().`,
  );
}
