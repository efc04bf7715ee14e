import type { ConvGeometry, Kernels, Shape } from "@conv/core";
import { type AdaptivePoolGeometry, sizeOf, stridesOf, type WindowGeometry } from "@conv/core/operators";
import { axisOf, carry, type Field, isAlong, type Span, slide, type WindowAxis, whole } from "./field.js";
import { follow, type Traced, traced, unknownOf } from "./traced.js";

/*
 * Kernels in which windows slide over the last axes. A convolution also adds up over the channels, of a group: what is
 * seen along them becomes one, and beside groups it cannot be told.
 */

/** The windows of a geometry along each axis. */
function windowsOf({ kernelSize, stride, dilation, padding, outSize }: WindowGeometry): readonly WindowAxis[] {
  return kernelSize.map((taps, axis) => ({
    taps,
    stride: stride[axis],
    dilation: dilation[axis],
    before: padding[axis][0],
    out: outSize[axis],
  }));
}

/**
 * The windows of the adjoint: pixel j of it has a part of window (j + before − p·dilation) / stride for each tap p. With a
 * stride these are others from pixel to pixel, and there is no one field.
 */
function adjointWindowsOf({ kernelSize, stride, dilation, padding, inSize }: WindowGeometry) {
  return kernelSize.map((taps, axis): WindowAxis | undefined => {
    const before = (taps - 1) * dilation[axis] - padding[axis][0];
    return stride[axis] === 1 ? { taps, stride: 1, dilation: dilation[axis], before, out: inSize[axis] } : undefined;
  });
}

/** What windows over the last axes of x see; `across` tells what becomes of spans along the axes before. */
function slideOver(
  x: Traced,
  yShape: Shape,
  windows: readonly (WindowAxis | undefined)[],
  across: (span: Span, axis: number) => Span | undefined = (span, axis) => carry(span, x.shape, axis, yShape, axis),
): Field | undefined {
  const leading = x.shape.length - windows.length;
  return follow(x, (span) => {
    const axis = axisOf(span, x.shape);
    if (axis < leading) return axis < 0 ? undefined : across(span, axis);
    const window = windows[axis - leading];
    if (window === undefined) return undefined;
    if (isAlong(span, x.shape, axis)) return slide(span, window, stridesOf(yShape)[axis]);
    const isPoint = window.taps === 1 && window.stride === 1 && window.out === x.shape[axis];
    return isPoint ? carry(span, x.shape, axis, yShape, axis) : undefined;
  });
}

/** What becomes of spans along the batch and the channels of a convolution. */
function acrossChannels(x: Traced, yShape: Shape, { groups, inChannels, outChannels }: ConvGeometry) {
  const isDepthwise = groups === inChannels && groups === outChannels;
  return (span: Span, axis: number) => {
    if (axis === 1 && groups === 1) return whole(span);
    return axis === 0 || isDepthwise ? carry(span, x.shape, axis, yShape, axis) : undefined;
  };
}

/** N·O·out·(C/G)·k: as many products for a convolution as for its adjoints. */
const macsOf = ({ yShape, wShape }: ConvGeometry) => sizeOf(yShape) * sizeOf(wShape.slice(1));

/** The padding of a geometry as windows of one pixel. */
const borders = (geometry: { readonly outSize: readonly number[]; readonly padding: readonly (readonly number[])[] }) =>
  geometry.outSize.map((out, axis) => ({ taps: 1, stride: 1, dilation: 1, before: geometry.padding[axis][0], out }));

const pool = (x: Traced, geometry: WindowGeometry & { readonly yShape: Shape }): Traced =>
  traced(x, geometry.yShape, slideOver(x, geometry.yShape, windowsOf(geometry)));

/** Along an axis that its size does not divide, windows of two sizes have no one field. */
function adaptivePool(x: Traced, { inSize, outSize, yShape }: AdaptivePoolGeometry): Traced {
  const windows = inSize.map((length, axis): WindowAxis | undefined => {
    const taps = length / outSize[axis];
    return Number.isInteger(taps) ? { taps, stride: taps, dilation: 1, before: 0, out: outSize[axis] } : undefined;
  });
  return traced(x, yShape, slideOver(x, yShape, windows));
}

const indices = (y: Traced, x: Traced): Traced => ({ ...y, dtype: "int32", picks: x.field });

type Windows =
  | "conv"
  | "convAdjointX"
  | "convAdjointW"
  | "pad"
  | "padAdjoint"
  | "im2col"
  | "col2im"
  | "maxPoolIndices"
  | "avgPool"
  | "avgPoolAdjoint"
  | "adaptiveMaxPoolIndices"
  | "adaptiveAvgPool"
  | "adaptiveAvgPoolAdjoint";

/** Convolution, padding and pooling of tensors without elements. Weights that depend on the input make fields unknown. */
export const windowKernels: Pick<Kernels<Traced>, Windows> = {
  conv: (x, w, geometry, bias) => {
    const { yShape } = geometry;
    const field = slideOver(x, yShape, windowsOf(geometry), acrossChannels(x, yShape, geometry));
    const isPlain = w.field === undefined && bias?.field === undefined;
    return traced(x, yShape, isPlain ? field : unknownOf(x, w, bias ?? w), macsOf(geometry));
  },
  convAdjointX: (gradY, w, geometry) => {
    const { xShape } = geometry;
    const field = slideOver(gradY, xShape, adjointWindowsOf(geometry), acrossChannels(gradY, xShape, geometry));
    return traced(gradY, xShape, w.field === undefined ? field : unknownOf(gradY, w), macsOf(geometry));
  },
  convAdjointW: (x, gradY, geometry) => traced(x, geometry.wShape, unknownOf(x, gradY), macsOf(geometry)),
  pad: (x, geometry) => traced(x, geometry.yShape, slideOver(x, geometry.yShape, borders(geometry))),
  padAdjoint: (gradY, geometry) => traced(gradY, geometry.xShape, unknownOf(gradY)),
  im2col: (x, geometry) => {
    const { kernelSize, outSize } = geometry;
    const [batch, channels] = x.shape;
    // Slides over the image as it would in [N, C·K, …out], of which the columns are another view.
    const columns = channels * sizeOf(kernelSize);
    const acrossBatch = (span: Span, axis: number) =>
      axis === 0 ? carry(span, x.shape, 0, [batch, columns, ...outSize], 0) : undefined;
    const field = slideOver(x, [batch, columns, ...outSize], windowsOf(geometry), acrossBatch);
    return traced(x, [batch, columns, sizeOf(outSize)], field);
  },
  // Each row of columns sees one tap only, and here it matters which: that is not told.
  col2im: (columns, { kernelSize, inSize }) => {
    const [batch, rows] = columns.shape;
    return traced(columns, [batch, rows / sizeOf(kernelSize), ...inSize], unknownOf(columns));
  },
  maxPoolIndices: (x, geometry) => indices(pool(x, geometry), x),
  avgPool: pool,
  avgPoolAdjoint: (gradY, geometry) => traced(gradY, geometry.xShape, unknownOf(gradY)),
  adaptiveMaxPoolIndices: (x, geometry) => indices(adaptivePool(x, geometry), x),
  adaptiveAvgPool: adaptivePool,
  adaptiveAvgPoolAdjoint: (gradY, geometry) => traced(gradY, geometry.xShape, unknownOf(gradY)),
};
