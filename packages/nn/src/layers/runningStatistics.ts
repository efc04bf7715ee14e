import { isRecomputing, keep } from "@conv/autograd";
import { add, mul, ones, reshape, type Tensor, zeros } from "@conv/core";
import { formatValue } from "@conv/core/operators";
import type { Module } from "../module.js";

// The names of buffers are those of their fields, and PyTorch's are these.
type BufferName = "running_mean" | "running_var" | "num_batches_tracked";

/** The buffers of a norm layer that tracks statistics. */
export interface TrackedFields {
  /** [numFeatures] */
  running_mean: Tensor | undefined;
  /** [numFeatures], of the unbiased variance. */
  running_var: Tensor | undefined;
  /** How many batches are in the running statistics; int32. */
  num_batches_tracked: Tensor | undefined;
}

/**
 * The share of a batch in running statistics, 0 to 1.
 *
 * @throws {RangeError} When it is not.
 */
export function checkMomentum(layer: string, momentum: number): number {
  if (typeof momentum === "number" && momentum >= 0 && momentum <= 1) return momentum;
  throw new RangeError(`${layer}: momentum must be 0 to 1, got ${formatValue(momentum)}.`);
}

/**
 * What a norm layer tracks in training, as fields of that layer. A tensor that another one replaces is given back, unless
 * somebody was given it.
 */
export class RunningStatistics {
  readonly #buffers: { [Name in BufferName]?: Tensor | undefined } = {};
  /** The tensors that somebody was given. */
  readonly #shown = new WeakSet<Tensor>();

  /** Mean 0, variance 1 and no batches, as fields of `layer`. */
  constructor(layer: Module & TrackedFields, numFeatures: number) {
    this.#addBuffer(layer, "running_mean", zeros([numFeatures]));
    this.#addBuffer(layer, "running_var", ones([numFeatures]));
    this.#addBuffer(layer, "num_batches_tracked", zeros([], { dtype: "int32" }));
  }

  /** Mean and variance, for those who neither keep them nor show them around; unless somebody took them away. */
  get current(): { readonly mean: Tensor; readonly variance: Tensor } | undefined {
    const { running_mean: mean, running_var: variance } = this.#buffers;
    return mean === undefined || variance === undefined ? undefined : { mean, variance };
  }

  /** Counts a batch. Returns how many there are. */
  count(): number {
    const { num_batches_tracked } = this.#buffers;
    if (num_batches_tracked === undefined) return 0;
    const tracked = add(num_batches_tracked, 1);
    this.#replace("num_batches_tracked", tracked);
    return tracked.item();
  }

  /** running ← (1 − share) · running + share · batch, with the unbiased variance. */
  move({ mean, variance }: { readonly mean: Tensor; readonly variance: Tensor }, share: number): void {
    const { current } = this;
    if (current === undefined) return;
    const mixed = (before: Tensor, batch: Tensor) =>
      add(mul(before, 1 - share), mul(reshape(batch, before.shape), share));
    this.#replace("running_mean", mixed(current.mean, mean));
    this.#replace("running_var", mixed(current.variance, variance));
  }

  /** Whether a batch is to be tracked: not if a checkpoint runs again, since it is counted already. */
  get isOpen(): boolean {
    return this.current !== undefined && this.#buffers.num_batches_tracked !== undefined && !isRecomputing();
  }

  /** Makes a field of this name, which remembers whether its tensor was given to somebody. */
  #addBuffer(layer: Module, name: BufferName, first: Tensor): void {
    this.#buffers[name] = first;
    const get = () => {
      const buffer = this.#buffers[name];
      if (buffer !== undefined) this.#shown.add(buffer);
      return buffer;
    };
    const set = (next: Tensor | undefined) => {
      if (next !== undefined) this.#shown.add(next);
      this.#replace(name, next);
    };
    Object.defineProperty(layer, name, { get, set, enumerable: true, configurable: true });
  }

  /** Puts a tensor in the place of another, which is given back unless somebody was given it. */
  #replace(name: BufferName, next: Tensor | undefined): void {
    const before = this.#buffers[name];
    this.#buffers[name] = next && keep(next);
    if (before !== undefined && before !== next && !this.#shown.has(before)) before.dispose();
  }
}
