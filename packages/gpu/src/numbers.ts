import type { DType } from "@conv/core";
import type { GpuStorage } from "./storage.js";

/** So many numbers are remembered. */
const LIMIT = 256;

/**
 * Scalars on the device: the numbers in `mul(x, 2)` and such come again at every step, and each upload costs as much as a
 * kernel. A number that is there already is used by several tensors; the least recently used ones go.
 */
export class Numbers {
  readonly #upload: (dtype: DType, value: number) => GpuStorage;
  readonly #release: (storage: GpuStorage) => void;
  readonly #kept = new Map<string, GpuStorage>();
  /** How many tensors use each, those that are not kept any more too. */
  readonly #users = new WeakMap<GpuStorage, { key: string; count: number }>();

  constructor(upload: (dtype: DType, value: number) => GpuStorage, release: (storage: GpuStorage) => void) {
    this.#upload = upload;
    this.#release = release;
  }

  /** The storage of a number, with one user more. */
  get(dtype: DType, value: number): GpuStorage {
    const key = `${dtype} ${Object.is(value, -0) ? "-0" : value}`;
    let storage = this.#kept.get(key);
    if (storage === undefined || storage.error !== undefined) storage = this.#upload(dtype, value);
    this.#kept.delete(key);
    this.#kept.set(key, storage);
    const users = this.#users.get(storage) ?? { key, count: 0 };
    users.count++;
    this.#users.set(storage, users);
    if (this.#kept.size > LIMIT) this.#forgetOne();
    return storage;
  }

  /** Takes one user from a storage. Returns whether it is one of a number. */
  release(storage: GpuStorage): boolean {
    const users = this.#users.get(storage);
    if (users === undefined) return false;
    if (--users.count === 0 && this.#kept.get(users.key) !== storage) this.#release(storage);
    return true;
  }

  #forgetOne(): void {
    const [[key, storage]] = this.#kept;
    this.#kept.delete(key);
    if (this.#users.get(storage)?.count === 0) this.#release(storage);
  }
}
