import { isRecomputing, keep, sub, type Variable } from "@conv/autograd";
import { add, mul, ones, reshape, type Tensor, zeros } from "@conv/core";
import { checkBoolean, checkInteger, checkOptions, formatValue, held, tidy } from "@conv/core/operators";
import { Module } from "../module.js";
import { atLeastZero } from "../options.js";
import { type Moments, moments, standardize } from "./normalize.js";
import {
  affineParameters,
  checkChannels,
  checkCount,
  checkDType,
  checkRank,
  perChannel,
  spatialAxes,
} from "./normLayer.js";

/** The options of `BatchNorm1d`, `BatchNorm2d` and `BatchNorm3d`. */
export interface BatchNormOptions {
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number;
  /** Share of the batch in the running statistics, 0 to 1. Default 0.1; null: each batch counts as much as any other. */
  readonly momentum?: number | null;
  /** Whether a factor and a summand are learned for every channel. Default true. */
  readonly affine?: boolean;
  /** Whether running statistics are kept, and used after `eval()`. Default true; false: always those of the batch. */
  readonly trackRunningStats?: boolean;
}

type BufferName = "running_mean" | "running_var" | "num_batches_tracked";

abstract class BatchNorm extends Module {
  readonly numFeatures: number;
  readonly eps: number;
  readonly momentum: number | null;
  /** [numFeatures] */
  readonly weight: Variable | undefined;
  /** [numFeatures] */
  readonly bias: Variable | undefined;
  // The names of buffers are those of their fields, and PyTorch's are these.
  /** [numFeatures] */
  running_mean: Tensor | undefined;
  /** [numFeatures], of the unbiased variance. */
  running_var: Tensor | undefined;
  /** How many batches are in the running statistics; int32. */
  num_batches_tracked: Tensor | undefined;
  /** The tensors behind these three, and those of them that somebody was given. */
  readonly #buffers: { [Name in BufferName]?: Tensor | undefined } = {};
  readonly #shown = new WeakSet<Tensor>();
  readonly #layer: string;
  readonly #ranks: readonly number[];

  constructor(layer: string, ranks: readonly number[], numFeatures: number, options: BatchNormOptions) {
    super();
    checkOptions(layer, options, ["eps", "momentum", "affine", "trackRunningStats"]);
    const { eps = 1e-5, momentum = 0.1, affine = true, trackRunningStats = true } = options;
    if (momentum !== null && !(typeof momentum === "number" && momentum >= 0 && momentum <= 1)) {
      throw new RangeError(`${layer}: momentum must be 0 to 1, or null, got ${formatValue(momentum)}.`);
    }
    this.numFeatures = checkInteger(layer, "numFeatures", numFeatures, 1);
    this.eps = atLeastZero(layer, "eps", eps);
    this.momentum = momentum;
    const { weight, bias } = affineParameters([numFeatures], checkBoolean(layer, "affine", affine));
    [this.weight, this.bias] = [weight, bias];
    if (checkBoolean(layer, "trackRunningStats", trackRunningStats)) {
      this.#addBuffer("running_mean", zeros([numFeatures]));
      this.#addBuffer("running_var", ones([numFeatures]));
      this.#addBuffer("num_batches_tracked", zeros([], { dtype: "int32" }));
    }
    this.#layer = layer;
    this.#ranks = ranks;
  }

  override get ownForward(): unknown {
    return BatchNorm.prototype.forward;
  }

  /** y = (x − mean) / √(variance + ε) · weight + bias, for every channel. */
  forward(x: Variable | Tensor): Variable {
    checkRank(this.#layer, x, this.#ranks);
    checkChannels(this.#layer, x, this.numFeatures);
    checkDType(this.#layer, x, this.weight ?? this.#buffers.running_mean);
    const rank = x.shape.length;
    return tidy(() =>
      standardize(this.#statistics(x), {
        eps: this.eps,
        weight: this.weight && perChannel(this.weight, rank),
        bias: this.bias && perChannel(this.bias, rank),
      }),
    );
  }

  /** x less the mean, and the variance: of the batch, or in use those that were tracked. */
  #statistics(x: Variable | Tensor): Pick<Moments, "centred" | "variance"> {
    const rank = x.shape.length;
    const { running_mean, running_var } = this.#buffers;
    if (!this.training && running_mean !== undefined && running_var !== undefined) {
      return { centred: sub(x, perChannel(running_mean, rank)), variance: perChannel(running_var, rank) };
    }
    const count = x.size / this.numFeatures;
    const orEval = this.training && running_mean !== undefined ? ", or eval()" : "";
    const hint = `Use a larger batch (a DataLoader's dropLast leaves out a small last one)${orEval}.`;
    checkCount(this.#layer, x, count, "channel", hint);
    const batch = moments(x, [0, ...spatialAxes(rank)]);
    this.#track(batch, count);
    return batch;
  }

  /** Moves the running statistics, if there are any, towards those of a batch. */
  #track({ mean, variance }: Moments, count: number): void {
    const { running_mean, running_var, num_batches_tracked } = this.#buffers;
    if (running_mean === undefined || running_var === undefined || num_batches_tracked === undefined) return;
    if (isRecomputing()) return; // this batch is counted already
    const tracked = add(num_batches_tracked, 1);
    const share = this.momentum ?? 1 / tracked.item();
    const mixed = (before: Tensor, batch: Tensor) =>
      add(mul(before, 1 - share), mul(reshape(batch, before.shape), share));
    this.#replace("num_batches_tracked", tracked);
    this.#replace("running_mean", mixed(running_mean, mean[held]));
    this.#replace("running_var", mixed(running_var, mul(variance[held], count / (count - 1)))); // unbiased
  }

  /** Makes a field of this name, which remembers whether its tensor was given to somebody. */
  #addBuffer(name: BufferName, first: Tensor): void {
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
    Object.defineProperty(this, name, { get, set, enumerable: true, configurable: true });
  }

  /** Puts a tensor in the place of another, which is given back unless somebody was given it. */
  #replace(name: BufferName, next: Tensor | undefined): void {
    const before = this.#buffers[name];
    this.#buffers[name] = next && keep(next);
    if (before !== undefined && before !== next && !this.#shown.has(before)) before.dispose();
  }
}

/** Gives every feature mean 0 and variance 1 over the batch: x [N, C] or [N, C, L] → the same. See `BatchNorm2d`. */
export class BatchNorm1d extends BatchNorm {
  constructor(numFeatures: number, options: BatchNormOptions = {}) {
    super("BatchNorm1d", [2, 3], numFeatures, options);
  }
}

/**
 * Gives every channel mean 0 and variance 1 over the batch and its pixels, then a learned scale and place:
 *
 *     y = (x − mean) / √(variance + ε) · weight + bias
 *
 * In training, mean and (biased) variance are those of the batch, and move the running ones towards them, the variance
 * unbiased: running ← (1 − momentum) · running + momentum · batch. In use (`eval()`) they are the running ones.
 *
 * Its state has PyTorch's names: `weight`, `bias`, `running_mean`, `running_var`, `num_batches_tracked`.
 *
 * x [N, C, H, W] → the same shape; C = numFeatures. The weight starts at 1, the bias at 0, the running mean at 0, the
 * running variance at 1.
 *
 * @throws {ShapeError} When x has other axes or channels, or in training one value per channel.
 * @throws {RangeError} When a number is out of range.
 * @throws {TypeError} When an option is unknown, or x is not of the type of the layer's tensors.
 * @see Ioffe and Szegedy, "Batch normalization" (arXiv:1502.03167).
 */
export class BatchNorm2d extends BatchNorm {
  constructor(numFeatures: number, options: BatchNormOptions = {}) {
    super("BatchNorm2d", [4], numFeatures, options);
  }
}

/**
 * Gives every channel mean 0 and variance 1 over the batch and its voxels: x [N, C, D, H, W] → the same. See
 * `BatchNorm2d`.
 */
export class BatchNorm3d extends BatchNorm {
  constructor(numFeatures: number, options: BatchNormOptions = {}) {
    super("BatchNorm3d", [5], numFeatures, options);
  }
}
