import { relu, type Variable } from "@conv/autograd";
import type { Tensor } from "@conv/core";
import { Module } from "../module.js";

/** max(x, 0), elementwise. */
export class ReLU extends Module {
  override get ownForward(): unknown {
    return ReLU.prototype.forward;
  }

  forward(x: Variable | Tensor): Variable {
    return relu(x);
  }
}
