import { linear, type Variable, variable } from "@conv/autograd";
import type { Random, Tensor } from "@conv/core";
import { checkInteger, checkOptions } from "@conv/core/operators";
import { kaimingUniform, uniform } from "../init.js";
import { Module } from "../module.js";

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
    this.weight = variable(kaimingUniform([outFeatures, inFeatures], { random }));
    this.bias = bias ? variable(uniform([outFeatures], 1 / Math.sqrt(inFeatures), { random })) : undefined;
  }

  override get ownForward(): unknown {
    return Linear.prototype.forward;
  }

  /** y = x weightᵀ + bias. */
  forward(x: Variable | Tensor): Variable {
    return linear(x, this.weight, this.bias);
  }
}
