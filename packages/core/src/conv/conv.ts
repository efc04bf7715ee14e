import { defineKernel } from "../device/defineKernel.js";
import { type TypedArray, typedArray } from "../dtype.js";
import { gemm, type Matrix, matrix, transposed } from "../maps/gemm.js";
import { sizeOf } from "../shape.js";
import { allocate, type Tensor, valuesOf } from "../tensor.js";
import { convAdjointWWasm, convAdjointXWasm, convWasm } from "../wasm/conv.js";
import { isPoint, pointAdjointW, pointAdjointX, pointConv } from "./convPoint.js";
import type { ConvGeometry } from "./geometry.js";
import { gatherColumns, scatterColumns } from "./im2col.js";
import { windowTable } from "./window.js";

/*
 * One trilinear form, T(x, w, g) = ⟨conv(x, w), g⟩, and its three partial maps. For every image and group of channels,
 * with its columns C = im2col(x), the filters W of the group, and the maps Y and G that y and g have there,
 *
 *     conv          Y = W C         [O/G, C/G·K] · [C/G·K, L] → [O/G, L]
 *     convAdjointX  gradC = Wᵀ G    then col2im adds the columns up: gradX = Ŵᵀ g
 *     convAdjointW  gradW = G Cᵀ    summed over the images:          gradW = X̂ᵀ g
 *
 * Each is linear in both arguments, and the adjoint of each in either is one of the other two.
 */

/** y = conv(x, w), and bias[o] more in channel o: [N, C, …in], [O, C/G, …k], [O] → [N, O, …out]. */
export const convKernel = /* @__PURE__ */ defineKernel(
  "conv",
  (x, w, geometry, bias) => {
    if (isPoint(geometry)) return addBias(pointConv(x, w, geometry), bias);
    const y = allocate(x.device, geometry.yShape, x.dtype);
    const [xs, ws, ys, blocks] = [valuesOf(x), valuesOf(w), valuesOf(y), blocksOf(geometry)];
    const columns = typedArray(x.dtype, blocks.patch * blocks.windows);
    blocks.forEach((n, g) => {
      gatherColumns(xs, blocks.images(n, g), blocks.channels, blocks.pixels, blocks.table, columns);
      gemm(blocks.filters(ws, g), blocks.columns(columns), blocks.maps(ys, n, g)); // Y = W C
    });
    return addBias(y, bias);
  },
  "floating",
  convWasm,
);

/** Adds to every channel of y, which is new, its number. */
function addBias(y: Tensor, bias: Tensor | undefined): Tensor {
  if (bias === undefined || y.size === 0) return y;
  const [ys, bs] = [valuesOf(y), valuesOf(bias)];
  const [batch, channels] = y.shape;
  const pixels = y.size / (batch * channels);
  for (let n = 0, at = 0; n < batch; n++)
    for (let o = 0; o < channels; o++) for (let i = 0; i < pixels; i++, at++) ys[at] += bs[o];
  return y;
}

/** gradX = Ŵᵀ g, the adjoint of conv in x: [N, O, …out], [O, C/G, …k] → [N, C, …in]. */
export const convAdjointXKernel = /* @__PURE__ */ defineKernel(
  "convAdjointX",
  (gradY, w, geometry) => {
    if (isPoint(geometry)) return pointAdjointX(gradY, w, geometry);
    const gradX = allocate(gradY.device, geometry.xShape, gradY.dtype);
    const [gys, ws, gxs, blocks] = [valuesOf(gradY), valuesOf(w), valuesOf(gradX), blocksOf(geometry)];
    const columns = new Float64Array(blocks.patch * blocks.windows);
    const images = new Float64Array(blocks.channels * blocks.pixels);
    blocks.forEach((n, g) => {
      gemm(transposed(blocks.filters(ws, g)), blocks.maps(gys, n, g), blocks.columns(columns)); // gradC = Wᵀ G
      images.fill(0);
      scatterColumns(columns, 0, blocks.channels, blocks.pixels, blocks.table, images);
      gxs.set(images, blocks.images(n, g));
    });
    return gradX;
  },
  "floating",
  convAdjointXWasm,
);

/** gradW = X̂ᵀ g, the adjoint of conv in w: [N, C, …in], [N, O, …out] → [O, C/G, …k]. */
export const convAdjointWKernel = /* @__PURE__ */ defineKernel(
  "convAdjointW",
  (x, gradY, geometry) => {
    if (isPoint(geometry)) return pointAdjointW(x, gradY, geometry);
    const gradW = allocate(x.device, geometry.wShape, x.dtype);
    const [xs, gys, gws, blocks] = [valuesOf(x), valuesOf(gradY), valuesOf(gradW), blocksOf(geometry)];
    const columns = typedArray(x.dtype, blocks.patch * blocks.windows);
    const sums = new Float64Array(gradW.size);
    blocks.forEach((n, g) => {
      gatherColumns(xs, blocks.images(n, g), blocks.channels, blocks.pixels, blocks.table, columns);
      gemm(blocks.maps(gys, n, g), transposed(blocks.columns(columns)), blocks.filters(sums, g), 1); // + G Cᵀ
    });
    gws.set(sums);
    return gradW;
  },
  "floating",
  convAdjointWWasm,
);

/** A convolution cut into independent blocks, one for each image and group, and where each lies in x, w and y. */
function blocksOf(geometry: ConvGeometry) {
  const { batch, groups, inChannels, outChannels, inSize, kernelSize, outSize } = geometry;
  const [channels, filters] = [inChannels / groups, outChannels / groups];
  const [pixels, windows] = [sizeOf(inSize), sizeOf(outSize)];
  const patch = channels * sizeOf(kernelSize);
  return {
    /** Channels of x in a block: C/G. */
    channels,
    /** Pixels of one channel of x. */
    pixels,
    /** Positions of the window: L. */
    windows,
    /** Elements under the window: C/G·K. */
    patch,
    /** Which pixel each tap of each window sees. */
    table: windowTable(geometry),
    /** Where the images of block (n, g) start in x. */
    images: (n: number, g: number): number => (n * inChannels + g * channels) * pixels,
    /** C, the columns of a block: [C/G·K, L]. */
    columns: (columns: TypedArray): Matrix => matrix(columns, patch, windows),
    /** W, the rows of w for group g: [O/G, C/G·K]. */
    filters: (w: TypedArray, g: number): Matrix => matrix(w, filters, patch, g * filters * patch),
    /** Y or G, the maps of block (n, g): [O/G, L]. */
    maps: (y: TypedArray, n: number, g: number): Matrix =>
      matrix(y, filters, windows, (n * outChannels + g * filters) * windows),
    forEach(visit: (n: number, g: number) => void): void {
      for (let n = 0; n < batch; n++) for (let g = 0; g < groups; g++) visit(n, g);
    },
  };
}
