import type { ReduceOptions } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import { extremeGeometry, type ReduceGeometry } from "@conv/core/operators";
import { defineOwnOp } from "../defineOp.js";
import { type Input, inputOf, peek, type Variable } from "../variable.js";
import { div, mul, sub } from "./arithmetic.js";
import { reshape } from "./reshape.js";
import { sum } from "./sum.js";

/** The gradient of a maximum or minimum y along axes: shared evenly among all that are equal to it, as in `torch.amax`. */
function shared(gradY: Variable, x: Variable, y: Variable, { keptShape }: ReduceGeometry): Variable {
  const best = reshape(peek(y), keptShape);
  const isBest = sub(1, kernels.step(kernels.abs(kernels.sub(peek(x), peek(best))))); // 0s and 1s: constants
  const dim = keptShape.flatMap((length, axis) => (length === x.shape[axis] ? [] : [axis]));
  return mul(div(reshape(gradY, keptShape), sum(isBest, { dim, keepDim: true })), isBest);
}

const maxOp = /* @__PURE__ */ defineOwnOp({
  name: "max",
  inputs: ["x"],
  saves: ["x", "y"],
  forward: ({ x }, geometry: ReduceGeometry) => kernels.max(x, geometry),
  adjoint: { x: (gradY, { x, y }, geometry) => shared(gradY, x, y, geometry) },
});

const minOp = /* @__PURE__ */ defineOwnOp({
  name: "min",
  inputs: ["x"],
  saves: ["x", "y"],
  forward: ({ x }, geometry: ReduceGeometry) => kernels.min(x, geometry),
  adjoint: { x: (gradY, { x, y }, geometry) => shared(gradY, x, y, geometry) },
});

/**
 * The largest element along `dim`, or of all.
 *
 *     gradX = gradY / m at each of the m elements that are equal to y, else 0
 *
 * Equals share evenly, as in `torch.amax` (`torch.max` with a dim gives all to one of them). Where y is NaN, all
 * elements share. Keeps x and y for the way back.
 *
 * Options, defaults and errors: as in `@conv/core`.
 *
 * @example
 * const x = variable(tensor([[1, 3, 3], [5, 4, 2]]));
 * sum(max(x, { dim: 1 })).backward();
 * x.grad; // [[0, 0.5, 0.5], [1, 0, 0]]
 */
export function max(x: Input, options: ReduceOptions = {}): Variable {
  const v = inputOf("max", "x", x);
  return maxOp(v, extremeGeometry("max", v.shape, options));
}

/**
 * The smallest element along `dim`, or of all. The gradient is that of `max`: equals share it evenly.
 *
 * Keeps x and y for the way back. Options, defaults and errors: as in `@conv/core`.
 */
export function min(x: Input, options: ReduceOptions = {}): Variable {
  const v = inputOf("min", "x", x);
  return minOp(v, extremeGeometry("min", v.shape, options));
}
