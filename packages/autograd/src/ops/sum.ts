import type { ReduceOptions, Shape, Tensor } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import { isSameShape, type ReduceGeometry, reduceGeometry } from "@conv/core/operators";
import { defineOwnOp, type Op } from "../defineOp.js";
import { inputOf, type Variable } from "../variable.js";
import { reshape } from "./reshape.js";
import { broadcastTo } from "./strided.js";

/** A sum over axes; its adjoint repeats the gradient along them. */
const reduceSum: Op<["x"], ReduceGeometry> = /* @__PURE__ */ defineOwnOp({
  name: "sum",
  inputs: ["x"],
  saves: [],
  forward: ({ x }, geometry: ReduceGeometry) => kernels.sum(x, geometry),
  adjoint: { x: (gradY, _, { keptShape, xShape }) => broadcastTo(reshape(gradY, keptShape), xShape) },
});

/** The adjoint of broadcasting from `shape`: the sum over all axes that broadcasting stretched. */
export function sumTo(gradY: Variable, shape: Shape): Variable {
  if (isSameShape(gradY.shape, shape)) return gradY;
  const missing = gradY.shape.length - shape.length;
  const dim = gradY.shape.flatMap((length, axis) => (axis < missing || shape[axis - missing] !== length ? [axis] : []));
  return reshape(reduceSum(gradY, reduceGeometry("sum", gradY.shape, { dim })), shape);
}

/**
 * The sum of the elements along `dim`, or of all; gradX is gradY repeated along the axes that were summed.
 *
 * Keeps nothing for the way back. Options, defaults and errors: as in `@conv/core`.
 *
 * @example
 * const x = variable(tensor([[1, 2], [3, 4]]));
 * sum(x, { dim: 1 }).backward(tensor([10, 20]));
 * x.grad; // [[10, 10], [20, 20]]
 */
export function sum(x: Variable | Tensor, options: ReduceOptions = {}): Variable {
  const v = inputOf("sum", "x", x);
  return reduceSum(v, reduceGeometry("sum", v.shape, options));
}
