import { globalAvgPool, globalMaxPool, type Variable } from "@conv/autograd";
import type { Tensor } from "@conv/core";
import { Module } from "../module.js";

/**
 * The mean of every channel's image: x [N, C, …] → [N, C, 1, …]. Before a linear layer comes a `Flatten`.
 *
 * @see Lin, Chen and Yan, "Network in network" (arXiv:1312.4400).
 */
export class GlobalAvgPool extends Module {
  override get ownForward(): unknown {
    return GlobalAvgPool.prototype.forward;
  }

  forward(x: Variable | Tensor): Variable {
    return globalAvgPool(x);
  }
}

/** The largest pixel of every channel's image: x [N, C, …] → [N, C, 1, …]. */
export class GlobalMaxPool extends Module {
  override get ownForward(): unknown {
    return GlobalMaxPool.prototype.forward;
  }

  forward(x: Variable | Tensor): Variable {
    return globalMaxPool(x);
  }
}
