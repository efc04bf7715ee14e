import { createRandom, type Random } from "@conv/core";
import { formatValue } from "@conv/core/operators";
import { isRandom } from "./options.js";

const shared = createRandom(0);

/** Seeds the generator that layers draw from when they are given none: one seed, one curve. It starts with seed 0. */
export function manualSeed(seed: number): void {
  shared.restore(createRandom(seed).state);
}

/** The generator that layers draw from when they are given none. */
export function defaultRandom(): Random {
  return shared;
}

/**
 * An option `random`: a generator.
 *
 * @throws {TypeError} When it is none; a seed is not.
 */
export function checkRandom(name: string, random: Random): Random {
  if (isRandom(random)) return random;
  const seed = typeof random === "number" ? formatValue(random) : "0";
  throw new TypeError(
    `${name}: random must be a generator, got ${formatValue(random)}. Make one of a seed: createRandom(${seed}).`,
  );
}
