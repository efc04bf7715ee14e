import type { ResampleGeometry } from "../interpolate/resampleGeometry.js";
import { sizeOf } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { computed } from "./run.js";
import { withTable } from "./table.js";

/** Elements of a chunk, at least. */
const CHUNK = 8192;

/** A sparse matrix along one axis, float32; summed in float64. */
export function resample(x: Tensor, geometry: ResampleGeometry): Tensor | undefined {
  const { outer, inSize, inner, outSize, weights, yShape } = geometry;
  const size = sizeOf(yShape);
  if (x.dtype !== "float32" || size === 0) return undefined;
  const units = inner === 1 ? Math.ceil(outer / 4) : outer * outSize;
  const chunks = Math.min(16, units, Math.ceil(size / CHUNK));
  return withTable(x, tablesOf(geometry), (tables) => {
    const words = (y: Tensor) => [x, y, tables, outer, inSize, inner, outSize, weights.length, chunks];
    return computed("resample", x, yShape, words, { chunks, cost: size + outer * inner * weights.length });
  });
}

/** The matrix in words: its weights, which are float64, then where rows start, then the columns. */
function tablesOf({ starts, indices, weights }: ResampleGeometry): Int32Array {
  const words = new Int32Array(2 * weights.length + starts.length + indices.length);
  words.set(new Int32Array(weights.buffer, weights.byteOffset, 2 * weights.length));
  words.set(starts, 2 * weights.length);
  words.set(indices, 2 * weights.length + starts.length);
  return words;
}
