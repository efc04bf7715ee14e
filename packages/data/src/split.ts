import { formatValue } from "@conv/core/operators";

/** The two parts of a dataset: examples to learn from, and examples to be judged by. */
export type Split = "train" | "test";

/** @throws {RangeError} When it is neither "train" nor "test". */
export function checkSplit(operator: string, split: Split): Split {
  if (split !== "train" && split !== "test") {
    throw new RangeError(`${operator}: split must be "train" or "test", got ${formatValue(split)}.`);
  }
  return split;
}
