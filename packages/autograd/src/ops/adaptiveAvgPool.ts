import type { OutputSize } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import {
  type AdaptiveAvgPoolSteps,
  type AdaptivePoolGeometry,
  adaptiveAvgPooling,
  adaptiveAvgPoolingAdjoint,
} from "@conv/core/operators";
import { defineOwnLinear } from "../defineLinear.js";
import type { Input, Variable } from "../variable.js";
import { avgPool } from "./avgPool.js";

/** A x, the means of windows that cover the image as evenly as they can, and Aᵀ g: each the other's adjoint. */
const adaptiveAvgPool = /* @__PURE__ */ defineOwnLinear<AdaptivePoolGeometry>({
  name: "adaptiveAvgPool",
  forward: (x, geometry) => kernels.adaptiveAvgPool(x, geometry),
  adjoint: (gradY, geometry) => kernels.adaptiveAvgPoolAdjoint(gradY, geometry),
});

/** The steps of adaptive average pooling. */
export const adaptiveAvgSteps: AdaptiveAvgPoolSteps<Input, Variable> = { avgPool, adaptiveAvgPool };

type AdaptivePool = (x: Input, outputSize: OutputSize) => Variable;

/** The means of windows that cover a signal: `adaptiveAvgPool2d` with one spatial axis. */
export const adaptiveAvgPool1d: AdaptivePool = /* @__PURE__ */ adaptiveAvgPooling<Input, Variable>(1, adaptiveAvgSteps);
/**
 * A x, the means of windows that cover the image as evenly as they can: x [N, C, H, W] → [N, C, …outputSize].
 *
 *     gradX = Aᵀ gradY     `adaptiveAvgPoolAdjoint`: each pixel of a window gets gradY / its number of pixels
 *
 * Where windows overlap, gradients add up. Keeps nothing for the way back. Options and errors: as in `@conv/core`.
 *
 * @see He, Zhang, Ren and Sun, "Spatial pyramid pooling in deep convolutional networks" (arXiv:1406.4729).
 */
export const adaptiveAvgPool2d: AdaptivePool = /* @__PURE__ */ adaptiveAvgPooling<Input, Variable>(2, adaptiveAvgSteps);
/** The means of windows that cover a volume: `adaptiveAvgPool2d` with three spatial axes. */
export const adaptiveAvgPool3d: AdaptivePool = /* @__PURE__ */ adaptiveAvgPooling<Input, Variable>(3, adaptiveAvgSteps);

/**
 * Aᵀ gradY, the adjoint of adaptive and of global average pooling: gradY [N, C, …out] → [N, C, …inSize].
 *
 * Its own gradient is the adaptive average pooling. Keeps nothing for the way back.
 *
 * Options and errors: as in `@conv/core`.
 */
export const adaptiveAvgPoolAdjoint = /* @__PURE__ */ adaptiveAvgPoolingAdjoint<Input, Variable>({
  avgPoolAdjoint: (gradY, geometry) => avgPool.adjoint(gradY, geometry),
  adaptiveAvgPoolAdjoint: (gradY, geometry) => adaptiveAvgPool.adjoint(gradY, geometry),
});
