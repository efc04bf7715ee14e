import * as kernels from "@conv/core/kernels";
import { folding, unfolding, type WindowGeometry } from "@conv/core/operators";
import { defineLinear } from "../defineLinear.js";
import type { Input, Variable } from "../variable.js";

/** The patches that a window sees, and every entry of them added to the pixel it came from: each the other's adjoint. */
const patches = /* @__PURE__ */ defineLinear<WindowGeometry>({
  name: "im2col",
  forward: (x, geometry) => kernels.im2col(x, geometry),
  adjoint: (columns, geometry) => kernels.col2im(columns, geometry),
});

/** The patches that a window sees, one column per position: [N, C, …] → [N, C·K, L], as in `@conv/core`. */
export const im2col = /* @__PURE__ */ unfolding<Input, Variable>({ im2col: patches });

/** The adjoint of `im2col`: [N, C·K, L] → [N, C, …inSize], as in `@conv/core`. */
export const col2im = /* @__PURE__ */ folding<Input, Variable>({
  col2im: (columns, geometry) => patches.adjoint(columns, geometry),
});
