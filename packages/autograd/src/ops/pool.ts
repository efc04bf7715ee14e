import type { AvgPoolOptions, MaxPoolOptions, OutputSize } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import {
  type AdaptiveAvgPoolSteps,
  type AdaptiveMaxPoolSteps,
  type AdaptivePoolGeometry,
  adaptiveAvgPooling,
  adaptiveAvgPoolingAdjoint,
  adaptiveMaxPooling,
  avgPooling,
  avgPoolingAdjoint,
  lpPooling,
  maxPooling,
  maxPoolingAdjoint,
  type PoolGeometry,
  spatialRank,
} from "@conv/core/operators";
import { defineLinear } from "../defineLinear.js";
import { type Input, inputOf, type Variable } from "../variable.js";
import { mul } from "./arithmetic.js";
import { gatherOp } from "./gather.js";
import { pow } from "./pow.js";

/** A x, the means of windows, and Aᵀ g, gradients spread over them: each the other's adjoint. */
const avgPool = /* @__PURE__ */ defineLinear<PoolGeometry>({
  name: "avgPool",
  forward: (x, geometry) => kernels.avgPool(x, geometry),
  adjoint: (gradY, geometry) => kernels.avgPoolAdjoint(gradY, geometry),
});

/** The same for windows that cover the image as evenly as they can. */
const adaptiveAvgPool = /* @__PURE__ */ defineLinear<AdaptivePoolGeometry>({
  name: "adaptiveAvgPool",
  forward: (x, geometry) => kernels.adaptiveAvgPool(x, geometry),
  adjoint: (gradY, geometry) => kernels.adaptiveAvgPoolAdjoint(gradY, geometry),
});

const avgSteps: AdaptiveAvgPoolSteps<Input, Variable> = { avgPool, adaptiveAvgPool };

/** The steps of max pooling: the indices are found once, without a gradient, and then gathered. */
const maxSteps: AdaptiveMaxPoolSteps<Input, Variable> = {
  indices: (x, geometry) => kernels.maxPoolIndices(inputOf("maxPool", "x", x).value, geometry),
  adaptiveIndices: (x, geometry) => kernels.adaptiveMaxPoolIndices(inputOf("maxPool", "x", x).value, geometry),
  gather: (x, indices, geometry) => gatherOp(x, { indices, geometry }),
};

type KernelSize = number | readonly number[];

/** `maxPool1d`, and where each largest element stands in its signal. */
export const maxPool1dWithIndices = /* @__PURE__ */ maxPooling<Input, Variable>(1, maxSteps);
/** `maxPool2d`, and where each largest pixel stands in its image. */
export const maxPool2dWithIndices = /* @__PURE__ */ maxPooling<Input, Variable>(2, maxSteps);
/** `maxPool3d`, and where each largest voxel stands in its volume. */
export const maxPool3dWithIndices = /* @__PURE__ */ maxPooling<Input, Variable>(3, maxSteps);

/** The largest element of every window of a signal, as in `@conv/core`. */
export const maxPool1d = (x: Input, kernelSize: KernelSize, options?: MaxPoolOptions): Variable =>
  maxPool1dWithIndices(x, kernelSize, options).y;
/** The largest pixel of every window, as in `@conv/core`. */
export const maxPool2d = (x: Input, kernelSize: KernelSize, options?: MaxPoolOptions): Variable =>
  maxPool2dWithIndices(x, kernelSize, options).y;
/** The largest voxel of every window of a volume, as in `@conv/core`. */
export const maxPool3d = (x: Input, kernelSize: KernelSize, options?: MaxPoolOptions): Variable =>
  maxPool3dWithIndices(x, kernelSize, options).y;

/** The adjoint of every max pooling at given indices, as in `@conv/core`. */
export const maxPoolAdjoint = /* @__PURE__ */ maxPoolingAdjoint<Input, Variable>({
  gatherAdjoint: (gradY, indices, geometry) => gatherOp.adjoint(gradY, { indices, geometry }),
});

type AvgPool = (x: Input, kernelSize: KernelSize, options?: AvgPoolOptions) => Variable;

/** The mean of every window of a signal, as in `@conv/core`. */
export const avgPool1d: AvgPool = /* @__PURE__ */ avgPooling<Input, Variable>(1, avgSteps);
/** The mean of every window, as in `@conv/core`. */
export const avgPool2d: AvgPool = /* @__PURE__ */ avgPooling<Input, Variable>(2, avgSteps);
/** The mean of every window of a volume, as in `@conv/core`. */
export const avgPool3d: AvgPool = /* @__PURE__ */ avgPooling<Input, Variable>(3, avgSteps);

/** The adjoint of average pooling, of any rank, as in `@conv/core`. */
export const avgPoolAdjoint = /* @__PURE__ */ avgPoolingAdjoint<Input, Variable>({
  avgPoolAdjoint: (gradY, geometry) => avgPool.adjoint(gradY, geometry),
});

/** The p-norm of every window, of x's spatial rank, as in `@conv/core`. */
export const lpPool = /* @__PURE__ */ lpPooling<Input, Variable>({ avgPool, pow, mul });
/** The p-norm of every window of a signal, as in `@conv/core`. */
export const lpPool1d = /* @__PURE__ */ lpPooling<Input, Variable>({ avgPool, pow, mul }, 1);
/** The p-norm of every window of an image, as in `@conv/core`. */
export const lpPool2d = /* @__PURE__ */ lpPooling<Input, Variable>({ avgPool, pow, mul }, 2);
/** The p-norm of every window of a volume, as in `@conv/core`. */
export const lpPool3d = /* @__PURE__ */ lpPooling<Input, Variable>({ avgPool, pow, mul }, 3);

type AdaptivePool = (x: Input, outputSize: OutputSize) => Variable;

/** The means of windows that cover a signal evenly, as in `@conv/core`. */
export const adaptiveAvgPool1d: AdaptivePool = /* @__PURE__ */ adaptiveAvgPooling<Input, Variable>(1, avgSteps);
/** The means of windows that cover an image evenly, as in `@conv/core`. */
export const adaptiveAvgPool2d: AdaptivePool = /* @__PURE__ */ adaptiveAvgPooling<Input, Variable>(2, avgSteps);
/** The means of windows that cover a volume evenly, as in `@conv/core`. */
export const adaptiveAvgPool3d: AdaptivePool = /* @__PURE__ */ adaptiveAvgPooling<Input, Variable>(3, avgSteps);

/** The adjoint of adaptive and of global average pooling, of any rank, as in `@conv/core`. */
export const adaptiveAvgPoolAdjoint = /* @__PURE__ */ adaptiveAvgPoolingAdjoint<Input, Variable>({
  avgPoolAdjoint: (gradY, geometry) => avgPool.adjoint(gradY, geometry),
  adaptiveAvgPoolAdjoint: (gradY, geometry) => adaptiveAvgPool.adjoint(gradY, geometry),
});

/** `adaptiveMaxPool1d`, and where each largest element stands in its signal. */
export const adaptiveMaxPool1dWithIndices = /* @__PURE__ */ adaptiveMaxPooling<Input, Variable>(1, maxSteps);
/** `adaptiveMaxPool2d`, and where each largest pixel stands in its image. */
export const adaptiveMaxPool2dWithIndices = /* @__PURE__ */ adaptiveMaxPooling<Input, Variable>(2, maxSteps);
/** `adaptiveMaxPool3d`, and where each largest voxel stands in its volume. */
export const adaptiveMaxPool3dWithIndices = /* @__PURE__ */ adaptiveMaxPooling<Input, Variable>(3, maxSteps);

/** The largest elements of windows that cover a signal evenly, as in `@conv/core`. */
export const adaptiveMaxPool1d: AdaptivePool = (x, outputSize) => adaptiveMaxPool1dWithIndices(x, outputSize).y;
/** The largest pixels of windows that cover an image evenly, as in `@conv/core`. */
export const adaptiveMaxPool2d: AdaptivePool = (x, outputSize) => adaptiveMaxPool2dWithIndices(x, outputSize).y;
/** The largest voxels of windows that cover a volume evenly, as in `@conv/core`. */
export const adaptiveMaxPool3d: AdaptivePool = (x, outputSize) => adaptiveMaxPool3dWithIndices(x, outputSize).y;

/** The mean of every channel's image: [N, C, …] → [N, C, 1, …], as in `@conv/core`. */
export function globalAvgPool(x: Input): Variable {
  return adaptiveAvgPooling<Input, Variable>(spatialRank("globalAvgPool", x), avgSteps, "globalAvgPool")(x, 1);
}

/** The largest pixel of every channel's image: [N, C, …] → [N, C, 1, …], as in `@conv/core`. */
export function globalMaxPool(x: Input): Variable {
  return adaptiveMaxPooling<Input, Variable>(spatialRank("globalMaxPool", x), maxSteps, "globalMaxPool")(x, 1).y;
}
