import type { GatherGeometry } from "../maps/gatherGeometry.js";
import { sizeOf } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { computed } from "./run.js";

/** Elements of a chunk, at least. */
const CHUNK = 8192;
/** Sums that a unit of the adjoint forms at once, at most: half a megabyte. Longer axes have units of one column. */
const SUMS = 65536;

/** The elements at given positions: float32 and int32, which are moved as they are. */
export function gather(x: Tensor, indices: Tensor, geometry: GatherGeometry): Tensor | undefined {
  if (x.dtype === "float64" || indices.dtype !== "int32" || indices.size === 0) return undefined;
  const { outer, length, count, inner, yShape } = geometry;
  const chunks = Math.min(16, outer * count, Math.ceil(indices.size / CHUNK));
  return computed("gather", x, yShape, (y) => [x, y, indices, outer, length, count, inner, chunks], { chunks });
}

/** Gradients added up where elements were read, in float64; float32. */
export function gatherAdjoint(gradY: Tensor, indices: Tensor, geometry: GatherGeometry): Tensor | undefined {
  if (gradY.dtype !== "float32" || indices.dtype !== "int32" || indices.size === 0) return undefined;
  const { outer, length, count, inner, xShape } = geometry;
  const block = Math.min(inner, Math.max(1, Math.floor(SUMS / length)));
  const units = outer * Math.ceil(inner / block);
  const size = sizeOf(xShape);
  const chunks = Math.min(16, units, Math.ceil(Math.max(size, indices.size) / CHUNK));
  const words = (gradX: Tensor) => [gradY, gradX, indices, outer, length, count, inner, chunks, block];
  const options = { chunks, scratch: 8 * length * block, cost: size + 2 * indices.size };
  return computed("gatherAdjoint", gradY, xShape, words, options);
}
