import { Variable, variable } from "@conv/autograd";
import type { Tensor } from "@conv/core";

/** x as a layer passes it on that does nothing to it: a tensor becomes a Variable that needs no gradient. */
export function asVariable(x: Variable | Tensor): Variable {
  return x instanceof Variable ? x : variable(x, { requiresGrad: false });
}
