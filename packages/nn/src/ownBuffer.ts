import { keep } from "@conv/autograd";
import type { Tensor } from "@conv/core";

/** By its getter: what stands behind a field. */
const behind = new WeakMap<() => unknown, OwnBuffer>();

/**
 * A field of a module whose tensor the package replaces: what another takes the place of is given back, unless somebody was
 * given it.
 */
export class OwnBuffer {
  #tensor: Tensor | undefined;
  /** The tensors that somebody was given, or gave. */
  readonly #shown = new WeakSet<Tensor>();

  /** Makes the field of this name. */
  constructor(owner: object, name: string, first: Tensor) {
    this.#tensor = first;
    const get = () => {
      if (this.#tensor !== undefined) this.#shown.add(this.#tensor);
      return this.#tensor;
    };
    const set = (next: Tensor | undefined) => {
      if (next !== undefined) this.#shown.add(next);
      this.put(next);
    };
    behind.set(get, this);
    Object.defineProperty(owner, name, { get, set, enumerable: true, configurable: true });
  }

  /** The tensor, for those who neither keep it nor show it around; undefined if somebody took it away. */
  peek(): Tensor | undefined {
    return this.#tensor;
  }

  /** Puts a tensor that nobody else has in the place of the one before. */
  put(next: Tensor | undefined): void {
    const before = this.#tensor;
    this.#tensor = next && keep(next);
    if (before !== undefined && before !== next && !this.#shown.has(before)) before.dispose();
  }
}

/** What stands behind a field, if it is such a buffer. */
export function ownBufferOf({ get }: PropertyDescriptor): OwnBuffer | undefined {
  return get && behind.get(get);
}
