import type { ReduceGeometry } from "../maps/reduceGeometry.js";
import { sizeOf } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { computed } from "./run.js";

// The numbers by which assembly/reduce.ts knows its operations. A table of them would keep all in every bundle.
/** Σ x. */
export const SUM = 0;
/** The largest element, the first of equals. */
export const MAX = 1;
/** The smallest element, the first of equals. */
export const MIN = 2;
/** Where the largest stands. */
export const ARGMAX = 3;

/** Columns of a unit, as in assembly/reduce.ts. */
const BLOCK = 256;
/** Elements of a chunk, at least: some microseconds. */
const CHUNK = 16384;
/** Axes of one kind for which a job has words. */
const MOST_AXES = 8;

/** Neighbouring axes of x that are kept, or reduced, as one. */
interface Axis {
  readonly isKept: boolean;
  readonly length: number;
  readonly stride: number;
}

function axesOf({ xShape, keptShape }: ReduceGeometry): Axis[] {
  const axes: Axis[] = [];
  let stride = 1;
  for (let axis = xShape.length - 1; axis >= 0; axis--) {
    const length = xShape[axis];
    if (length === 1) continue;
    const isKept = keptShape[axis] === length;
    const inner = axes[0];
    if (inner?.isKept === isKept) axes[0] = { ...inner, length: inner.length * length };
    else axes.unshift({ isKept, length, stride });
    stride *= length;
  }
  return axes;
}

/**
 * A reduction of float32. Sums are formed in float64. Where there are few results, parts of each are formed apart and then
 * joined; the sizes alone say which, so that any number of threads gives the same.
 */
/* @__NO_SIDE_EFFECTS__ */
export function reduction(op: typeof SUM | typeof MAX | typeof MIN | typeof ARGMAX) {
  return (x: Tensor, geometry: ReduceGeometry): Tensor | undefined => {
    if (x.dtype !== "float32" || x.size === 0) return undefined;
    const axes = axesOf(geometry);
    const { isKept: inColumns, length } = axes.pop() ?? { isKept: true, length: 1 };
    const [kept, reduced] = [axes.filter(({ isKept }) => isKept), axes.filter(({ isKept }) => !isKept)];
    if (Math.max(kept.length, reduced.length) > MOST_AXES) return undefined;
    const rows = sizeOf(reduced.map((axis) => axis.length));
    const wholes = sizeOf(kept.map((axis) => axis.length)) * (inColumns ? Math.ceil(length / BLOCK) : 1);
    const isRowCut = !inColumns && length > rows;
    const most = isRowCut ? Math.ceil(length / 4) : rows;
    const parts = Math.max(1, Math.min(Math.ceil(16 / wholes), Math.floor(x.size / wholes / CHUNK), most));
    const units = wholes * parts;
    const chunks = Math.min(16, units, Math.ceil(x.size / CHUNK));
    const options = { chunks, scratch: 8 * BLOCK, cost: x.size / 4 };
    const words = (y: Tensor) => [
      ...[x, y, op, +inColumns, length, rows, parts, +isRowCut, units, chunks, kept.length, reduced.length, 0, 0, 0, 0],
      ...wordsOf(kept),
      ...wordsOf(reduced),
    ];
    const dtype = op === ARGMAX ? "int32" : "float32";
    if (parts === 1) return computed("reduce", x, geometry.yShape, words, { ...options, dtype });
    const results = sizeOf(geometry.yShape);
    const apart = computed("reduce", x, [2 * results * parts], words, { ...options, dtype: "int32" });
    if (apart === undefined) return undefined;
    const y = computed("reduceParts", x, geometry.yShape, (y) => [apart, y, op, results, parts], { dtype });
    apart.dispose();
    return y;
  };
}

/** The words of axes. */
function wordsOf(axes: readonly Axis[]): number[] {
  const words = axes.flatMap(({ length, stride }) => [length, stride]);
  return [...words, ...new Array(2 * MOST_AXES - words.length).fill(0)];
}
