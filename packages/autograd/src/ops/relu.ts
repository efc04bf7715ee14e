import * as kernels from "@conv/core/kernels";
import { defineOp } from "../defineOp.js";
import { where } from "./where.js";

/** max(x, 0), elementwise. The gradient at x = 0 is 0, as in PyTorch. */
export const relu = /* @__PURE__ */ defineOp({
  name: "relu",
  inputs: ["x"],
  saves: ["y"],
  forward: ({ x }) => kernels.relu(x),
  adjoint: { x: (gradY, { y }) => where(y, gradY, 0) },
});
