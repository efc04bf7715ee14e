import { reshape as reshapeTensor, type Shape } from "@conv/core";
import { resolveShape } from "@conv/core/operators";
import { defineOp, type Op } from "../defineOp.js";

/** The same elements under another shape; one axis may be −1. The adjoint gives the gradient the old shape. */
export const reshape: Op<["x"], Shape> = /* @__PURE__ */ defineOp({
  name: "reshape",
  inputs: ["x"],
  saves: [],
  plan: ({ x }, shape: Shape) => resolveShape("reshape", x.shape, shape),
  forward: ({ x }, shape) => reshapeTensor(x, shape),
  adjoint: { x: (gradY, { x }) => reshape(gradY, x.shape) },
});
