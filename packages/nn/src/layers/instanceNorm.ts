import type { Variable } from "@conv/autograd";
import type { Tensor } from "@conv/core";
import { checkBoolean, checkInteger, checkOptions, sizeOf } from "@conv/core/operators";
import { Module } from "../module.js";
import { atLeastZero } from "../options.js";
import { normalize } from "./normalize.js";
import {
  affineParameters,
  checkChannels,
  checkCount,
  checkDType,
  checkRank,
  perChannel,
  spatialAxes,
} from "./normLayer.js";

/** The options of `InstanceNorm1d`, `InstanceNorm2d` and `InstanceNorm3d`. */
export interface InstanceNormOptions {
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number;
  /** Whether a factor and a summand are learned for every channel. Default false. */
  readonly affine?: boolean;
}

abstract class InstanceNorm extends Module {
  readonly numFeatures: number;
  readonly eps: number;
  /** [numFeatures] */
  readonly weight: Variable | undefined;
  /** [numFeatures] */
  readonly bias: Variable | undefined;
  readonly #layer: string;
  readonly #rank: number;

  constructor(layer: string, rank: number, numFeatures: number, options: InstanceNormOptions) {
    super();
    checkOptions(layer, options, ["eps", "affine"]);
    const { eps = 1e-5, affine = false } = options;
    this.numFeatures = checkInteger(layer, "numFeatures", numFeatures, 1);
    this.eps = atLeastZero(layer, "eps", eps);
    const { weight, bias } = affineParameters([numFeatures], checkBoolean(layer, "affine", affine));
    [this.weight, this.bias] = [weight, bias];
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
    checkDType(layer, x, this.weight);
    checkCount(layer, x, sizeOf(x.shape.slice(2)), "channel of an example", "Leave the layer out here.");
    return normalize(x, spatialAxes(rank), {
      eps: this.eps,
      weight: this.weight && perChannel(this.weight, rank),
      bias: this.bias && perChannel(this.bias, rank),
    });
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
