import { typedArray } from "../dtype.js";
import { gemm, type Matrix, matrix } from "../maps/gemm.js";
import { sizeOf } from "../shape.js";
import { allocate, type Tensor, valuesOf } from "../tensor.js";
import type { ConvGeometry } from "./geometry.js";
import { gatherColumns } from "./im2col.js";
import { windowTable } from "./window.js";

/**
 * Convolution as the lecture writes it for many channels: a small matrix product for each tap of the kernel,
 *
 *     y[n] = Σ W[:, :, p, q] · shifted(x[n], p, q)     over taps (p, q);  [O, C] · [C, L] → [O, L]
 *
 * where the shifted image is what tap (p, q) sees as the window slides. A specification, second to `convDirect`.
 */
export function convTaps(x: Tensor, w: Tensor, geometry: ConvGeometry): Tensor {
  const y = allocate(x.device, geometry.yShape, x.dtype);
  const { batch, groups, inChannels, outChannels } = geometry;
  const [channels, filters] = [inChannels / groups, outChannels / groups];
  const [pixels, taps, windows] = [sizeOf(geometry.inSize), sizeOf(geometry.kernelSize), sizeOf(geometry.outSize)];
  const table = windowTable(geometry); // [taps, windows]
  const shifted = typedArray(x.dtype, channels * windows);
  for (let n = 0; n < batch; n++)
    for (let g = 0; g < groups; g++) {
      const maps = matrix(valuesOf(y), filters, windows, (n * outChannels + g * filters) * windows);
      for (let k = 0; k < taps; k++) {
        const seen = table.subarray(k * windows, (k + 1) * windows);
        gatherColumns(valuesOf(x), (n * inChannels + g * channels) * pixels, channels, pixels, seen, shifted);
        gemm(tapOf(w, g * filters, filters, channels, taps, k), matrix(shifted, channels, windows), maps, 1);
      }
    }
  return y;
}

/** W[:, :, k] for the filters of a group: every tap of the kernel is a matrix from channels to filters. */
function tapOf(w: Tensor, first: number, rows: number, columns: number, taps: number, k: number): Matrix {
  const offset = first * columns * taps + k;
  return { values: valuesOf(w), offset, rows, columns, rowStride: columns * taps, columnStride: taps };
}
