import { linear, type Variable, variable } from "@conv/autograd";
import type { Random, Tensor } from "@conv/core";
import { checkBoolean, checkInteger, checkOptions } from "@conv/core/operators";
import { biasFor, weightFor } from "../init/scaled.js";
import { Module } from "../module.js";
import { checkRandom } from "../random.js";

/** The options of `Linear`. */
export interface LinearOptions {
  /** Whether a learned number is added to every output feature. Default true. */
  readonly bias?: boolean;
  /** Where initial weights come from. Default: the shared generator, see `manualSeed`. */
  readonly random?: Random;
}

/**
 * A fully connected layer, y = x weightᵀ + bias: x […, inFeatures] → […, outFeatures].
 * Weight and bias start as PyTorch's do: uniform in ±1/√inFeatures.
 *
 * @throws {RangeError} When a number of features is not a positive integer.
 * @throws {TypeError} When an option is unknown or of another type.
 */
export class Linear extends Module {
  /** [outFeatures, inFeatures] */
  readonly weight: Variable;
  /** [outFeatures] */
  readonly bias: Variable | undefined;

  constructor(
    readonly inFeatures: number,
    readonly outFeatures: number,
    options: LinearOptions = {},
  ) {
    super();
    checkOptions("Linear", options, ["bias", "random"]);
    checkInteger("Linear", "inFeatures", inFeatures, 1);
    checkInteger("Linear", "outFeatures", outFeatures, 1);
    const { bias = true, random } = options;
    if (random !== undefined) checkRandom("Linear", random);
    const shape = [outFeatures, inFeatures];
    this.weight = variable(weightFor(shape, { random }));
    this.bias = checkBoolean("Linear", "bias", bias) ? variable(biasFor(shape, outFeatures, { random })) : undefined;
  }

  override get ownForward(): unknown {
    return Linear.prototype.forward;
  }

  /** y = x weightᵀ + bias. */
  forward(x: Variable | Tensor): Variable {
    return linear(x, this.weight, this.bias);
  }
}
