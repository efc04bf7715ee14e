import { OUTSIDE, windowTable } from "../conv/window.js";
import { defineKernel } from "../device/defineKernel.js";
import { checkOptions } from "../options.js";
import { type Shape, sizeOf } from "../shape.js";
import { allocate, valuesOf } from "../tensor.js";
import { type AvgPoolOptions, type PoolGeometry, poolGeometry } from "./geometry.js";

/** A x: the mean of each window. y[p, l] = Σ x̃[p, pixel of tap k in window l] / divisor[l]     over taps k. */
export const avgPoolKernel = /* @__PURE__ */ defineKernel(
  "avgPool",
  (x, geometry) => {
    const y = allocate(x.device, geometry.yShape, x.dtype);
    const [xs, ys, table, divisors] = [valuesOf(x), valuesOf(y), windowTable(geometry), divisorsOf(geometry)];
    const [pixels, windows, taps] = [sizeOf(geometry.inSize), divisors.length, sizeOf(geometry.kernelSize)];
    for (let plane = 0; plane < geometry.planes; plane++) {
      for (let l = 0; l < windows; l++) {
        let sum = 0;
        for (let k = 0; k < taps; k++) {
          const pixel = table[k * windows + l];
          if (pixel !== OUTSIDE) sum += xs[plane * pixels + pixel];
        }
        ys[plane * windows + l] = sum / divisors[l];
      }
    }
    return y;
  },
  "floating",
);

/** Aᵀ g: each window's gradient spread over its pixels. gradX[p, i] = Σ gradY[p, l] / divisor[l] over windows l that see i. */
export const avgPoolAdjointKernel = /* @__PURE__ */ defineKernel(
  "avgPoolAdjoint",
  (gradY, geometry) => {
    const gradX = allocate(gradY.device, geometry.xShape, gradY.dtype);
    const [gys, gxs, table, divisors] = [valuesOf(gradY), valuesOf(gradX), windowTable(geometry), divisorsOf(geometry)];
    const [pixels, windows] = [sizeOf(geometry.inSize), divisors.length];
    const image = new Float64Array(pixels);
    for (let plane = 0; plane < geometry.planes; plane++) {
      image.fill(0);
      for (let at = 0; at < table.length; at++) {
        const l = at % windows;
        if (table[at] !== OUTSIDE) image[table[at]] += gys[plane * windows + l] / divisors[l];
      }
      gxs.set(image, plane * pixels);
    }
    return gradX;
  },
  "floating",
);

/**
 * What the sum of each window is divided by: `divisorOverride`; or, with `countIncludePad`, the window's length clipped
 * to the padded image (in `ceilMode` the last one may reach beyond it); or its number of pixels inside the image.
 */
function divisorsOf(geometry: PoolGeometry): Float64Array {
  const { inSize, kernelSize, outSize, stride, padding, countIncludePad, divisorOverride } = geometry;
  let divisors = Float64Array.of(1);
  for (let axis = 0; axis < inSize.length; axis++) {
    const [before, after] = padding[axis];
    const lengths = Array.from({ length: outSize[axis] }, (_, i) => {
      const start = i * stride[axis] - before;
      const end = Math.min(start + kernelSize[axis], inSize[axis] + after);
      return countIncludePad ? end - start : Math.min(end, inSize[axis]) - Math.max(start, 0);
    });
    divisors = Float64Array.from(
      { length: divisors.length * lengths.length },
      (_, at) => divisors[Math.floor(at / lengths.length)] * lengths[at % lengths.length],
    );
  }
  return divisorOverride === undefined ? divisors : divisors.fill(divisorOverride);
}

/** The step of an average pooling as users call it; on tensors, or on Variables that remember it. */
export interface AvgPoolSteps<T> {
  avgPool(x: T, geometry: PoolGeometry): T;
}

const OPTIONS = ["stride", "padding", "ceilMode", "countIncludePad", "divisorOverride"];

/** The average pooling of spatial rank `rank` made of the given step. Written once for tensors and for Variables. */
/* @__NO_SIDE_EFFECTS__ */
export function avgPooling<T extends { readonly shape: Shape }>(rank: number, steps: AvgPoolSteps<T>) {
  const operator = `avgPool${rank}d`;
  return (x: T, kernelSize: number | readonly number[], options: AvgPoolOptions = {}): T => {
    checkOptions(operator, options, OPTIONS);
    return steps.avgPool(x, poolGeometry(operator, rank, x.shape, kernelSize, options));
  };
}
