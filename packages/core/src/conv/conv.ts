import { defineKernel } from "../device/defineKernel.js";
import { type TypedArray, typedArray } from "../dtype.js";
import { gemm, type Matrix, matrix, transposed } from "../maps/gemm.js";
import { sizeOf } from "../shape.js";
import { allocate, valuesOf } from "../tensor.js";
import type { ConvGeometry } from "./geometry.js";
import { gatherColumns, scatterColumns } from "./im2col.js";
import { windowTable } from "./window.js";

/*
 * One trilinear form, T(x, w, g) = ⟨conv(x, w), g⟩, and its three partial maps. For every image n and group g of
 * channels, with X̂ = im2col(x) of that group and W, Y the rows of w, y that belong to it,
 *
 *     conv          Y = W X̂         [O/G, C/G·K] · [C/G·K, L] → [O/G, L]
 *     convAdjointX  X̂ = Wᵀ gradY    then col2im adds the columns up: gradX = Ŵᵀ gradY
 *     convAdjointW  W = gradY X̂ᵀ    summed over the images
 *
 * Each is linear in both arguments, and the adjoint of each in either is one of the other two.
 *
 * Where every image has one window of one tap (a linear layer), X̂ is x itself, and the images are the columns of one
 * product: Y = X Wᵀ with a row for every image.
 */

/** y = conv(x, w): [N, C, …in], [O, C/G, …k] → [N, O, …out]. */
export const convKernel = /* @__PURE__ */ defineKernel(
  "conv",
  (x, w, geometry) => {
    const y = allocate(x.device, geometry.yShape, x.dtype);
    const [xs, ws, ys, blocks] = [valuesOf(x), valuesOf(w), valuesOf(y), blocksOf(geometry)];
    if (blocks.isPoint) {
      blocks.forEachGroup((g) => gemm(blocks.xPoints(xs, g), transposed(blocks.filters(ws, g)), blocks.yPoints(ys, g)));
      return y;
    }
    const columns = typedArray(x.dtype, blocks.patch * blocks.positions);
    const columnsMatrix = matrix(columns, blocks.patch, blocks.positions);
    blocks.forEach((n, g) => {
      gatherColumns(xs, blocks.xOffset(n, g), blocks.channels, blocks.pixels, blocks.table, columns);
      gemm(blocks.filters(ws, g), columnsMatrix, blocks.maps(ys, n, g));
    });
    return y;
  },
  "floating",
);

/** gradX = Ŵᵀ gradY, the adjoint of conv in x: [N, O, …out], [O, C/G, …k] → [N, C, …in]. */
export const convAdjointXKernel = /* @__PURE__ */ defineKernel(
  "convAdjointX",
  (gradY, w, geometry) => {
    const gradX = allocate(gradY.device, geometry.xShape, gradY.dtype);
    const [gys, ws, gxs, blocks] = [valuesOf(gradY), valuesOf(w), valuesOf(gradX), blocksOf(geometry)];
    if (blocks.isPoint) {
      blocks.forEachGroup((g) => gemm(blocks.yPoints(gys, g), blocks.filters(ws, g), blocks.xPoints(gxs, g)));
      return gradX;
    }
    const columns = new Float64Array(blocks.patch * blocks.positions);
    const columnsMatrix = matrix(columns, blocks.patch, blocks.positions);
    const images = new Float64Array(blocks.channels * blocks.pixels);
    blocks.forEach((n, g) => {
      gemm(transposed(blocks.filters(ws, g)), blocks.maps(gys, n, g), columnsMatrix);
      images.fill(0);
      scatterColumns(columns, 0, blocks.channels, blocks.pixels, blocks.table, images);
      gxs.set(images, blocks.xOffset(n, g));
    });
    return gradX;
  },
  "floating",
);

/** gradW = X̂ᵀ gradY, the adjoint of conv in w: [N, C, …in], [N, O, …out] → [O, C/G, …k]. */
export const convAdjointWKernel = /* @__PURE__ */ defineKernel(
  "convAdjointW",
  (x, gradY, geometry) => {
    const gradW = allocate(x.device, geometry.wShape, x.dtype);
    const [xs, gys, gws, blocks] = [valuesOf(x), valuesOf(gradY), valuesOf(gradW), blocksOf(geometry)];
    if (blocks.isPoint) {
      blocks.forEachGroup((g) =>
        gemm(transposed(blocks.yPoints(gys, g)), blocks.xPoints(xs, g), blocks.filters(gws, g)),
      );
      return gradW;
    }
    const columns = typedArray(x.dtype, blocks.patch * blocks.positions);
    const columnsMatrix = transposed(matrix(columns, blocks.patch, blocks.positions));
    const sums = new Float64Array(gradW.size);
    blocks.forEach((n, g) => {
      gatherColumns(xs, blocks.xOffset(n, g), blocks.channels, blocks.pixels, blocks.table, columns);
      gemm(blocks.maps(gys, n, g), columnsMatrix, blocks.filters(sums, g), 1);
    });
    gws.set(sums);
    return gradW;
  },
  "floating",
);

/** A convolution cut into independent blocks, one for each image and group, and where each lies in x, w and y. */
function blocksOf({ batch, groups, inChannels, outChannels, inSize, kernelSize, outSize, ...rest }: ConvGeometry) {
  const [channels, filters] = [inChannels / groups, outChannels / groups];
  const [pixels, positions] = [sizeOf(inSize), sizeOf(outSize)];
  const patch = channels * sizeOf(kernelSize);
  const table = windowTable({ inSize, kernelSize, outSize, ...rest });
  return {
    /** Channels of x in a block: C/G. */
    channels,
    /** Pixels of one channel of x. */
    pixels,
    /** Positions of the window, L. */
    positions,
    /** Elements under the window: C/G·K. */
    patch,
    table,
    /** Whether all there is is one tap, at the first pixel. */
    isPoint: table.length === 1 && table[0] === 0,
    /** Where the images of block (n, g) start in x. */
    xOffset: (n: number, g: number): number => (n * inChannels + g * channels) * pixels,
    /** The rows of w for group g: [O/G, C/G·K]. */
    filters: (w: TypedArray, g: number): Matrix => matrix(w, filters, patch, g * filters * patch),
    /** The maps of y for block (n, g): [O/G, L]. */
    maps: (y: TypedArray, n: number, g: number): Matrix =>
      matrix(y, filters, positions, (n * outChannels + g * filters) * positions),
    /** The first pixels of x in group g, with a row for every image: [N, C/G]. */
    xPoints: (x: TypedArray, g: number): Matrix => ({
      ...matrix(x, batch, channels, g * channels * pixels),
      rowStride: inChannels * pixels,
      columnStride: pixels,
    }),
    /** The only pixels of y in group g, with a row for every image: [N, O/G]. */
    yPoints: (y: TypedArray, g: number): Matrix => ({
      ...matrix(y, batch, filters, g * filters),
      rowStride: outChannels,
    }),
    forEachGroup(visit: (g: number) => void): void {
      for (let g = 0; g < groups; g++) visit(g);
    },
    forEach(visit: (n: number, g: number) => void): void {
      for (let n = 0; n < batch; n++) for (let g = 0; g < groups; g++) visit(n, g);
    },
  };
}
