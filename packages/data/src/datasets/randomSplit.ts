import type { Random } from "@conv/core";
import { checkOptions, formatValue } from "@conv/core/operators";
import { type AnyDataset, expectDataset } from "../dataset.js";
import { expectRandom } from "../transforms/random.js";
import { subset } from "./subset.js";

/** The options of `randomSplit`. */
export interface RandomSplitOptions {
  /** Where the order comes from: `createRandom(seed)`. One permutation is drawn. */
  readonly random: Random;
}

/**
 * A dataset divided at random into parts that share no example.
 *
 * @param lengths Of the parts: whole numbers that add up to dataset.length; or fractions that add up to 1, rounded down, and
 *   what is left given to the first parts, one each.
 * @throws {RangeError} When they do not add up.
 * @throws {TypeError} When `random` is missing.
 * @see `torch.utils.data.random_split`.
 * @example
 * randomSplit(shapes({ length: 10 }), [0.75, 0.25], { random: createRandom(0) }).map((part) => part.length); // [8, 2]
 */
export function randomSplit<D extends AnyDataset>(
  dataset: D,
  lengths: readonly number[],
  options: RandomSplitOptions,
): D[] {
  expectDataset("randomSplit", "dataset", dataset);
  checkOptions("randomSplit", options ?? {}, ["random"]);
  if (options?.random === undefined) {
    throw new TypeError("randomSplit: random is missing. Pass { random: createRandom(seed) }.");
  }
  expectRandom("randomSplit", options.random);
  const sizes = sizesOf(dataset.length, lengths);
  const permutation = options.random.permutation(dataset.length);
  const order = permutation.dataSync();
  permutation.dispose();
  const ends = sizes.map((_, i) => sizes.slice(0, i + 1).reduce((sum, size) => sum + size, 0));
  return sizes.map((size, i) => subset(dataset, order.slice(ends[i] - size, ends[i])));
}

function sizesOf(length: number, lengths: readonly number[]): number[] {
  const isArray = Array.isArray(lengths) && lengths.every((part) => part >= 0);
  const total = isArray ? lengths.reduce((sum, part) => sum + part, 0) : Number.NaN;
  if (isArray && total === length && lengths.every(Number.isInteger)) return [...lengths];
  if (!(Math.abs(total - 1) < 1e-9)) {
    throw new RangeError(
      `randomSplit: lengths must be whole numbers that add up to ${length}, or fractions that add up to 1, ` +
        `got ${formatValue(lengths)}.`,
    );
  }
  const sizes = lengths.map((part) => Math.floor(length * part + 1e-9)); // 0.7 of 10 is 7
  const rest = length - sizes.reduce((sum, size) => sum + size, 0);
  return sizes.map((size, i) => (i < rest ? size + 1 : size));
}
