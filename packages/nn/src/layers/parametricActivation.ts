import { elu, gelu, leakyRelu, softplus, type Variable } from "@conv/autograd";
import type { EluOptions, GeluOptions, LeakyReluOptions, SoftplusOptions, Tensor } from "@conv/core";
import { eluOptions, geluOptions, leakyReluOptions, softplusOptions } from "@conv/core/operators";
import { Module } from "../module.js";

// Activations with constants; elementwise, of the shape of x.

/**
 * x above 0, negativeSlope·x below, elementwise.
 *
 * @param options `negativeSlope` 0.01.
 * @see Maas, Hannun and Ng, "Rectifier nonlinearities improve neural network acoustic models" (2013).
 */
export class LeakyReLU extends Module {
  readonly options: Required<LeakyReluOptions>;

  constructor(options: LeakyReluOptions = {}) {
    super();
    this.options = leakyReluOptions(options, "LeakyReLU");
  }

  override get ownForward(): unknown {
    return LeakyReLU.prototype.forward;
  }

  forward(x: Variable | Tensor): Variable {
    return leakyRelu(x, this.options);
  }
}

/**
 * x above 0, α·(eˣ − 1) below, elementwise.
 *
 * @param options `alpha` 1.
 * @see Clevert, Unterthiner and Hochreiter, "Fast and accurate deep network learning by exponential linear units"
 *   (arXiv:1511.07289).
 */
export class ELU extends Module {
  readonly options: Required<EluOptions>;

  constructor(options: EluOptions = {}) {
    super();
    const { alpha } = eluOptions(options, "ELU");
    this.options = { alpha };
  }

  override get ownForward(): unknown {
    return ELU.prototype.forward;
  }

  forward(x: Variable | Tensor): Variable {
    return elu(x, this.options);
  }
}

/**
 * x·Φ(x), elementwise, with Φ the standard normal distribution function.
 *
 * @param options `approximate` "none"; with "tanh" Φ(x) is ½·(1 + tanh(√(2/π)·(x + 0.044715 x³))).
 * @see Hendrycks and Gimpel, "Gaussian error linear units" (arXiv:1606.08415).
 */
export class GELU extends Module {
  readonly options: Required<GeluOptions>;

  constructor(options: GeluOptions = {}) {
    super();
    this.options = geluOptions(options, "GELU");
  }

  override get ownForward(): unknown {
    return GELU.prototype.forward;
  }

  forward(x: Variable | Tensor): Variable {
    return gelu(x, this.options);
  }
}

/**
 * ln(1 + e^{βx})/β, elementwise; x itself where βx > threshold.
 *
 * @param options `beta` 1, `threshold` 20.
 * @throws {RangeError} When beta is 0.
 */
export class Softplus extends Module {
  readonly options: Required<SoftplusOptions>;

  constructor(options: SoftplusOptions = {}) {
    super();
    this.options = softplusOptions(options, "Softplus");
  }

  override get ownForward(): unknown {
    return Softplus.prototype.forward;
  }

  forward(x: Variable | Tensor): Variable {
    return softplus(x, this.options);
  }
}
