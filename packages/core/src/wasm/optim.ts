import type { Tensor } from "../tensor.js";
import { computed } from "./run.js";

/** Elements of a chunk, at least: some microseconds. */
const CHUNK = 16384;

/** Fewer elements are soon done without WebAssembly, whose memory they are not in. */
const FEW = 256;

/** A map of several tensors of one shape, element by element, float32. */
export function together(name: string, tensors: readonly Tensor[], floats: readonly number[]): Tensor | undefined {
  const [first] = tensors;
  if (first.dtype !== "float32" || first.size < FEW) return undefined;
  const chunks = Math.min(16, Math.ceil(first.size / CHUNK));
  return computed(name, first, first.shape, (y) => [...tensors, y, first.size, chunks], { floats, chunks });
}
