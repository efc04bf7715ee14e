import { OUTSIDE, windowTable } from "../conv/window.js";
import { defineKernel } from "../device/defineKernel.js";
import { ShapeError } from "../errors.js";
import { checkOptions } from "../options.js";
import { type Shape, sizeOf } from "../shape.js";
import { allocate, type Tensor, valuesOf } from "../tensor.js";
import { type MaxPoolOptions, type PoolGeometry, poolGeometry } from "./geometry.js";

/*
 * Max pooling is two maps: the index of each window's largest pixel, and the linear map that picks the pixels at given
 * indices. The adjoint of picking puts gradients back where the pixels came from.
 */

/**
 * The flat index, in its un-padded image, of the largest pixel of every window: int32, shape of y. The first wins
 * a tie; a NaN wins over every number. Padding never wins.
 */
export const maxPoolIndicesKernel = /* @__PURE__ */ defineKernel("maxPoolIndices", (x, geometry) => {
  const indices = allocate(x.device, geometry.yShape, "int32");
  const [xs, is, table] = [valuesOf(x), valuesOf(indices), windowTable(geometry)];
  const [pixels, windows, taps] = [sizeOf(geometry.inSize), sizeOf(geometry.outSize), sizeOf(geometry.kernelSize)];
  for (let plane = 0; plane < geometry.planes; plane++) {
    for (let l = 0; l < windows; l++) {
      let best = OUTSIDE;
      let most = Number.NEGATIVE_INFINITY;
      for (let k = 0; k < taps; k++) {
        const pixel = table[k * windows + l];
        if (pixel === OUTSIDE) continue;
        const value = xs[plane * pixels + pixel];
        if (best === OUTSIDE || value > most || (Number.isNaN(value) && !Number.isNaN(most))) {
          best = pixel;
          most = value;
        }
      }
      if (best === OUTSIDE)
        throw new ShapeError("maxPool: a window holds padding only, no pixel. Use less padding or a smaller dilation.");
      is[plane * windows + l] = best;
    }
  }
  return indices;
});

/** S x: the pixels at given flat indices of each image. y[p, l] = x[p, indices[p, l]]. */
export const pickKernel = /* @__PURE__ */ defineKernel(
  "pick",
  (x, indices, { planes, xShape, yShape }) => {
    const y = allocate(x.device, yShape, x.dtype);
    const [xs, is, ys] = [valuesOf(x), valuesOf(indices), valuesOf(y)];
    const [pixels, windows] = [sizeOf(xShape) / planes, sizeOf(yShape) / planes];
    for (let plane = 0; plane < planes; plane++) {
      for (let l = plane * windows; l < (plane + 1) * windows; l++) ys[l] = xs[plane * pixels + is[l]];
    }
    return y;
  },
  "any",
);

/** Sᵀ g: gradients added up at the pixels that were picked. gradX[p, i] = Σ gradY[p, l] over l with indices[p, l] = i. */
export const pickAdjointKernel = /* @__PURE__ */ defineKernel(
  "pickAdjoint",
  (gradY, indices, { planes, xShape, yShape }) => {
    const gradX = allocate(gradY.device, xShape, gradY.dtype);
    const [gys, is, gxs] = [valuesOf(gradY), valuesOf(indices), valuesOf(gradX)];
    const [pixels, windows] = [sizeOf(xShape) / planes, sizeOf(yShape) / planes];
    for (let plane = 0; plane < planes; plane++) {
      for (let l = plane * windows; l < (plane + 1) * windows; l++) gxs[plane * pixels + is[l]] += gys[l];
    }
    return gradX;
  },
  "any",
);

/** The steps of a max pooling as users call it; on tensors, or on Variables that remember them. */
export interface MaxPoolSteps<T> {
  indices(x: T, geometry: PoolGeometry): Tensor;
  pick(x: T, indices: Tensor, geometry: PoolGeometry): T;
}

/** What `maxPool…WithIndices` returns: the largest pixels, and where they stand in their un-padded images (int32). */
export interface MaxPoolResult<T> {
  readonly y: T;
  readonly indices: Tensor;
}

const OPTIONS = ["stride", "padding", "dilation", "ceilMode"];

/** The max pooling of spatial rank `rank` made of the given steps. Written once for tensors and for Variables. */
/* @__NO_SIDE_EFFECTS__ */
export function maxPooling<T extends { readonly shape: Shape }>(rank: number, steps: MaxPoolSteps<T>) {
  const operator = `maxPool${rank}d`;
  return (x: T, kernelSize: number | readonly number[], options: MaxPoolOptions = {}): MaxPoolResult<T> => {
    checkOptions(operator, options, OPTIONS);
    const geometry = poolGeometry(operator, rank, x.shape, kernelSize, options);
    const indices = steps.indices(x, geometry);
    return { y: steps.pick(x, indices, geometry), indices };
  };
}
