import type { StridedGeometry } from "../maps/stridedGeometry.js";
import { type Shape, sizeOf, stridesOf } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { reduction, SUM } from "./reduce.js";
import { computed } from "./run.js";

/** Elements of a chunk, at least. */
const CHUNK = 16384;
/** Columns of a tile that is transposed, as in assembly/strided.ts. */
const TILE = 16;
/** Axes for which a job has words. */
const MOST_AXES = 50;

/** An axis of the result, and how far apart in x its neighbours are. */
interface Axis {
  readonly length: number;
  readonly stride: number;
}

/** The axes along which a tensor is read, those that are passed evenly joined. */
function axesOf({ yShape, strides }: StridedGeometry): Axis[] {
  const axes: Axis[] = [];
  for (let a = yShape.length - 1; a >= 0; a--) {
    const [length, stride] = [yShape[a], strides[a]];
    const inner = axes[0];
    if (length === 1) continue;
    if (inner !== undefined && stride === inner.stride * inner.length) {
      axes[0] = { length: length * inner.length, stride: inner.stride };
    } else axes.unshift({ length, stride });
  }
  return axes;
}

/** The words behind the tensors. */
function wordsOf(axes: readonly Axis[], offset: number, rows: number, third: number, height: number): number[] {
  const outer = axes.slice(0, -1);
  const { length, stride } = axes.at(-1) ?? { length: 1, stride: 1 };
  const head = [offset, rows, third, height > 0 ? outer.length - 1 : outer.length, length, stride, height];
  return [...head, ...new Array(7).fill(0), ...outer.flatMap((axis) => [axis.length, axis.stride])];
}

/** A tensor read along given axes. */
function read(x: Tensor, shape: Shape, axes: readonly Axis[], offset: number): Tensor | undefined {
  const size = sizeOf(shape);
  if (x.dtype === "float64" || size === 0 || axes.length > MOST_AXES) return undefined;
  const [before, last] = [axes.at(-2), axes.at(-1)];
  const isTile = before?.stride === 1 && last !== undefined && last.stride !== 0;
  const height = isTile ? before.length : 0;
  const outer = sizeOf(axes.slice(0, isTile ? -2 : -1).map(({ length }) => length));
  const rows = isTile ? outer * Math.ceil(height / TILE) : outer;
  const chunks = Math.min(16, rows, Math.ceil(size / CHUNK));
  const words = wordsOf(axes, offset, rows, chunks, height);
  return computed("strided", x, shape, (y) => [x, y, ...words], { chunks, scratch: 4 * axes.length });
}

/** A tensor read with other strides; float32 and int32, which are moved as they are. */
export function strided(x: Tensor, geometry: StridedGeometry): Tensor | undefined {
  return read(x, geometry.yShape, axesOf(geometry), geometry.offset);
}

const sum = /* @__PURE__ */ reduction(SUM);

/**
 * Its adjoint, where it needs no sums but those over axes that were repeated: a broadcasting, or what reads every element
 * once at most. If it reads all of them, the adjoint reads them in the other order.
 */
export function stridedAdjoint(gradY: Tensor, geometry: StridedGeometry): Tensor | undefined {
  const { xShape, yShape, offset } = geometry;
  if (gradY.dtype === "float64" || gradY.size === 0) return undefined;
  const axes = axesOf(geometry);
  const size = sizeOf(xShape);
  if (axes.some(({ stride }) => stride === 0)) {
    const others = axes.filter(({ stride }) => stride !== 0);
    if (offset !== 0 || !isWhole(others, size)) return undefined;
    const keptShape = yShape.map((length, a) => (geometry.strides[a] === 0 ? 1 : length));
    return sum(gradY, { xShape: yShape, keptShape, yShape: xShape, count: gradY.size / size });
  }
  const steps = stridesOf(axes.map(({ length }) => length));
  const order = axes.map((axis, a) => ({ ...axis, step: steps[a] })).sort((a, b) => Math.abs(b.stride) - Math.abs(a.stride)); // biome-ignore format: one line
  const forward = order.map(({ length, stride }) => ({ length, stride: Math.abs(stride) }));
  if (isWhole(forward, size)) {
    const back = order.map(({ length, stride, step }) => ({ length, stride: Math.sign(stride) * step }));
    const first = back.reduce((at, { length, stride }) => at + (stride < 0 ? (1 - length) * stride : 0), 0);
    return read(gradY, xShape, axesOf({ ...geometry, yShape: back.map(({ length }) => length), strides: back.map(({ stride }) => stride) }), first); // biome-ignore format: one line
  }
  if (axes.length > MOST_AXES || !isApart(forward)) return undefined;
  const rows = sizeOf(axes.slice(0, -1).map(({ length }) => length));
  const words = wordsOf(axes, offset, rows, size, 0);
  return computed("stridedAdjoint", gradY, xShape, (gradX) => [gradY, gradX, ...words]);
}

/** Whether axes pass all of so many elements, in their order. */
function isWhole(axes: readonly Axis[], size: number): boolean {
  const strides = stridesOf(axes.map(({ length }) => length));
  return axes.every(({ stride }, a) => stride === strides[a]) && sizeOf(axes.map(({ length }) => length)) === size;
}

/** Whether no two positions along axes, the one of the largest stride first, are the same element. */
function isApart(axes: readonly Axis[]): boolean {
  return axes.every(({ stride }, a) => {
    const reach = axes.slice(a + 1).reduce((sum, inner) => sum + (inner.length - 1) * inner.stride, 0);
    return stride > reach;
  });
}
