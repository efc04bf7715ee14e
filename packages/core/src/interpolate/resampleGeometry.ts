import { type Shape, sizeOf } from "../shape.js";
import type { Tap } from "./taps.js";

/**
 * A sparse matrix R along one axis: x is [outer, inSize, inner], y is [outer, outSize, inner]. Its rows in one another's
 * wake ("compressed sparse rows"): row i has the entries t from starts[i] up to, not including, starts[i + 1], each a weight
 * at column indices[t]. A row may have none: it gives 0.
 */
export interface ResampleGeometry {
  readonly outer: number;
  readonly inSize: number;
  readonly inner: number;
  readonly outSize: number;
  /** outSize + 1 numbers, the first 0 and the last the number of entries. */
  readonly starts: Int32Array;
  /** Columns, each from 0 to inSize − 1. */
  readonly indices: Int32Array;
  readonly weights: Float64Array;
  readonly xShape: Shape;
  readonly yShape: Shape;
}

/**
 * A matrix along an axis of x, from its rows. Neighbouring taps at one index become one, and those of weight 0 none, so that an
 * infinity of x reaches no pixel that has no part of it.
 */
export function resampleGeometry(
  xShape: Shape,
  axis: number,
  outSize: number,
  rowOf: (i: number) => readonly Tap[],
): ResampleGeometry {
  const starts = new Int32Array(outSize + 1);
  const [indices, weights]: [number[], number[]] = [[], []];
  for (let i = 0; i < outSize; i++) {
    for (const [index, weight] of rowOf(i)) {
      const last = indices.length - 1;
      if (weight === 0) continue;
      if (last >= starts[i] && indices[last] === index) weights[last] += weight;
      else {
        indices.push(index);
        weights.push(weight);
      }
    }
    starts[i + 1] = indices.length;
  }
  return {
    outer: sizeOf(xShape.slice(0, axis)),
    inSize: xShape[axis],
    inner: sizeOf(xShape.slice(axis + 1)),
    outSize,
    starts,
    indices: new Int32Array(indices),
    weights: new Float64Array(weights),
    xShape,
    yShape: xShape.map((length, a) => (a === axis ? outSize : length)),
  };
}

/** Rᵀ, from y's shape to x's. */
export function resampleTransposed(geometry: ResampleGeometry): ResampleGeometry {
  const { inSize, outSize, starts, indices, weights, xShape, yShape } = geometry;
  const columnStarts = new Int32Array(inSize + 1);
  for (const index of indices) columnStarts[index + 1]++;
  for (let j = 0; j < inSize; j++) columnStarts[j + 1] += columnStarts[j];
  const next = columnStarts.slice();
  const [rows, columnWeights] = [new Int32Array(indices.length), new Float64Array(indices.length)];
  for (let i = 0; i < outSize; i++) {
    for (let t = starts[i]; t < starts[i + 1]; t++) {
      const at = next[indices[t]]++;
      rows[at] = i;
      columnWeights[at] = weights[t];
    }
  }
  const matrix = { starts: columnStarts, indices: rows, weights: columnWeights };
  return { ...geometry, ...matrix, inSize: outSize, outSize: inSize, xShape: yShape, yShape: xShape };
}

/** Whether R is the identity: y is x. */
export function isIdentity({ inSize, outSize, indices, weights }: ResampleGeometry): boolean {
  const isDiagonal = inSize === outSize && indices.length === inSize;
  return isDiagonal && indices.every((index, i) => index === i && weights[i] === 1); // no row is empty
}
