import { type AdaptivePoolGeometry, binsOf } from "../pool/adaptiveGeometry.js";
import type { PlaneGeometry, PoolGeometry } from "../pool/geometry.js";
import { sizeOf } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { computed } from "./run.js";
import { withTable } from "./table.js";

/** A window along one axis: its first pixel in the image, and the one behind its last. */
type Span = readonly [start: number, end: number];

/** Windows along one axis. */
interface Axis {
  readonly inSize: number;
  readonly spans: readonly Span[];
  /** What each makes of the divisor of a mean. */
  readonly divisors: readonly number[];
  readonly dilation: number;
  /** Where the windows are even: their distance, their number of taps, and how far the first reaches beyond the image. */
  readonly stride: number;
  readonly taps: number;
  readonly before: number;
}

/** Elements of a chunk, at least. */
const CHUNK = 8192;
/** Columns of the rows that are worked on at a time: all in the nearest cache. */
const BATCH = 1024;
const SINGLE: Axis = { inSize: 1, spans: [[0, 1]], divisors: [1], dilation: 1, stride: 1, taps: 1, before: 0 };

/** The axes of a pooling; three of them, the outer ones of a single pixel. */
function axesOf(geometry: PlaneGeometry, axisOf: (inSize: number, axis: number) => Axis): readonly Axis[] {
  return [SINGLE, SINGLE, SINGLE, ...geometry.inSize.map(axisOf)].slice(-3);
}

/** Windows that slide evenly. */
function slidingAxes(geometry: PoolGeometry): readonly Axis[] {
  const { kernelSize, outSize, padding, countIncludePad, divisorOverride } = geometry;
  return axesOf(geometry, (inSize, axis) => {
    const [stride, dilation, [before, after]] = [geometry.stride[axis], geometry.dilation[axis], padding[axis]];
    const taps = kernelSize[axis];
    const starts = Array.from({ length: outSize[axis] }, (_, i) => i * stride - before);
    const spans = starts.map((start): Span => {
      const end = Math.min(start + (taps - 1) * dilation + 1, inSize);
      return [start < 0 ? ((start % dilation) + dilation) % dilation : start, end];
    });
    const isLast = axis === outSize.length - 1;
    const divisors = starts.map((start, i) => {
      if (divisorOverride !== undefined) return isLast ? divisorOverride : 1;
      return countIncludePad ? Math.min(start + taps, inSize + after) - start : spans[i][1] - spans[i][0];
    });
    return { inSize, spans, divisors, dilation, stride, taps, before };
  });
}

/** Windows that cover the image as evenly as they can. */
function adaptiveAxes(geometry: AdaptivePoolGeometry): readonly Axis[] {
  return axesOf(geometry, (inSize, axis) => {
    const spans = binsOf(inSize, geometry.outSize[axis]);
    const divisors = spans.map(([start, end]) => end - start);
    return { ...SINGLE, inSize, spans, divisors, stride: 0 };
  });
}

const sizesOf = (axes: readonly Axis[]) => [
  ...axes.map(({ inSize }) => inSize),
  ...axes.map(({ spans }) => spans.length),
];

/* @__NO_SIDE_EFFECTS__ */
function largest<G extends PlaneGeometry>(axesOf: (geometry: G) => readonly Axis[]) {
  return (x: Tensor, geometry: G): Tensor | undefined => {
    const size = sizeOf(geometry.yShape);
    if (x.dtype !== "float32" || size === 0) return undefined;
    const axes = axesOf(geometry);
    const { inSize, spans, stride, taps, before, dilation } = axes[2];
    const rows = size / spans.length;
    const chunks = Math.min(16, rows, Math.ceil(x.size / CHUNK));
    const padded = Math.max(before + inSize, (spans.length - 1) * stride + (taps - 1) * dilation + 1) + 8;
    const table = axes.flatMap((axis) => axis.spans.flat());
    const batch = Math.max(1, Math.min(16, Math.floor(BATCH / padded)));
    return withTable(x, table, (spans) => {
      const words = (y: Tensor) => [
        ...[x, y, spans, rows, chunks, ...axes.map((axis) => axis.dilation), ...sizesOf(axes)],
        ...[stride > 2 ? 0 : stride, taps, before, padded, batch],
      ];
      const cost = rows * inSize * spansOf(axes);
      return computed("maxPool", x, geometry.yShape, words, {
        chunks,
        scratch: 8 * padded * batch,
        cost,
        dtype: "int32",
      });
    });
  };
}

/** How many rows of pixels the first row of windows sees: a measure of its cost. */
const spansOf = (axes: readonly Axis[]): number =>
  sizeOf(axes.slice(0, 2).map(({ spans: [[start, end]], dilation }) => Math.ceil((end - start) / dilation)));

const averageTable = (axes: readonly Axis[]): number[] =>
  axes.flatMap(({ spans, divisors }) => spans.flatMap(([start, end], i) => [start, end, divisors[i]]));

/* @__NO_SIDE_EFFECTS__ */
function average<G extends PlaneGeometry>(axesOf: (geometry: G) => readonly Axis[]) {
  return (x: Tensor, geometry: G): Tensor | undefined => {
    const size = sizeOf(geometry.yShape);
    if (x.dtype !== "float32" || size === 0) return undefined;
    const axes = axesOf(geometry);
    const { inSize, spans } = axes[2];
    const rows = size / spans.length;
    const chunks = Math.min(16, rows, Math.ceil(x.size / CHUNK));
    return withTable(x, averageTable(axes), (table) => {
      const words = (y: Tensor) => [x, y, table, rows, chunks, ...sizesOf(axes)];
      const cost = rows * inSize * spansOf(axes) + 2 * size;
      return computed("avgPool", x, geometry.yShape, words, { chunks, scratch: 8 * inSize, cost });
    });
  };
}

/* @__NO_SIDE_EFFECTS__ */
function averageAdjoint<G extends PlaneGeometry>(axesOf: (geometry: G) => readonly Axis[]) {
  return (gradY: Tensor, geometry: G): Tensor | undefined => {
    const { planes, inSize, xShape } = geometry;
    if (gradY.dtype !== "float32" || gradY.size === 0) return undefined;
    const axes = axesOf(geometry);
    const pixels = sizeOf(inSize);
    const chunks = Math.min(16, planes, Math.ceil((planes * pixels) / CHUNK));
    return withTable(gradY, averageTable(axes), (table) => {
      const words = (gradX: Tensor) => [gradY, gradX, table, planes, chunks, ...sizesOf(axes)];
      return computed("avgPoolAdjoint", gradY, xShape, words, { chunks, scratch: 8 * (pixels + axes[2].inSize) });
    });
  };
}

/** Where the largest pixel of each window stands, float32. */
export const maxPoolIndices = /* @__PURE__ */ largest(slidingAxes);
/** The means of windows, float32; summed in float64. */
export const avgPool = /* @__PURE__ */ average(slidingAxes);
/** Its adjoint. */
export const avgPoolAdjoint = /* @__PURE__ */ averageAdjoint(slidingAxes);
/** `maxPoolIndices` of windows that cover the image evenly. */
export const adaptiveMaxPoolIndices = /* @__PURE__ */ largest(adaptiveAxes);
/** `avgPool` of windows that cover the image evenly. */
export const adaptiveAvgPool = /* @__PURE__ */ average(adaptiveAxes);
/** Its adjoint. */
export const adaptiveAvgPoolAdjoint = /* @__PURE__ */ averageAdjoint(adaptiveAxes);
