import type { Kernels } from "./device/kernels.js";
import type { DType, TypedArray } from "./dtype.js";
import { BackendError, ShapeError } from "./errors.js";
import { formatValue } from "./options.js";
import { noteGone, noteMade } from "./scope.js";
import { formatShape, type Shape, sizeOf } from "./shape.js";

/** Nested arrays, as `await t.array()` returns them: a number for a scalar. */
export type NestedArray = number | NestedArray[];

/** Where tensors live and which kernels work on them. An operator runs on the device of its inputs. */
export interface Device {
  readonly name: string;
  /** The kernels that this device has of its own. */
  readonly kernels: Partial<Kernels<Tensor>>;
  /** True when storage is an ordinary typed array, so that plain kernels can stand in for missing ones. */
  readonly isHost: boolean;
  /**
   * True when its tensors have shapes but no elements, as on PyTorch's device of that name: then those of any other device
   * may meet them, and the result is here. By this a model is run for its shapes alone, without being moved.
   */
  readonly isMeta?: boolean;
  /** Room for `size` elements, all zero. */
  allocate(dtype: DType, size: number): unknown;
  /** Storage that holds a copy of these values. */
  upload(values: TypedArray): unknown;
  /** A copy of the elements, when they are there. */
  read(storage: unknown): Promise<TypedArray>;
  /** A copy of the elements, at once. Throws a `BackendError` on devices that cannot. */
  readSync(storage: unknown): TypedArray;
  /**
   * Gives storage back: its last tensor was disposed of. A device whose storage the garbage collector takes has no need of it;
   * scopes then leave its tensors alone.
   */
  release?(storage: unknown): void;
}

/** A tensor, or a Variable around one: what the checks of operators look at. */
export interface TensorLike {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly device: Device;
}

/**
 * A dense array of numbers, row-major: a value that operators read and never change. It carries only access;
 * every operator is a function (`add(x, y)`).
 */
export class Tensor {
  readonly device: Device;
  readonly shape: Shape;
  readonly dtype: DType;
  /** Number of elements. */
  readonly size: number;
  #storage: unknown;
  /** How many tensors use the storage: views share it, and the last one gives it back. */
  #users: { count: number };

  /** For devices and kernels; users call `tensor`, `zeros`, … */
  constructor(device: Device, shape: Shape, dtype: DType, storage: unknown) {
    this.device = device;
    this.shape = shape;
    this.dtype = dtype;
    this.size = sizeOf(shape);
    this.#storage = storage;
    this.#users = { count: 1 };
    if (device.release !== undefined) noteMade(this);
  }

  /** The same elements under another shape of the same size, without a copy; each is disposed of on its own. */
  static view(x: Tensor, shape: Shape): Tensor {
    const view = new Tensor(x.device, shape, x.dtype, x.storage);
    view.#users = x.#users;
    view.#users.count++;
    return view;
  }

  /** Whether it was disposed of, and has no elements any more. */
  get isDisposed(): boolean {
    return this.#storage === undefined;
  }

  /** What the device keeps for this tensor; for kernels. */
  get storage(): unknown {
    if (this.#storage === undefined) {
      throw new BackendError(
        `tensor: ${formatShape(this.shape)} was disposed of and has no elements any more. Use it before dispose().`,
      );
    }
    return this.#storage;
  }

  /** The elements, row-major, in an array of the caller's own. */
  async data(): Promise<TypedArray> {
    return this.device.read(this.storage);
  }

  /**
   * The elements, row-major, in an array of the caller's own, at once.
   *
   * @throws {BackendError} On a device that cannot answer at once: use `await t.data()`.
   */
  dataSync(): TypedArray {
    return this.device.readSync(this.storage);
  }

  /** The elements as nested arrays, a number for a scalar. */
  async array(): Promise<NestedArray> {
    const values = await this.data();
    const nest = (axis: number, offset: number, size: number): NestedArray => {
      if (axis === this.shape.length) return values[offset];
      const step = size / this.shape[axis];
      return Array.from({ length: this.shape[axis] }, (_, i) => nest(axis + 1, offset + i * step, step));
    };
    return nest(0, 0, this.size);
  }

  /**
   * The only element.
   *
   * @throws {ShapeError} When there is not exactly one.
   */
  item(): number {
    if (this.size !== 1) {
      throw new ShapeError(
        `item: a tensor of shape ${formatShape(this.shape)} has ${this.size} elements, not one. Use dataSync() or data().`,
      );
    }
    return this.dataSync()[0];
  }

  /**
   * This tensor on `device`: itself when it is there already, else a copy.
   *
   * @throws {BackendError} When it must leave a device that cannot answer at once, a GPU: use `await t.toAsync(device)`.
   */
  to(device: Device): Tensor {
    expectDevice("to", device);
    if (device === this.device) return this;
    return new Tensor(device, this.shape, this.dtype, device.upload(this.#leaving(device)));
  }

  /** This tensor on `device`, from any other: itself when it is there already, else a copy, once its elements are there. */
  async toAsync(device: Device): Promise<Tensor> {
    expectDevice("toAsync", device);
    if (device === this.device) return this;
    return new Tensor(device, this.shape, this.dtype, device.upload(await this.data()));
  }

  /** The elements at once, for another device. */
  #leaving(device: Device): TypedArray {
    const { storage } = this;
    try {
      return this.device.readSync(storage);
    } catch (cause) {
      if (!(cause instanceof BackendError) || this.device.isMeta) throw cause;
      throw new BackendError(
        `to: ${this} cannot be read at once. Use await x.toAsync(${device.name}), or await model.toAsync(${device.name}).`,
        { cause },
      );
    }
  }

  /** Gives the storage back now. Never necessary; using the tensor afterwards is an error. */
  dispose(): void {
    if (this.#storage === undefined) return;
    if (--this.#users.count === 0) this.device.release?.(this.#storage);
    this.#storage = undefined;
    noteGone(this);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  toString(): string {
    return `Tensor ${formatShape(this.shape)} ${this.dtype} on ${this.device.name}`;
  }
}

/**
 * Checks that an argument is a device.
 *
 * @throws {TypeError} When it is not, but its name, say.
 */
export function expectDevice(operator: string, device: Device): void {
  if (typeof device?.upload === "function") return;
  throw new TypeError(
    `${operator}: device must be a device such as cpu, got ${formatValue(device)}. Write import { cpu } from "@conv/core".`,
  );
}

/**
 * Checks that a tensor is one of this copy of the package, and not a Variable around one: what works on storage needs it.
 *
 * @throws {TypeError} When it is not.
 */
export function expectOwnTensor(operator: string, x: TensorLike): asserts x is Tensor {
  if (x instanceof Tensor) return;
  throw new TypeError(
    `${operator}: this only looks like a tensor. For a Variable use the operator of @conv/autograd, or pass x.value; ` +
      `else two copies of @conv/core are loaded: import it in one way only.`,
  );
}

/** A tensor with room for its elements, all zero, on `device`: where a kernel writes its result. */
export function allocate(device: Device, shape: Shape, dtype: DType): Tensor {
  return new Tensor(device, shape, dtype, device.allocate(dtype, sizeOf(shape)));
}

/** The elements of a host tensor themselves, not a copy: for plain kernels. */
export function valuesOf(x: Tensor): TypedArray {
  if (!x.device.isHost) throw new BackendError(`valuesOf: ${x} is not in the host's memory. Use await x.data().`);
  return x.storage as TypedArray;
}
