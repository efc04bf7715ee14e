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

  /** 1 / n of the n batches so far, with which each counts as much as any other; where they are, so that nothing is read. */
  get evenShare(): Tensor | number {
    const [batches, mean] = [this.#batches.peek(), this.#mean.peek()];
    return batches === undefined || mean === undefined ? 0 : div(1, cast(batches, mean.dtype));
  }

  /** running ← (1 − share) · running + share · batch, with the unbiased variance. */
  move({ mean, variance }: { readonly mean: Tensor; readonly variance: Tensor }, share: number | Tensor): void {
    const { current } = this;
    if (current === undefined) return;
    const rest = typeof share === "number" ? 1 - share : sub(1, share);
    const mixed = (before: Tensor, batch: Tensor) => add(mul(before, rest), mul(reshape(batch, before.shape), share));
    this.#mean.put(mixed(current.mean, mean));
    this.#variance.put(mixed(current.variance, variance));
  }

  /** Whether a batch is to be tracked: not if a checkpoint runs again, since it is counted already. */
  get isOpen(): boolean {
    return this.current !== undefined && this.#batches.peek() !== undefined && !isRecomputing();
  }
}
