import * as kernels from "@conv/core/kernels";
import { defineOp } from "../defineOp.js";
import { mul } from "./arithmetic.js";

/** max(x, 0), elementwise. The gradient at x = 0 is 0, as in PyTorch. */
export const relu = defineOp({
  name: "relu",
  inputs: ["x"],
  forward: ({ x }) => kernels.relu(x),
  adjoint: { x: (gradY, { x }) => mul(gradY, kernels.step(x.value)) },
});
