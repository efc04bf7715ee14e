import {
  broadcastShapes,
  expectShape,
  isSameShape,
  type ReduceGeometry,
  type ReduceOptions,
  reduceGeometry,
  type Shape,
  type Tensor,
} from "@conv/core";
import * as kernels from "@conv/core/kernels";
import { defineOp, type Op } from "../defineOp.js";
import { asVariable, type Variable } from "../variable.js";
import { reshape } from "./reshape.js";

/** A sum over axes and the repetition along them: two linear maps, each the other's adjoint. */
const reduceSum: Op<["x"], ReduceGeometry> = /* @__PURE__ */ defineOp({
  name: "sum",
  inputs: ["x"],
  forward: ({ x }, geometry: ReduceGeometry) => kernels.sum(x, geometry),
  adjoint: { x: (gradY, _, { keptShape, xShape }) => broadcastTo(reshape(gradY, keptShape), xShape) },
});

/**
 * x repeated along its axes of length 1 and along new leading ones, up to `shape`.
 *
 * @throws {ShapeError} When x does not broadcast to it.
 */
export const broadcastTo: Op<["x"], Shape> = /* @__PURE__ */ defineOp({
  name: "broadcastTo",
  inputs: ["x"],
  plan: ({ x }, shape: Shape) => {
    expectShape("broadcastTo", "the result", broadcastShapes("broadcastTo", x.shape, shape), shape);
    return shape;
  },
  forward: ({ x }, shape) => kernels.broadcastTo(x, shape),
  adjoint: { x: (gradY, { x }) => sumTo(gradY, x.shape) },
});

/** The adjoint of broadcasting from `shape`: the sum over all axes that broadcasting stretched. */
export function sumTo(gradY: Variable, shape: Shape): Variable {
  if (isSameShape(gradY.shape, shape)) return gradY;
  const missing = gradY.shape.length - shape.length;
  const dim = gradY.shape.flatMap((length, axis) => (axis < missing || shape[axis - missing] !== length ? [axis] : []));
  return reshape(reduceSum(gradY, reduceGeometry("sum", gradY.shape, { dim })), shape);
}

/** The sum of the elements along `dim`, or of all. */
export function sum(x: Variable | Tensor, options: ReduceOptions = {}): Variable {
  const v = asVariable(x);
  return reduceSum(v, reduceGeometry("sum", v.shape, options));
}
