import { maximum, type Tensor } from "@conv/core";
import { blend, blendSquare, descend } from "@conv/core/kernels";
import { checkBoolean, checkOptions, formatValue } from "@conv/core/operators";
import { atLeastZero } from "../options.js";
import type { GivenParameters, Settings } from "./groups.js";
import { Optimizer, type ParameterState, remembered } from "./optimizer.js";

/** The options of `RMSprop`. */
export interface RMSpropOptions {
  /** Learning rate. Default 0.01. */
  readonly lr?: number;
  /** How much of the running means of g and g² is kept at each step. Default 0.99. */
  readonly alpha?: number;
  /** Added to the denominator. Default 1e-8. */
  readonly eps?: number;
  /** Share of the last step that is kept. Default 0. */
  readonly momentum?: number;
  /** Divide by the root of the gradient's running variance, not of its running square. Default false. */
  readonly centered?: boolean;
  /** λ of the penalty λ/2·‖p‖². Default 0. */
  readonly weightDecay?: number;
}

/**
 * Steps along the gradient, divided by the root of the running mean of its square; with momentum μ:
 *
 *     g ← g + λp;    v ← αv + (1 − α)g²;    d = g / (√v + ε);    p ← p − lr·d,  or lr·u with u ← μu + d
 *
 * `centered` has v − m² for v under the root, m ← αm + (1 − α)g. All running values start at 0.
 *
 * @throws {RangeError} When an option is negative, or alpha is not below 1.
 * @throws {TypeError} When `centered` is no boolean, or an option is unknown.
 * @see Tieleman and Hinton, "Lecture 6.5: RMSProp" (Coursera, 2012); Graves, "Generating sequences with recurrent neural
 *   networks" (arXiv:1308.0850) for `centered`.
 */
export class RMSprop extends Optimizer<Settings<RMSpropOptions>> {
  protected readonly remembers = ["v", "m", "momentum"];

  /** @param parameters Parameters, or groups `{ params, lr, … }` of them; each group may have any of the options for itself. */
  constructor(parameters: GivenParameters<RMSpropOptions>, options: RMSpropOptions = {}) {
    checkOptions("RMSprop", options, ["lr", "alpha", "eps", "momentum", "centered", "weightDecay"]);
    const { lr = 0.01, alpha = 0.99, eps = 1e-8, momentum = 0, centered = false, weightDecay = 0 } = options;
    super("RMSprop", parameters, { lr, alpha, eps, momentum, centered, weightDecay });
  }

  protected override check(name: string, options: Settings<RMSpropOptions>): void {
    const { alpha, eps, momentum, weightDecay, centered } = options;
    if (typeof alpha !== "number" || !(alpha >= 0 && alpha < 1)) {
      throw new RangeError(`${name}: alpha must be a number from 0 to below 1, got ${formatValue(alpha)}.`);
    }
    atLeastZero(name, "eps", eps);
    atLeastZero(name, "momentum", momentum);
    atLeastZero(name, "weightDecay", weightDecay);
    checkBoolean(name, "centered", centered);
  }

  protected override get ownUpdate(): unknown {
    return RMSprop.prototype.update;
  }

  protected update(p: Tensor, gradient: Tensor, state: ParameterState, options: Settings<RMSpropOptions>): Tensor {
    const { lr, eps, momentum, weightDecay } = options;
    const g = weightDecay === 0 ? gradient : blend(gradient, p, { alpha: 1, beta: weightDecay });
    const spread = this.#spread(g, state, options);
    if (momentum === 0) return descend(p, g, spread, { alpha: 1, beta: -lr, gamma: 1, eps });
    const u = descend(remembered(state, "momentum", p), g, spread, { alpha: momentum, beta: 1, gamma: 1, eps });
    state.tensors.momentum = u;
    return blend(p, u, { alpha: 1, beta: -lr });
  }

  /** v, or v − m² when centered. */
  #spread(g: Tensor, state: ParameterState, { alpha, centered }: Settings<RMSpropOptions>): Tensor {
    const factors = { alpha, beta: 1 - alpha };
    const v = blendSquare(remembered(state, "v", g), g, factors);
    state.tensors.v = v;
    if (!centered) return v;
    const m = blend(remembered(state, "m", g), g, factors);
    state.tensors.m = m;
    return maximum(blendSquare(v, m, { alpha: 1, beta: -1 }), 0); // of gradients that do not change it is 0, but rounding can go below
  }
}
