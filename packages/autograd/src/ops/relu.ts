import * as kernels from "@conv/core/kernels";
import { defineOwnOp } from "../defineOp.js";
import { where } from "./where.js";

/**
 * max(x, 0), elementwise: the rectified linear unit.
 *
 *     gradX = gradY where x > 0, else 0     so 0 at x = 0, as in PyTorch; at NaN the gradient passes
 *
 * Keeps y for the way back, and not x. Types and errors: as in `@conv/core`.
 *
 * @see Nair and Hinton, "Rectified linear units improve restricted Boltzmann machines" (ICML 2010).
 * @example
 * const x = variable(tensor([-1, 0, 2]));
 * sum(relu(x)).backward();
 * x.grad; // [0, 0, 1]
 */
export const relu = /* @__PURE__ */ defineOwnOp({
  name: "relu",
  inputs: ["x"],
  saves: ["y"],
  forward: ({ x }) => kernels.relu(x),
  adjoint: { x: (gradY, { y }) => where(y, gradY, 0) },
});
