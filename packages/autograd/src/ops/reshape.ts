import { reshape as reshapeTensor, type Shape } from "@conv/core";
import { resolveShape } from "@conv/core/operators";
import { defineOwnOp, type Op } from "../defineOp.js";

/**
 * The same elements in the same order under another shape; gradX = gradY under the old shape.
 *
 * Keeps nothing for the way back. Errors: as in `@conv/core`.
 *
 * @param shape Of the same size; one axis may be −1: what remains.
 */
export const reshape: Op<["x"], Shape> = /* @__PURE__ */ defineOwnOp({
  name: "reshape",
  inputs: ["x"],
  saves: [],
  plan: ({ x }, shape: Shape) => resolveShape("reshape", x.shape, shape),
  forward: ({ x }, shape) => reshapeTensor(x, shape),
  adjoint: { x: (gradY, { x }) => reshape(gradY, x.shape) },
});
