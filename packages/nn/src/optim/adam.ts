import { maximum, type Tensor } from "@conv/core";
import { blend, blendSquare, descend } from "@conv/core/kernels";
import { checkBoolean, checkOptions, formatValue } from "@conv/core/operators";
import { atLeastZero } from "../options.js";
import type { GivenParameters, Settings } from "./groups.js";
import { Optimizer, type ParameterState, remembered } from "./optimizer.js";

/** The options of `Adam` and `AdamW`. */
export interface AdamOptions {
  /** Learning rate. Default 0.001. */
  readonly lr?: number;
  /** How much of the running means of g and g² is kept at each step. Default [0.9, 0.999]. */
  readonly betas?: readonly [number, number];
  /** Added to the denominator. Default 1e-8. */
  readonly eps?: number;
  /** Adam: λ of the penalty λ/2·‖p‖², default 0. AdamW: share of p taken away per unit of lr, default 0.01. */
  readonly weightDecay?: number;
  /** Divide by the largest running mean of g² so far. Default false. */
  readonly amsgrad?: boolean;
}

type AdamSettings = Settings<AdamOptions>;

/** A number from 0 to below 1. */
const isShare = (x: unknown) => typeof x === "number" && x >= 0 && x < 1;

abstract class AdamRule extends Optimizer<AdamSettings> {
  protected readonly remembers = ["m", "v", "vMax"];

  constructor(name: string, parameters: GivenParameters<AdamOptions>, options: AdamOptions, defaultDecay: number) {
    checkOptions(name, options, ["lr", "betas", "eps", "weightDecay", "amsgrad"]);
    const { lr = 1e-3, betas = [0.9, 0.999], eps = 1e-8, weightDecay = defaultDecay, amsgrad = false } = options;
    super(name, parameters, { lr, betas, eps, weightDecay, amsgrad });
  }

  protected override check(name: string, { betas, eps, weightDecay, amsgrad }: AdamSettings): void {
    if (!Array.isArray(betas) || betas.length !== 2 || !betas.every(isShare)) {
      throw new RangeError(`${name}: betas must be two numbers from 0 to below 1, got ${formatValue(betas)}.`);
    }
    atLeastZero(name, "eps", eps);
    atLeastZero(name, "weightDecay", weightDecay);
    checkBoolean(name, "amsgrad", amsgrad);
  }

  /** (1 − decay)·p − lr · m̂ / (√v̂ + ε). */
  protected adam(p: Tensor, g: Tensor, state: ParameterState, options: AdamSettings, decay = 0): Tensor {
    const { lr, eps, amsgrad } = options;
    const [beta1, beta2] = options.betas;
    const m = blend(remembered(state, "m", p), g, { alpha: beta1, beta: 1 - beta1 });
    const v = blendSquare(remembered(state, "v", p), g, { alpha: beta2, beta: 1 - beta2 });
    const vMax = amsgrad ? maximum(remembered(state, "vMax", p), v) : v;
    Object.assign(state.tensors, amsgrad ? { m, v, vMax } : { m, v });
    const rate = lr / (1 - beta1 ** state.step);
    const gamma = 1 / Math.sqrt(1 - beta2 ** state.step);
    return descend(p, m, vMax, { alpha: 1 - decay, beta: -rate, gamma, eps });
  }
}

/**
 * Steps along the running mean of the gradient, divided by the root of that of its square:
 *
 *     m ← β₁m + (1 − β₁)g;    v ← β₂v + (1 − β₂)g²;    p ← p − lr · m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ)) + ε)
 *
 * `weightDecay` λ adds λp to g.
 *
 * @throws {RangeError} When an option is negative, or a beta is not below 1.
 * @see Kingma and Ba, "Adam" (arXiv:1412.6980); Reddi, Kale and Kumar, "On the convergence of Adam and beyond" (2018)
 *   for `amsgrad`.
 */
export class Adam extends AdamRule {
  /** @param parameters Parameters, or groups `{ params, lr, … }` of them; each group may have any of the options for itself. */
  constructor(parameters: GivenParameters<AdamOptions>, options: AdamOptions = {}) {
    super("Adam", parameters, options, 0);
  }

  protected override get ownUpdate(): unknown {
    return Adam.prototype.update;
  }

  protected update(p: Tensor, g: Tensor, state: ParameterState, options: AdamSettings): Tensor {
    const { weightDecay } = options;
    return this.adam(p, weightDecay === 0 ? g : blend(g, p, { alpha: 1, beta: weightDecay }), state, options);
  }
}

/**
 * Adam with weights that decay by themselves, p ← p − lr·λ·p, not through the gradient.
 *
 * @throws {RangeError} When an option is negative, or a beta is not below 1.
 * @see Loshchilov and Hutter, "Decoupled weight decay regularization" (arXiv:1711.05101).
 */
export class AdamW extends AdamRule {
  /** @param parameters Parameters, or groups `{ params, lr, … }` of them; each group may have any of the options for itself. */
  constructor(parameters: GivenParameters<AdamOptions>, options: AdamOptions = {}) {
    super("AdamW", parameters, options, 0.01);
  }

  protected override get ownUpdate(): unknown {
    return AdamW.prototype.update;
  }

  protected update(p: Tensor, g: Tensor, state: ParameterState, options: AdamSettings): Tensor {
    return this.adam(p, g, state, options, options.lr * options.weightDecay);
  }
}
