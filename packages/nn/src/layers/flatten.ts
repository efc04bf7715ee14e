import { reshape, type Variable } from "@conv/autograd";
import type { Tensor } from "@conv/core";
import { checkInteger, expectTensor, formatShape, resolveDims, sizeOf } from "@conv/core/operators";
import { Module } from "../module.js";

/**
 * Joins the axes from `startDim` (default 1) to `endDim` (default −1, the last) into one: by default x [N, …] → [N, features].
 *
 * @throws {RangeError} When a dim is no integer; in `forward`, when x has no such axis or `startDim` comes after `endDim`.
 */
export class Flatten extends Module {
  constructor(
    readonly startDim = 1,
    readonly endDim = -1,
  ) {
    super();
    checkInteger("Flatten", "startDim", startDim, Number.NEGATIVE_INFINITY);
    checkInteger("Flatten", "endDim", endDim, Number.NEGATIVE_INFINITY);
  }

  override get ownForward(): unknown {
    return Flatten.prototype.forward;
  }

  forward(x: Variable | Tensor): Variable {
    expectTensor("Flatten", "x", x);
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
