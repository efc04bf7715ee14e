import type { Variable } from "@conv/autograd";
import { type Shape, ShapeError, type Tensor } from "@conv/core";
import { checkBoolean, checkInteger, checkOptions, expectTensor, formatShape, isSameShape } from "@conv/core/operators";
import { Module } from "../module.js";
import { atLeastZero } from "../options.js";
import { normalize } from "./normalize.js";
import { affineParameters, checkDType } from "./normLayer.js";

/** The options of `LayerNorm`. */
export interface LayerNormOptions {
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number;
  /** Whether a factor and a summand are learned for every element of normalizedShape. Default true. */
  readonly elementwiseAffine?: boolean;
}

/**
 * Gives every example mean 0 and variance 1 over its last axes, then a learned scale and place for each element:
 *
 *     y = (x − mean) / √(variance + ε) · weight + bias
 *
 * x […, ...normalizedShape] → the same shape. Weight and bias have normalizedShape, and start at 1 and 0.
 *
 * @throws {ShapeError} When x does not end in normalizedShape.
 * @throws {RangeError} When a number is out of range.
 * @throws {TypeError} When an option is unknown, or x is not of the type of the layer's tensors.
 * @see Ba, Kiros and Hinton, "Layer normalization" (arXiv:1607.06450).
 */
export class LayerNorm extends Module {
  readonly normalizedShape: Shape;
  readonly eps: number;
  readonly weight: Variable | undefined;
  readonly bias: Variable | undefined;

  /** @param normalizedShape The lengths of the last axes; a number is the length of the last one. */
  constructor(normalizedShape: number | Shape, options: LayerNormOptions = {}) {
    super();
    checkOptions("LayerNorm", options, ["eps", "elementwiseAffine"]);
    const { eps = 1e-5, elementwiseAffine = true } = options;
    const shape: Shape = Array.isArray(normalizedShape) ? normalizedShape : [normalizedShape];
    if (shape.length === 0) throw new RangeError("LayerNorm: normalizedShape must have at least one axis, got [].");
    this.normalizedShape = shape.map((length) => checkInteger("LayerNorm", "normalizedShape", length, 1));
    this.eps = atLeastZero("LayerNorm", "eps", eps);
    const { weight, bias } = affineParameters(shape, checkBoolean("LayerNorm", "elementwiseAffine", elementwiseAffine));
    [this.weight, this.bias] = [weight, bias];
  }

  override get ownForward(): unknown {
    return LayerNorm.prototype.forward;
  }

  forward(x: Variable | Tensor): Variable {
    expectTensor("LayerNorm", "x", x);
    const last = x.shape.slice(-this.normalizedShape.length);
    if (!isSameShape(last, this.normalizedShape)) {
      throw new ShapeError(
        `LayerNorm: x ${formatShape(x.shape)} must end in normalizedShape ${formatShape(this.normalizedShape)}. ` +
          "Reshape x, or make the layer for its last axes.",
      );
    }
    checkDType("LayerNorm", x, this.weight);
    const dim = last.map((_, i) => i - last.length);
    return normalize(x, dim, this);
  }
}
