import type { Variable } from "@conv/autograd";
import { add, div, maximum, mul, sqrt, sub, type Tensor } from "@conv/core";
import { checkBoolean, checkOptions, formatValue } from "@conv/core/operators";
import { atLeastZero } from "../options.js";
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
export class RMSprop extends Optimizer {
  protected readonly remembers = ["v", "m", "momentum"];
  readonly #options: Required<Omit<RMSpropOptions, "lr">>;

  constructor(parameters: readonly Variable[], options: RMSpropOptions = {}) {
    checkOptions("RMSprop", options, ["lr", "alpha", "eps", "momentum", "centered", "weightDecay"]);
    const { lr = 0.01, alpha = 0.99, eps = 1e-8, momentum = 0, centered = false, weightDecay = 0 } = options;
    super("RMSprop", parameters, lr);
    if (typeof alpha !== "number" || !(alpha >= 0 && alpha < 1)) {
      throw new RangeError(`RMSprop: alpha must be a number from 0 to below 1, got ${formatValue(alpha)}.`);
    }
    atLeastZero("RMSprop", "eps", eps);
    atLeastZero("RMSprop", "momentum", momentum);
    atLeastZero("RMSprop", "weightDecay", weightDecay);
    checkBoolean("RMSprop", "centered", centered);
    this.#options = { alpha, eps, momentum, centered, weightDecay };
  }

  protected override get ownUpdate(): unknown {
    return RMSprop.prototype.update;
  }

  protected update(p: Tensor, gradient: Tensor, state: ParameterState): Tensor {
    const { eps, momentum, weightDecay } = this.#options;
    const g = weightDecay === 0 ? gradient : add(gradient, mul(p, weightDecay));
    const direction = div(g, add(sqrt(this.#spread(g, state)), eps));
    if (momentum === 0) return sub(p, mul(direction, this.lr));
    const u = add(mul(remembered(state, "momentum", p), momentum), direction);
    state.tensors.momentum = u;
    return sub(p, mul(u, this.lr));
  }

  /** v, or v − m² when centered. */
  #spread(g: Tensor, state: ParameterState): Tensor {
    const { alpha, centered } = this.#options;
    const running = (name: string, x: Tensor) => add(mul(remembered(state, name, x), alpha), mul(x, 1 - alpha));
    const v = running("v", mul(g, g));
    state.tensors.v = v;
    if (!centered) return v;
    const m = running("m", g);
    state.tensors.m = m;
    return maximum(sub(v, mul(m, m)), 0); // of gradients that do not change it is 0, but rounding can go below
  }
}
