import { sub, type Variable } from "@conv/autograd";
import { mul, type Tensor } from "@conv/core";
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
import { RunningStatistics, sharesOf, type TrackedFields } from "./runningStatistics.js";

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

abstract class BatchNorm extends Module implements TrackedFields {
  readonly numFeatures: number;
  readonly eps: number;
  readonly momentum: number | null;
  /** [numFeatures] */
  readonly weight: Variable | undefined;
  /** [numFeatures] */
  readonly bias: Variable | undefined;
  running_mean: Tensor | undefined;
  running_var: Tensor | undefined;
  num_batches_tracked: Tensor | undefined;
  readonly #statistics: RunningStatistics | undefined;
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
      this.#statistics = new RunningStatistics(this, numFeatures);
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
    checkDType(this.#layer, x, this.weight ?? this.#statistics?.current?.mean);
    const rank = x.shape.length;
    return tidy(() =>
      standardize(this.#momentsOf(x), {
        eps: this.eps,
        weight: this.weight && perChannel(this.weight, rank),
        bias: this.bias && perChannel(this.bias, rank),
      }),
    );
  }

  /** x less the mean, and the variance: of the batch, or in use those that were tracked. */
  #momentsOf(x: Variable | Tensor): Pick<Moments, "centred" | "variance"> {
    const rank = x.shape.length;
    const tracked = this.#statistics?.current;
    if (!this.training && tracked !== undefined) {
      return { centred: sub(x, perChannel(tracked.mean, rank)), variance: perChannel(tracked.variance, rank) };
    }
    const count = x.size / this.numFeatures;
    const orEval = this.training && tracked !== undefined ? ", or eval()" : "";
    const hint = `Use a larger batch (a DataLoader's dropLast leaves out a small last one)${orEval}.`;
    checkCount(this.#layer, x, count, "channel", hint);
    const batch = moments(x, [0, ...spatialAxes(rank)]);
    if (this.#statistics?.isOpen) this.#track(this.#statistics, batch, count / (count - 1));
    return batch;
  }

  /** Moves running statistics towards those of a batch; the variance times `unbiased` is the unbiased one. */
  #track(statistics: RunningStatistics, { mean, variance }: Moments, unbiased: number): void {
    statistics.count();
    const shares = this.momentum === null ? statistics.evenShares : sharesOf(this.momentum);
    statistics.move({ mean: mean[held], variance: mul(variance[held], unbiased) }, shares);
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
