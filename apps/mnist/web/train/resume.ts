import { type Position, safetensorsMetadata } from "@conv/nn";
import type { Settings } from "./settings.js";

/** The settings that a run had when its checkpoint was made. */
export function settingsIn(checkpoint: Uint8Array): Settings {
  return JSON.parse(safetensorsMetadata(checkpoint).settings ?? "{}");
}

/** What a checkpoint says beside its tensors: `settingsIn` reads it. */
export const metadataOf = (settings: Settings) => ({ settings: JSON.stringify(settings) });

/**
 * The same place in an epoch with batches of another size: the same examples are behind it, but for less than a batch, and the
 * order of the rest is the same.
 *
 * @param before Examples in a batch up to here.
 * @param after Examples in a batch from here on.
 * @param steps Batches in an epoch from here on.
 */
export function atBatchSize(position: Position, before: number, after: number, steps: number): Position {
  if (before === after || position.steps === undefined) return position;
  const step = position.last === undefined ? Math.floor((position.step * before) / after) : steps;
  return { ...position, step: Math.min(step, steps), steps };
}
