import type { OutputSize } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import { type AdaptiveMaxPoolSteps, adaptiveMaxPooling, tidy } from "@conv/core/operators";
import { type Input, inputOf, peek, type Variable } from "../variable.js";
import { gather, indices } from "./maxPool.js";

/** The steps of adaptive max pooling: as of max pooling. */
export const adaptiveMaxSteps: AdaptiveMaxPoolSteps<Input, Variable> = {
  indices,
  gather,
  adaptiveIndices: (x, geometry) => kernels.adaptiveMaxPoolIndices(peek(inputOf("maxPool", "x", x)), geometry),
};

/** `adaptiveMaxPool1d`, and where each largest element stands: flat in its signal, int32, without a gradient. */
export const adaptiveMaxPool1dWithIndices = /* @__PURE__ */ adaptiveMaxPooling<Input, Variable>(1, adaptiveMaxSteps);
/** `adaptiveMaxPool2d`, and where each largest pixel stands: flat in its image, int32, without a gradient. */
export const adaptiveMaxPool2dWithIndices = /* @__PURE__ */ adaptiveMaxPooling<Input, Variable>(2, adaptiveMaxSteps);
/** `adaptiveMaxPool3d`, and where each largest voxel stands: flat in its volume, int32, without a gradient. */
export const adaptiveMaxPool3dWithIndices = /* @__PURE__ */ adaptiveMaxPooling<Input, Variable>(3, adaptiveMaxSteps);

/** The largest elements of windows that cover a signal: `adaptiveMaxPool2d` with one spatial axis. */
export const adaptiveMaxPool1d = (x: Input, outputSize: OutputSize): Variable =>
  tidy(() => adaptiveMaxPool1dWithIndices(x, outputSize).y);
/**
 * The largest pixels of windows that cover the image as evenly as they can: x [N, C, H, W] → [N, C, …outputSize].
 *
 * The gradient goes back to the pixel that y came from, as in `maxPool2d`: of equals to the first. Keeps the indices of
 * these pixels, int32. Options and errors: as in `@conv/core`.
 */
export const adaptiveMaxPool2d = (x: Input, outputSize: OutputSize): Variable =>
  tidy(() => adaptiveMaxPool2dWithIndices(x, outputSize).y);
/** The largest voxels of windows that cover a volume: `adaptiveMaxPool2d` with three spatial axes. */
export const adaptiveMaxPool3d = (x: Input, outputSize: OutputSize): Variable =>
  tidy(() => adaptiveMaxPool3dWithIndices(x, outputSize).y);
