import { reshape, type Tensor } from "@conv/core";
import { blend } from "@conv/core/kernels";
import { checkBoolean, checkOptions } from "@conv/core/operators";
import { atLeastZero } from "../options.js";
import type { GivenParameters, Settings } from "./groups.js";
import { Optimizer, type ParameterState } from "./optimizer.js";

/** The options of `SGD`. */
export interface SGDOptions {
  /** Learning rate. Default 0.001. */
  readonly lr?: number;
  /** Share of the last step that is kept. Default 0. */
  readonly momentum?: number;
  /** Share of the gradient that momentum leaves out. Default 0. */
  readonly dampening?: number;
  /** Step along the gradient as it will be after the momentum. Default false. */
  readonly nesterov?: boolean;
  /** λ of the penalty λ/2·‖p‖². Default 0. */
  readonly weightDecay?: number;
}

/**
 * Stochastic gradient descent, with momentum m:
 *
 *     g ← g + λp;    v ← m·v + (1 − dampening)·g  (at first v = g);    p ← p − lr·v,  or lr·(g + m·v) with Nesterov
 *
 * @throws {RangeError} When an option is negative, or Nesterov lacks momentum.
 * @see Sutskever, Martens, Dahl and Hinton, "On the importance of initialization and momentum in deep learning" (2013).
 */
export class SGD extends Optimizer<Settings<SGDOptions>> {
  protected readonly remembers = ["momentum"];

  /** @param parameters Parameters, or groups `{ params, lr, … }` of them; each group may have any of the options for itself. */
  constructor(parameters: GivenParameters<SGDOptions>, options: SGDOptions = {}) {
    checkOptions("SGD", options, ["lr", "momentum", "dampening", "nesterov", "weightDecay"]);
    const { lr = 1e-3, momentum = 0, dampening = 0, nesterov = false, weightDecay = 0 } = options;
    super("SGD", parameters, { lr, momentum, dampening, nesterov, weightDecay });
  }

  protected override check(name: string, options: Settings<SGDOptions>): void {
    const { momentum, dampening, nesterov, weightDecay } = options;
    atLeastZero(name, "momentum", momentum);
    atLeastZero(name, "dampening", dampening);
    atLeastZero(name, "weightDecay", weightDecay);
    checkBoolean(name, "nesterov", nesterov);
    if (nesterov && (momentum === 0 || dampening !== 0)) {
      throw new RangeError(
        `${name}: nesterov needs momentum and no dampening, got momentum ${momentum} and dampening ${dampening}.`,
      );
    }
  }

  protected override get ownUpdate(): unknown {
    return SGD.prototype.update;
  }

  protected update(p: Tensor, gradient: Tensor, state: ParameterState, options: Settings<SGDOptions>): Tensor {
    const { lr, momentum, dampening, nesterov, weightDecay } = options;
    const g = weightDecay === 0 ? gradient : blend(gradient, p, { alpha: 1, beta: weightDecay });
    if (momentum === 0) return blend(p, g, { alpha: 1, beta: -lr });
    const before = state.tensors.momentum;
    const v = before === undefined ? reshape(g, g.shape) : blend(before, g, { alpha: momentum, beta: 1 - dampening });
    state.tensors.momentum = v;
    const direction = nesterov ? blend(g, v, { alpha: 1, beta: momentum }) : v;
    return blend(p, direction, { alpha: 1, beta: -lr });
  }
}
