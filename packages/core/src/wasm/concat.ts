import type { ConcatGeometry } from "../maps/concatGeometry.js";
import type { Tensor } from "../tensor.js";
import { computed } from "./run.js";

/** Elements of a chunk, at least. */
const CHUNK = 16384;
/** Tensors for which a job has words. */
const MOST = 40;

/** Tensors joined along an axis: float32 and int32, which are moved as they are. */
export function concat(tensors: readonly Tensor[], geometry: ConcatGeometry): Tensor | undefined {
  const { outer, lengths, inner, yShape } = geometry;
  const [first] = tensors;
  const rows = lengths.map((length) => length * inner);
  const row = rows.reduce((sum, length) => sum + length, 0);
  const count = tensors.length;
  if (first.dtype === "float64" || outer * row === 0 || count > MOST) return undefined;
  const chunks = Math.min(16, outer * count, Math.ceil((outer * row) / CHUNK));
  let begin = 0;
  const parts = tensors.flatMap((x, t) => {
    begin += rows[t];
    return [x, rows[t], begin - rows[t]];
  });
  return computed("concat", first, yShape, (y) => [y, outer, row, count, chunks, 0, 0, 0, ...parts], { chunks });
}
