import { gemm, type Matrix, matrix, transposed } from "../maps/gemm.js";
import { sizeOf } from "../shape.js";
import { allocate, type Tensor, valuesOf } from "../tensor.js";
import type { ConvGeometry } from "./geometry.js";

/*
 * Where every image has one window of one tap, as in a linear layer, the columns are x itself, and the images are the
 * rows of one product for each group:
 *
 *     conv          Y = X Wᵀ        [N, C/G] · [C/G, O/G] → [N, O/G]
 *     convAdjointX  gradX = G W
 *     convAdjointW  gradW = Gᵀ X
 */

/** Whether all there is, along every axis, is one tap over the first pixel. */
export function isPoint({ inSize, kernelSize, outSize, padding }: ConvGeometry): boolean {
  return inSize.every((n, axis) => n > 0 && kernelSize[axis] === 1 && outSize[axis] === 1 && padding[axis][0] === 0);
}

/** `conv` of points. */
export function pointConv(x: Tensor, w: Tensor, geometry: ConvGeometry): Tensor {
  const y = allocate(x.device, geometry.yShape, x.dtype);
  forEachGroup(geometry, x, w, y, (xs, ws, ys) => gemm(xs, transposed(ws), ys));
  return y;
}

/** `convAdjointX` of points; pixels that the window does not see get 0. */
export function pointAdjointX(gradY: Tensor, w: Tensor, geometry: ConvGeometry): Tensor {
  const gradX = allocate(gradY.device, geometry.xShape, gradY.dtype);
  forEachGroup(geometry, gradX, w, gradY, (gxs, ws, gys) => gemm(gys, ws, gxs));
  return gradX;
}

/** `convAdjointW` of points. */
export function pointAdjointW(x: Tensor, gradY: Tensor, geometry: ConvGeometry): Tensor {
  const gradW = allocate(x.device, geometry.wShape, x.dtype);
  forEachGroup(geometry, x, gradW, gradY, (xs, gws, gys) => gemm(transposed(gys), xs, gws));
  return gradW;
}

/** Calls `visit` for every group with its part of x, the first pixels [N, C/G], of w, [O/G, C/G], and of y, [N, O/G]. */
function forEachGroup(
  { batch, groups, inChannels, outChannels, inSize }: ConvGeometry,
  x: Tensor,
  w: Tensor,
  y: Tensor,
  visit: (x: Matrix, w: Matrix, y: Matrix) => void,
): void {
  const [channels, filters, pixels] = [inChannels / groups, outChannels / groups, sizeOf(inSize)];
  for (let g = 0; g < groups; g++) {
    const points = matrix(valuesOf(x), batch, channels, g * channels * pixels);
    const results = matrix(valuesOf(y), batch, filters, g * filters);
    visit(
      { ...points, rowStride: inChannels * pixels, columnStride: pixels },
      matrix(valuesOf(w), filters, channels, g * filters * channels),
      { ...results, rowStride: outChannels },
    );
  }
}
