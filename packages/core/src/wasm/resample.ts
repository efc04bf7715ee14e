import type { ResampleGeometry } from "../interpolate/resampleGeometry.js";
import { sizeOf } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { computed } from "./run.js";
import { withTable } from "./table.js";

/** Elements of a chunk, at least. */
const CHUNK = 8192;

/** A sparse matrix along one axis, float32; summed in float64. */
export function resample(x: Tensor, geometry: ResampleGeometry): Tensor | undefined {
  const { outer, inSize, inner, outSize, starts, indices, weights, yShape } = geometry;
  const size = sizeOf(yShape);
  if (x.dtype !== "float32" || size === 0) return undefined;
  const units = inner === 1 ? Math.ceil(outer / 4) : outer * outSize;
  const chunks = Math.min(16, units, Math.ceil(size / CHUNK));
  const bits = new Int32Array(weights.buffer, weights.byteOffset, 2 * weights.length);
  return withTable(x, [...bits, ...starts, ...indices], (tables) => {
    const words = (y: Tensor) => [x, y, tables, outer, inSize, inner, outSize, weights.length, chunks];
    return computed("resample", x, yShape, words, { chunks, cost: size + outer * inner * weights.length });
  });
}
