import type { Random, RandomState } from "@conv/core";
import { formatValue } from "@conv/core/operators";

/**
 * Where a transform draws from: its own generator, else the one it is called with.
 *
 * @throws {TypeError} When there is neither.
 */
export function generatorOf(operator: string, own: Random | undefined, given: Random | undefined): Random {
  const random = own ?? given;
  if (random !== undefined) return expectRandom(operator, random);
  throw new TypeError(
    `${operator}: it draws from random, which is missing. Pass random: createRandom(seed) to the DataLoader, or a ` +
      "generator as the second argument.",
  );
}

/** @throws {TypeError} When it is no generator: a seed, say. */
export function expectRandom(operator: string, random: Random): Random {
  const { integer } = Object(random) as Partial<Random>;
  if (typeof integer === "function") return random;
  throw new TypeError(
    `${operator}: random must be a generator, got ${formatValue(random)}. Pass random: createRandom(seed).`,
  );
}

/** From [0, 1), in steps of 2⁻³². */
export function unit(random: Random): number {
  return random.integer(2 ** 32) / 2 ** 32;
}

/** The child of a generator with this number, whatever others it has: `random.split()` when it had `index` before. */
export function childOf(random: Random, index: number): Random {
  const { state } = random;
  random.restore({ ...state, children: index });
  const child = random.split();
  random.restore(state);
  return child;
}

/** Stands where a generator is missing: whoever draws from it is told what to pass. */
export function missingRandom(operator: string): Random {
  const draw = (): never => {
    throw new TypeError(
      `${operator}: a transform draws from random, which is missing. Pass random: createRandom(seed).`,
    );
  };
  return {
    uniform: draw,
    normal: draw,
    permutation: draw,
    integer: draw,
    split: () => missingRandom(operator),
    restore: draw,
    get state(): RandomState {
      return draw();
    },
  };
}

/** @throws {RangeError} When it is not a number from 0 to 1. */
export function checkProbability(operator: string, p: number): void {
  if (p >= 0 && p <= 1) return;
  throw new RangeError(`${operator}: p must be a probability from 0 to 1, got ${formatValue(p)}.`);
}
