import { reshape, type Variable } from "@conv/autograd";
import type { Tensor } from "@conv/core";
import { formatShape, resolveDims, sizeOf } from "@conv/core/operators";
import { Module } from "../module.js";

/** Joins the axes from `startDim` to `endDim` into one: by default x [N, …] → [N, features]. */
export class Flatten extends Module {
  constructor(
    readonly startDim = 1,
    readonly endDim = -1,
  ) {
    super();
  }

  override get ownForward(): unknown {
    return Flatten.prototype.forward;
  }

  forward(x: Variable | Tensor): Variable {
    const [start] = resolveDims("Flatten", x.shape, this.startDim);
    const [end] = resolveDims("Flatten", x.shape, this.endDim);
    if (start > end) {
      throw new RangeError(
        `Flatten: startDim ${this.startDim} comes after endDim ${this.endDim} in ${formatShape(x.shape)}. Exchange them.`,
      );
    }
    const joined = sizeOf(x.shape.slice(start, end + 1));
    return reshape(x, [...x.shape.slice(0, start), joined, ...x.shape.slice(end + 1)]);
  }
}
