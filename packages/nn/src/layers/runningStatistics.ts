import { isRecomputing } from "@conv/autograd";
import { add, cast, div, mul, ones, reshape, sub, type Tensor, zeros } from "@conv/core";
import { formatValue } from "@conv/core/operators";
import type { Module } from "../module.js";
import { OwnBuffer } from "../ownBuffer.js";

/** The buffers of a norm layer that tracks statistics. Their names are those of their fields, and PyTorch's are these. */
export interface TrackedFields {
  /** [numFeatures] */
  running_mean: Tensor | undefined;
  /** [numFeatures], of the unbiased variance. */
  running_var: Tensor | undefined;
  /** How many batches are in the running statistics; int32. */
  num_batches_tracked: Tensor | undefined;
}

/** The share of a batch in running statistics, and that of all before it. */
export interface Shares {
  readonly share: number | Tensor;
  readonly rest: number | Tensor;
}

/** Those that a momentum sets. */
export const sharesOf = (momentum: number): Shares => ({ share: momentum, rest: 1 - momentum });

/**
 * The share of a batch in running statistics, 0 to 1.
 *
 * @throws {RangeError} When it is not.
 */
export function checkMomentum(layer: string, momentum: number): number {
  if (typeof momentum === "number" && momentum >= 0 && momentum <= 1) return momentum;
  throw new RangeError(`${layer}: momentum must be 0 to 1, got ${formatValue(momentum)}.`);
}

/** What a norm layer tracks in training, as fields of that layer. */
export class RunningStatistics {
  readonly #mean: OwnBuffer;
  readonly #variance: OwnBuffer;
  readonly #batches: OwnBuffer;

  /** Mean 0, variance 1 and no batches, as fields of `layer`. */
  constructor(layer: Module & TrackedFields, numFeatures: number) {
    const field = (name: keyof TrackedFields, first: Tensor) => new OwnBuffer(layer, name, first);
    this.#mean = field("running_mean", zeros([numFeatures]));
    this.#variance = field("running_var", ones([numFeatures]));
    this.#batches = field("num_batches_tracked", zeros([], { dtype: "int32" }));
  }

  /** Mean and variance, for those who neither keep them nor show them around; unless somebody took them away. */
  get current(): { readonly mean: Tensor; readonly variance: Tensor } | undefined {
    const [mean, variance] = [this.#mean.peek(), this.#variance.peek()];
    return mean === undefined || variance === undefined ? undefined : { mean, variance };
  }

  /** Counts a batch. */
  count(): void {
    const batches = this.#batches.peek();
    if (batches !== undefined) this.#batches.put(add(batches, 1));
  }

  /**
   * 1 / n of the n batches so far, with which each counts as much as any other, and (n − 1) / n; where they are, so that
   * nothing is read. Both are divided: 1 less a rounded 1 / n is not the nearest to (n − 1) / n.
   */
  get evenShares(): Shares {
    const [batches, mean] = [this.#batches.peek(), this.#mean.peek()];
    if (batches === undefined || mean === undefined) return { share: 0, rest: 1 };
    const n = cast(batches, mean.dtype);
    return { share: div(1, n), rest: div(sub(n, 1), n) };
  }

  /** running ← rest · running + share · batch, with the unbiased variance. */
  move({ mean, variance }: { readonly mean: Tensor; readonly variance: Tensor }, { share, rest }: Shares): void {
    const { current } = this;
    if (current === undefined) return;
    const mixed = (before: Tensor, batch: Tensor) => add(mul(before, rest), mul(reshape(batch, before.shape), share));
    this.#mean.put(mixed(current.mean, mean));
    this.#variance.put(mixed(current.variance, variance));
  }

  /** Whether a batch is to be tracked: not if a checkpoint runs again, since it is counted already. */
  get isOpen(): boolean {
    return this.current !== undefined && this.#batches.peek() !== undefined && !isRecomputing();
  }
}
