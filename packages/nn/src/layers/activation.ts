import { add, clamp, mul, relu, selu, sigmoid, silu, tanh, type Variable } from "@conv/autograd";
import type { Tensor } from "@conv/core";
import { tidy } from "@conv/core/operators";
import { Module } from "../module.js";
import { asVariable } from "./asVariable.js";

// Activations without parameters; elementwise, of the shape of x.

/** x. */
export class Identity extends Module {
  override get ownForward(): unknown {
    return Identity.prototype.forward;
  }

  forward(x: Variable | Tensor): Variable {
    return asVariable(x);
  }
}

/** max(x, 0), elementwise. */
export class ReLU extends Module {
  override get ownForward(): unknown {
    return ReLU.prototype.forward;
  }

  forward(x: Variable | Tensor): Variable {
    return relu(x);
  }
}

/**
 * min(max(x, 0), 6), elementwise. Its gradient is 0 at 0, as in PyTorch, and 1 at 6, where PyTorch has 0.
 *
 * @see Howard et al., "MobileNets" (arXiv:1704.04861).
 */
export class ReLU6 extends Module {
  override get ownForward(): unknown {
    return ReLU6.prototype.forward;
  }

  forward(x: Variable | Tensor): Variable {
    return tidy(() => clamp(relu(x), { max: 6 }));
  }
}

/**
 * λ·x above 0, λα·(eˣ − 1) below, elementwise, with λ = 1.05070… and α = 1.67326…
 *
 * @see Klambauer, Unterthiner, Mayr and Hochreiter, "Self-normalizing neural networks" (arXiv:1706.02515).
 */
export class SELU extends Module {
  override get ownForward(): unknown {
    return SELU.prototype.forward;
  }

  forward(x: Variable | Tensor): Variable {
    return selu(x);
  }
}

/** 1 / (1 + e⁻ˣ), elementwise. */
export class Sigmoid extends Module {
  override get ownForward(): unknown {
    return Sigmoid.prototype.forward;
  }

  forward(x: Variable | Tensor): Variable {
    return sigmoid(x);
  }
}

/** The hyperbolic tangent, elementwise. */
export class Tanh extends Module {
  override get ownForward(): unknown {
    return Tanh.prototype.forward;
  }

  forward(x: Variable | Tensor): Variable {
    return tanh(x);
  }
}

/**
 * x / (1 + e⁻ˣ), elementwise; also called swish.
 *
 * @see Elfwing, Uchibe and Doya, "Sigmoid-weighted linear units" (arXiv:1702.03118).
 */
export class SiLU extends Module {
  override get ownForward(): unknown {
    return SiLU.prototype.forward;
  }

  forward(x: Variable | Tensor): Variable {
    return silu(x);
  }
}

/**
 * x·min(max(x + 3, 0), 6)/6, elementwise.
 *
 * @see Howard et al., "Searching for MobileNetV3" (arXiv:1905.02244).
 */
export class Hardswish extends Module {
  override get ownForward(): unknown {
    return Hardswish.prototype.forward;
  }

  forward(x: Variable | Tensor): Variable {
    return tidy(() => mul(x, mul(clamp(add(x, 3), { min: 0, max: 6 }), 1 / 6)));
  }
}
