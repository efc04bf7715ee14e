import * as kernels from "@conv/core/kernels";
import { folding, unfolding, type WindowGeometry } from "@conv/core/operators";
import { defineOwnLinear } from "../defineLinear.js";
import type { Input, Variable } from "../variable.js";

/** The patches that a window sees, and each entry of them added to the pixel it came from: each the other's adjoint. */
const patches = /* @__PURE__ */ defineOwnLinear<WindowGeometry>({
  name: "im2col",
  forward: (x, geometry) => kernels.im2col(x, geometry),
  adjoint: (columns, geometry) => kernels.col2im(columns, geometry),
});

/**
 * The patches that a window sees, one column per position: x [N, C, …] → [N, C·K, L], K taps, L positions.
 *
 *     columns[n, c·K + k, l] = x[n, c, pixel of tap k in window l],  0 outside the image
 *     gradX = col2im(gradColumns)     each entry goes back to the pixel it was copied from
 *
 * Keeps nothing for the way back. Options, defaults and errors: as in `@conv/core`.
 *
 * @see Chellapilla, Puri and Simard, "High performance convolutional neural networks for document processing" (2006);
 *   `torch.nn.functional.unfold`, the same map.
 * @example
 * const x = variable(tensor([[[1, 2, 3, 4]]]));
 * sum(im2col(x, { kernelSize: 2 })).backward();
 * x.grad; // [[[1, 2, 2, 1]]]
 */
export const im2col = /* @__PURE__ */ unfolding<Input, Variable>({ im2col: patches });

/**
 * The adjoint of `im2col`, which adds each entry to the pixel it was copied from: [N, C·K, L] → [N, C, …inSize].
 *
 *     gradColumns = im2col(gradX)     each entry gets the gradient of its pixel; 0 if it was padding
 *
 * Keeps nothing for the way back. Options, defaults and errors: as in `@conv/core`.
 *
 * @see `torch.nn.functional.fold`, the same map.
 */
export const col2im = /* @__PURE__ */ folding<Input, Variable>({
  col2im: (columns, geometry) => patches.adjoint(columns, geometry),
});
