import { reshape, type Variable } from "@conv/autograd";
import { ShapeError, type Tensor } from "@conv/core";
import { checkBoolean, checkInteger, checkOptions, expectTensor, formatShape, tidy } from "@conv/core/operators";
import { Module } from "../module.js";
import { atLeastZero } from "../options.js";
import { normalize } from "./normalize.js";
import { affineParameters, checkChannels, checkDType, spatialAxes } from "./normLayer.js";

/** The options of `GroupNorm`. */
export interface GroupNormOptions {
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number;
  /** Whether a factor and a summand are learned for every channel. Default true. */
  readonly affine?: boolean;
}

/**
 * Gives every group of channels of every example mean 0 and variance 1, then a learned scale and place for each channel:
 *
 *     y = (x − mean) / √(variance + ε) · weight + bias
 *
 * x [N, C, …] → the same shape; C = numChannels, in numGroups groups of neighbours. Weight and bias are [C], and start
 * at 1 and 0. One group is `LayerNorm` over channels and pixels, C groups are `InstanceNorm`.
 *
 * @throws {ShapeError} When numGroups does not divide numChannels, or x has other channels.
 * @throws {RangeError} When a number is out of range.
 * @throws {TypeError} When an option is unknown, or x is not of the type of the layer's tensors.
 * @see Wu and He, "Group normalization" (arXiv:1803.08494).
 */
export class GroupNorm extends Module {
  readonly numGroups: number;
  readonly numChannels: number;
  readonly eps: number;
  /** [numChannels] */
  readonly weight: Variable | undefined;
  /** [numChannels] */
  readonly bias: Variable | undefined;

  constructor(numGroups: number, numChannels: number, options: GroupNormOptions = {}) {
    super();
    checkOptions("GroupNorm", options, ["eps", "affine"]);
    const { eps = 1e-5, affine = true } = options;
    this.numGroups = checkInteger("GroupNorm", "numGroups", numGroups, 1);
    this.numChannels = checkInteger("GroupNorm", "numChannels", numChannels, 1);
    if (numChannels % numGroups !== 0) {
      throw new ShapeError(
        `GroupNorm: numGroups ${numGroups} must divide numChannels ${numChannels}. The arguments are (numGroups, numChannels).`,
      );
    }
    this.eps = atLeastZero("GroupNorm", "eps", eps);
    const { weight, bias } = affineParameters([numChannels], checkBoolean("GroupNorm", "affine", affine));
    [this.weight, this.bias] = [weight, bias];
  }

  override get ownForward(): unknown {
    return GroupNorm.prototype.forward;
  }

  forward(x: Variable | Tensor): Variable {
    expectTensor("GroupNorm", "x", x);
    const [batch, , ...spatial] = x.shape;
    if (x.shape.length < 2) {
      throw new ShapeError(`GroupNorm: x must have at least two axes, [N, C, …], got ${formatShape(x.shape)}.`);
    }
    checkChannels("GroupNorm", x, this.numChannels);
    checkDType("GroupNorm", x, this.weight);
    const groups = [this.numGroups, this.numChannels / this.numGroups];
    const perChannel = (w: Variable) => reshape(w, [...groups, ...spatial.map(() => 1)]); // [G, C/G, 1, …]
    return tidy(() => {
      const grouped = reshape(x, [batch, ...groups, ...spatial]); // [N, G, C/G, …]
      const y = normalize(grouped, spatialAxes(grouped.shape.length), {
        eps: this.eps,
        weight: this.weight && perChannel(this.weight),
        bias: this.bias && perChannel(this.bias),
      });
      return reshape(y, x.shape);
    });
  }
}
