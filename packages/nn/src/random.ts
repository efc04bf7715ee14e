import { createRandom, type Random } from "@conv/core";

const shared = createRandom(0);

/** Seeds the generator that layers draw from when they are given none: one seed, one curve. It starts with seed 0. */
export function manualSeed(seed: number): void {
  shared.restore(createRandom(seed).state);
}

/** The generator that layers draw from when they are given none. */
export function defaultRandom(): Random {
  return shared;
}
