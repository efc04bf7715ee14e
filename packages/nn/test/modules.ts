import { add, type Variable, variable } from "@conv/autograd";
import { type Tensor, tensor } from "@conv/core";
import { Linear, Module, ReLU, Sequential } from "../src/index.js";

/** y = weight + child's y: a parameter, a frozen one, a buffer and a child. */
export class Shifted extends Module {
  readonly weight = variable(tensor([1, 2]));
  readonly frozen = variable(tensor([5]), { requiresGrad: false });
  readonly runningMean: Tensor = tensor([10, 20]);
  readonly name = "no tensor";
  constructor(readonly inner: Module) {
    super();
  }
  forward(x: Variable): Variable {
    return add(this.inner.forward(x), this.weight);
  }
}

/** One of these in another, with layers between. */
export const nested = () => new Shifted(new Sequential(new Linear(2, 2), new ReLU(), new Shifted(new ReLU())));
