import { OUTSIDE, windowTable } from "../conv/window.js";
import { defineKernel } from "../device/defineKernel.js";
import type { GatherGeometry } from "../maps/gatherGeometry.js";
import { checkOptions, expectTensor } from "../options.js";
import { sizeOf } from "../shape.js";
import { allocate, type Tensor, type TensorLike, valuesOf } from "../tensor.js";
import { type MaxPoolOptions, type PlaneGeometry, type PoolGeometry, pickGeometry, poolGeometry } from "./geometry.js";

/*
 * Max pooling is two maps: the index of each window's largest pixel, and the linear map that gathers the pixels at given
 * indices. The adjoint of gathering puts gradients back where the pixels came from.
 */

/**
 * The flat index, in its un-padded image, of the largest pixel of every window: int32, shape of y. The first wins
 * a tie; a NaN wins over every number. Padding never wins.
 */
export const maxPoolIndicesKernel = /* @__PURE__ */ defineKernel("maxPoolIndices", (x, geometry) =>
  largestOf(x, geometry, windowTable(geometry)),
);

/** Where the largest of the pixels that each window sees stands. Every window sees one at least. */
export function largestOf(x: Tensor, geometry: PlaneGeometry, table: Int32Array): Tensor {
  const indices = allocate(x.device, geometry.yShape, "int32");
  const [xs, is] = [valuesOf(x), valuesOf(indices)];
  const [pixels, windows] = [sizeOf(geometry.inSize), sizeOf(geometry.outSize)];
  for (let plane = 0; plane < geometry.planes; plane++) {
    for (let l = 0; l < windows; l++) {
      let best = OUTSIDE;
      let most = Number.NEGATIVE_INFINITY;
      for (let at = l; at < table.length; at += windows) {
        if (table[at] === OUTSIDE) continue;
        const value = xs[plane * pixels + table[at]];
        if (best === OUTSIDE || value > most || (Number.isNaN(value) && !Number.isNaN(most))) {
          best = table[at];
          most = value;
        }
      }
      is[plane * windows + l] = best;
    }
  }
  return indices;
}

/** The steps of a max pooling as users call it; on tensors, or on Variables that remember them. */
export interface MaxPoolSteps<T> {
  indices(x: T, geometry: PoolGeometry): Tensor;
  gather(x: T, indices: Tensor, geometry: GatherGeometry): T;
}

/** What `maxPool…WithIndices` returns: the largest pixels, and where they stand in their un-padded images (int32). */
export interface MaxPoolResult<T> {
  readonly y: T;
  readonly indices: Tensor;
}

const OPTIONS = ["stride", "padding", "dilation", "ceilMode"];

/** The max pooling of spatial rank `rank` made of the given steps. Written once for tensors and for Variables. */
/* @__NO_SIDE_EFFECTS__ */
export function maxPooling<T extends TensorLike>(rank: number, steps: MaxPoolSteps<T>) {
  const operator = `maxPool${rank}d`;
  return (x: T, kernelSize: number | readonly number[], options: MaxPoolOptions = {}): MaxPoolResult<T> => {
    expectTensor(operator, "x", x);
    checkOptions(operator, options, OPTIONS);
    const geometry = poolGeometry(operator, rank, x.shape, kernelSize, options);
    const indices = steps.indices(x, geometry);
    return { y: steps.gather(x, indices, pickGeometry(geometry)), indices };
  };
}
