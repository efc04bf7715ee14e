import { isRecomputing, keep, sub, type Variable } from "@conv/autograd";
import { add, mul, ones, reshape, type Tensor, zeros } from "@conv/core";
import { checkBoolean, checkInteger, checkOptions, formatValue } from "@conv/core/operators";
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
      this.running_mean = zeros([numFeatures]);
      this.running_var = ones([numFeatures]);
      this.num_batches_tracked = zeros([], { dtype: "int32" });
    }
    this.#layer = layer;
    this.#ranks = ranks;
  }

  /** y = (x − mean) / √(variance + ε) · weight + bias, for every channel. */
  forward(x: Variable | Tensor): Variable {
    checkRank(this.#layer, x, this.#ranks);
    checkChannels(this.#layer, x, this.numFeatures);
    checkDType(this.#layer, x, this.weight ?? this.running_mean);
    const rank = x.shape.length;
    return standardize(this.#statistics(x), {
      eps: this.eps,
      weight: this.weight && perChannel(this.weight, rank),
      bias: this.bias && perChannel(this.bias, rank),
    });
  }

  /** x less the mean, and the variance: of the batch, or in use those that were tracked. */
  #statistics(x: Variable | Tensor): Pick<Moments, "centred" | "variance"> {
    const rank = x.shape.length;
    const { running_mean, running_var } = this;
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
    if (this.running_mean === undefined || this.running_var === undefined || this.num_batches_tracked === undefined)
      return;
    if (isRecomputing()) return; // this batch is counted already
    this.num_batches_tracked = keep(add(this.num_batches_tracked, 1));
    const share = this.momentum ?? 1 / this.num_batches_tracked.item();
    const mixed = (before: Tensor, batch: Tensor) =>
      keep(add(mul(before, 1 - share), mul(reshape(batch, before.shape), share)));
    this.running_mean = mixed(this.running_mean, mean.value);
    this.running_var = mixed(this.running_var, mul(variance.value, count / (count - 1))); // unbiased
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
