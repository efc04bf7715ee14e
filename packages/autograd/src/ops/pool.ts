import type { AvgPoolOptions, MaxPoolOptions, MaxPoolResult, OutputSize, Tensor } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import {
  type AdaptiveMaxPoolSteps,
  type AdaptivePoolGeometry,
  adaptiveAvgPooling,
  adaptiveMaxPooling,
  avgPooling,
  maxPooling,
  type PoolGeometry,
  spatialRank,
} from "@conv/core/operators";
import { defineOp, type Op } from "../defineOp.js";
import { asVariable, type Variable } from "../variable.js";
import { gatherOp } from "./gather.js";

/** A x, the means of windows, and Aᵀ g, gradients spread over them: each the other's adjoint. */
const avgPool: Op<["x"], PoolGeometry> = /* @__PURE__ */ defineOp({
  name: "avgPool",
  inputs: ["x"],
  forward: ({ x }, geometry: PoolGeometry) => kernels.avgPool(x, geometry),
  adjoint: { x: (gradY, _, geometry) => avgPoolAdjoint(gradY, geometry) },
});

const avgPoolAdjoint: Op<["gradY"], PoolGeometry> = /* @__PURE__ */ defineOp({
  name: "avgPoolAdjoint",
  inputs: ["gradY"],
  forward: ({ gradY }, geometry: PoolGeometry) => kernels.avgPoolAdjoint(gradY, geometry),
  adjoint: { gradY: (gradX, _, geometry) => avgPool(gradX, geometry) },
});

/** The same for windows that cover the image as evenly as they can. */
const adaptiveAvgPool: Op<["x"], AdaptivePoolGeometry> = /* @__PURE__ */ defineOp({
  name: "adaptiveAvgPool",
  inputs: ["x"],
  forward: ({ x }, geometry: AdaptivePoolGeometry) => kernels.adaptiveAvgPool(x, geometry),
  adjoint: { x: (gradY, _, geometry) => adaptiveAvgPoolAdjoint(gradY, geometry) },
});

const adaptiveAvgPoolAdjoint: Op<["gradY"], AdaptivePoolGeometry> = /* @__PURE__ */ defineOp({
  name: "adaptiveAvgPoolAdjoint",
  inputs: ["gradY"],
  forward: ({ gradY }, geometry: AdaptivePoolGeometry) => kernels.adaptiveAvgPoolAdjoint(gradY, geometry),
  adjoint: { gradY: (gradX, _, geometry) => adaptiveAvgPool(gradX, geometry) },
});

type Input = Variable | Tensor;
type KernelSize = number | readonly number[];

/** The steps of max pooling: the indices are found once, without a gradient, and then gathered. */
const maxSteps: AdaptiveMaxPoolSteps<Variable> = {
  indices: (x, geometry) => kernels.maxPoolIndices(x.value, geometry),
  adaptiveIndices: (x, geometry) => kernels.adaptiveMaxPoolIndices(x.value, geometry),
  gather: (x, indices, geometry) => gatherOp(x, { indices, geometry }),
};
const avgSteps = { avgPool, adaptiveAvgPool };

/** The max pooling of `@conv/core`, made of steps that remember. */
function maxPool(rank: number) {
  const pool = maxPooling<Variable>(rank, maxSteps);
  return (x: Input, kernelSize: KernelSize, options?: MaxPoolOptions): MaxPoolResult<Variable> =>
    pool(asVariable(x), kernelSize, options);
}

function averagePool(rank: number) {
  const pool = avgPooling<Variable>(rank, avgSteps);
  return (x: Input, kernelSize: KernelSize, options?: AvgPoolOptions): Variable =>
    pool(asVariable(x), kernelSize, options);
}

/** `maxPool1d`, and where each largest element stands in its signal. */
export const maxPool1dWithIndices = /* @__PURE__ */ maxPool(1);
/** `maxPool2d`, and where each largest pixel stands in its image. */
export const maxPool2dWithIndices = /* @__PURE__ */ maxPool(2);
/** `maxPool3d`, and where each largest voxel stands in its volume. */
export const maxPool3dWithIndices = /* @__PURE__ */ maxPool(3);

/** The largest element of every window of a signal, as in `@conv/core`. */
export const maxPool1d = (x: Input, kernelSize: KernelSize, options?: MaxPoolOptions): Variable =>
  maxPool1dWithIndices(x, kernelSize, options).y;
/** The largest pixel of every window, as in `@conv/core`. */
export const maxPool2d = (x: Input, kernelSize: KernelSize, options?: MaxPoolOptions): Variable =>
  maxPool2dWithIndices(x, kernelSize, options).y;
/** The largest voxel of every window of a volume, as in `@conv/core`. */
export const maxPool3d = (x: Input, kernelSize: KernelSize, options?: MaxPoolOptions): Variable =>
  maxPool3dWithIndices(x, kernelSize, options).y;

/** The mean of every window of a signal, as in `@conv/core`. */
export const avgPool1d = /* @__PURE__ */ averagePool(1);
/** The mean of every window, as in `@conv/core`. */
export const avgPool2d = /* @__PURE__ */ averagePool(2);
/** The mean of every window of a volume, as in `@conv/core`. */
export const avgPool3d = /* @__PURE__ */ averagePool(3);

function adaptiveAverage(rank: number) {
  const pool = adaptiveAvgPooling<Variable>(rank, avgSteps);
  return (x: Input, outputSize: OutputSize): Variable => pool(asVariable(x), outputSize);
}

function adaptiveMax(rank: number) {
  const pool = adaptiveMaxPooling<Variable>(rank, maxSteps);
  return (x: Input, outputSize: OutputSize): MaxPoolResult<Variable> => pool(asVariable(x), outputSize);
}

/** The means of windows that cover a signal evenly, as in `@conv/core`. */
export const adaptiveAvgPool1d = /* @__PURE__ */ adaptiveAverage(1);
/** The means of windows that cover an image evenly, as in `@conv/core`. */
export const adaptiveAvgPool2d = /* @__PURE__ */ adaptiveAverage(2);
/** The means of windows that cover a volume evenly, as in `@conv/core`. */
export const adaptiveAvgPool3d = /* @__PURE__ */ adaptiveAverage(3);

/** `adaptiveMaxPool1d`, and where each largest element stands in its signal. */
export const adaptiveMaxPool1dWithIndices = /* @__PURE__ */ adaptiveMax(1);
/** `adaptiveMaxPool2d`, and where each largest pixel stands in its image. */
export const adaptiveMaxPool2dWithIndices = /* @__PURE__ */ adaptiveMax(2);
/** `adaptiveMaxPool3d`, and where each largest voxel stands in its volume. */
export const adaptiveMaxPool3dWithIndices = /* @__PURE__ */ adaptiveMax(3);

/** The largest elements of windows that cover a signal evenly, as in `@conv/core`. */
export const adaptiveMaxPool1d = (x: Input, outputSize: OutputSize): Variable =>
  adaptiveMaxPool1dWithIndices(x, outputSize).y;
/** The largest pixels of windows that cover an image evenly, as in `@conv/core`. */
export const adaptiveMaxPool2d = (x: Input, outputSize: OutputSize): Variable =>
  adaptiveMaxPool2dWithIndices(x, outputSize).y;
/** The largest voxels of windows that cover a volume evenly, as in `@conv/core`. */
export const adaptiveMaxPool3d = (x: Input, outputSize: OutputSize): Variable =>
  adaptiveMaxPool3dWithIndices(x, outputSize).y;

/** The mean of every channel's image: [N, C, …] → [N, C, 1, …], as in `@conv/core`. */
export function globalAvgPool(x: Input): Variable {
  return adaptiveAvgPooling<Variable>(spatialRank("globalAvgPool", x), avgSteps, "globalAvgPool")(asVariable(x), 1);
}

/** The largest pixel of every channel's image: [N, C, …] → [N, C, 1, …], as in `@conv/core`. */
export function globalMaxPool(x: Input): Variable {
  return adaptiveMaxPooling<Variable>(spatialRank("globalMaxPool", x), maxSteps, "globalMaxPool")(asVariable(x), 1).y;
}
