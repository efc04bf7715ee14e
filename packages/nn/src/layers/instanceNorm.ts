import { sub, type Variable } from "@conv/autograd";
import { mean, mul, type Tensor } from "@conv/core";
import { checkBoolean, checkInteger, checkOptions, held, sizeOf, tidy } from "@conv/core/operators";
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
import { checkMomentum, RunningStatistics, sharesOf, type TrackedFields } from "./runningStatistics.js";

/** The options of `InstanceNorm1d`, `InstanceNorm2d` and `InstanceNorm3d`. */
export interface InstanceNormOptions {
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number;
  /** Whether a factor and a summand are learned for every channel. Default false. */
  readonly affine?: boolean;
  /** Whether running statistics are kept, and used after `eval()`. Default false: always those of each image. */
  readonly trackRunningStats?: boolean;
  /** Share of the batch in the running statistics, 0 to 1. Default 0.1. */
  readonly momentum?: number;
}

abstract class InstanceNorm extends Module implements TrackedFields {
  readonly numFeatures: number;
  readonly eps: number;
  /** [numFeatures] */
  readonly weight: Variable | undefined;
  /** [numFeatures] */
  readonly bias: Variable | undefined;
  readonly momentum: number;
  running_mean: Tensor | undefined;
  running_var: Tensor | undefined;
  /** Stays at 0, as PyTorch's does. */
  num_batches_tracked: Tensor | undefined;
  readonly #statistics: RunningStatistics | undefined;
  readonly #layer: string;
  readonly #rank: number;

  constructor(layer: string, rank: number, numFeatures: number, options: InstanceNormOptions) {
    super();
    checkOptions(layer, options, ["eps", "affine", "trackRunningStats", "momentum"]);
    const { eps = 1e-5, affine = false, trackRunningStats = false, momentum = 0.1 } = options;
    this.numFeatures = checkInteger(layer, "numFeatures", numFeatures, 1);
    this.eps = atLeastZero(layer, "eps", eps);
    const { weight, bias } = affineParameters([numFeatures], checkBoolean(layer, "affine", affine));
    [this.weight, this.bias] = [weight, bias];
    this.momentum = checkMomentum(layer, momentum);
    if (checkBoolean(layer, "trackRunningStats", trackRunningStats)) {
      this.#statistics = new RunningStatistics(this, numFeatures);
    }
    this.#layer = layer;
    this.#rank = rank;
  }

  override get ownForward(): unknown {
    return InstanceNorm.prototype.forward;
  }

  /** y = (x − mean) / √(variance + ε) · weight + bias, for every channel of every example. */
  forward(x: Variable | Tensor): Variable {
    const [layer, rank] = [this.#layer, this.#rank];
    checkRank(layer, x, [rank]);
    checkChannels(layer, x, this.numFeatures);
    checkDType(layer, x, this.weight ?? this.#statistics?.current?.mean);
    return tidy(() =>
      standardize(this.#momentsOf(x), {
        eps: this.eps,
        weight: this.weight && perChannel(this.weight, rank),
        bias: this.bias && perChannel(this.bias, rank),
      }),
    );
  }

  /** x less the mean, and the variance: of each image, or in use those that were tracked. */
  #momentsOf(x: Variable | Tensor): Pick<Moments, "centred" | "variance"> {
    const rank = x.shape.length;
    const tracked = this.#statistics?.current;
    if (!this.training && tracked !== undefined) {
      return { centred: sub(x, perChannel(tracked.mean, rank)), variance: perChannel(tracked.variance, rank) };
    }
    const count = sizeOf(x.shape.slice(2));
    checkCount(this.#layer, x, count, "channel of an example", "Leave the layer out here.");
    const each = moments(x, spatialAxes(rank));
    if (this.#statistics?.isOpen) this.#track(this.#statistics, each, count / (count - 1));
    return each;
  }

  /** Moves running statistics towards the means, over the examples, of theirs. */
  #track(statistics: RunningStatistics, each: Moments, unbiased: number): void {
    const variance = mul(mean(each.variance[held], { dim: 0 }), unbiased);
    statistics.move({ mean: mean(each.mean[held], { dim: 0 }), variance }, sharesOf(this.momentum));
  }
}

/** Gives every channel of every signal mean 0 and variance 1: x [N, C, L] → the same. See `InstanceNorm2d`. */
export class InstanceNorm1d extends InstanceNorm {
  constructor(numFeatures: number, options: InstanceNormOptions = {}) {
    super("InstanceNorm1d", 3, numFeatures, options);
  }
}

/**
 * Gives every channel of every image mean 0 and variance 1; with `affine`, then a learned scale and place:
 *
 *     y = (x − mean) / √(variance + ε) · weight + bias
 *
 * x [N, C, H, W] → the same shape; C = numFeatures. Weight and bias are [C], and start at 1 and 0.
 *
 * With `trackRunningStats` training moves a running mean and (unbiased) variance towards the means of those of a batch's
 * images, and use (`eval()`) takes them. The state has PyTorch's names: see `BatchNorm2d`.
 *
 * @throws {ShapeError} When x has other axes or channels, or one pixel.
 * @throws {RangeError} When a number is out of range.
 * @throws {TypeError} When an option is unknown, or x is not of the type of the layer's tensors.
 * @see Ulyanov, Vedaldi and Lempitsky, "Instance normalization" (arXiv:1607.08022).
 */
export class InstanceNorm2d extends InstanceNorm {
  constructor(numFeatures: number, options: InstanceNormOptions = {}) {
    super("InstanceNorm2d", 4, numFeatures, options);
  }
}

/** Gives every channel of every volume mean 0 and variance 1: x [N, C, D, H, W] → the same. See `InstanceNorm2d`. */
export class InstanceNorm3d extends InstanceNorm {
  constructor(numFeatures: number, options: InstanceNormOptions = {}) {
    super("InstanceNorm3d", 5, numFeatures, options);
  }
}
