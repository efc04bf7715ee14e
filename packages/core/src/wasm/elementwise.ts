import type { Tensor } from "../tensor.js";
import { computed } from "./run.js";

/** Elements of a chunk, at least: some microseconds. */
const CHUNK = 16384;

/** How many chunks a map of so many elements is cut into. */
const chunksOf = (size: number): number => Math.min(16, Math.ceil(size / CHUNK));

/** A map of single elements, float32. */
/* @__NO_SIDE_EFFECTS__ */
export function unary(name: string) {
  return (x: Tensor): Tensor | undefined => {
    if (x.dtype !== "float32") return undefined;
    const chunks = chunksOf(x.size);
    return computed(name, x, x.shape, (y) => [x, y, x.size, chunks], { chunks });
  };
}
