import { type TensorOptions, tensor } from "./create.js";
import { checkInteger, checkNumber, checkOptions } from "./options.js";
import { checkShape, type Shape, sizeOf } from "./shape.js";
import type { Tensor } from "./tensor.js";

/** Where a generator stands: plain data, ready for JSON. */
export interface RandomState {
  readonly generator: "philox4x32-10";
  /** The stream: 64 bits, as two 32-bit words. */
  readonly key: readonly [number, number];
  /** Number of 32-bit words drawn so far. */
  readonly drawn: number;
  /** Number of generators split off so far. */
  readonly children: number;
}

/** A seeded generator of random numbers that can be split, saved and restored. */
export interface Random {
  /** Independent draws from [low, high), by default [0, 1). Rounding to float32 may give `high` itself for a narrow range. */
  uniform(shape: Shape, options?: TensorOptions & { readonly low?: number; readonly high?: number }): Tensor;
  /** Independent draws from the normal distribution, by default with mean 0 and standard deviation 1. */
  normal(shape: Shape, options?: TensorOptions & { readonly mean?: number; readonly std?: number }): Tensor;
  /** The numbers 0 to n − 1 in random order: int32, shape [n]. */
  permutation(n: number): Tensor;
  /** One integer from 0 to bound − 1, each equally likely; bound at most 2³². */
  integer(bound: number): number;
  /** A new generator whose stream is independent of this one's and of its other children's. */
  split(): Random;
  /** Where this generator stands; `restore` goes back there. */
  readonly state: RandomState;
  restore(state: RandomState): void;
}

/**
 * A generator seeded with an integer: one seed gives one stream of words, on every machine. (`normal` takes
 * logarithms and cosines of them, whose last bit is the JavaScript engine's.)
 *
 * The generator is Philox4x32-10: counter-based, so that its state is a key and a position, and a split is a new key.
 * `normal` is Box and Muller's transform of pairs of its words.
 *
 * @param seed 0 to 2⁵³ − 1.
 * @throws {RangeError} When the seed is not such an integer.
 * @see Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011).
 */
export function createRandom(seed: number): Random {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(`createRandom: seed must be an integer from 0 to 2^53 - 1, got ${seed}.`);
  }
  return new Philox([seed >>> 0, Math.floor(seed / 2 ** 32)], 0, 0);
}

/** What is told, of every generator, where it stood before it moved. */
const watchers = new Set<Map<Random, RandomState>>();

/** Tells all that watch where a generator stands, before it moves. */
function note(random: Random): void {
  for (const states of watchers) if (!states.has(random)) states.set(random, random.state);
}

/**
 * Runs `fn`, and remembers where every generator stood that it drew from: `again` runs a function from there, and puts
 * the generators back to where they were.
 */
export function withDraws<R>(fn: () => R): { readonly result: R; readonly again: <S>(fn: () => S) => S } {
  const before = new Map<Random, RandomState>();
  watchers.add(before);
  try {
    return { result: fn(), again: (replay) => from(before, replay) };
  } finally {
    watchers.delete(before);
  }
}

/** Runs `fn` with generators set to given states, and puts them back. */
function from<R>(states: ReadonlyMap<Random, RandomState>, fn: () => R): R {
  const now = [...states.keys()].map((random) => [random, random.state] as const);
  for (const [random, state] of states) random.restore(state);
  try {
    return fn();
  } finally {
    for (const [random, state] of now) random.restore(state);
  }
}

/** Last counter word of the blocks that numbers are drawn from, and of those that give children their keys. */
const DRAWS = 0;
const CHILDREN = 1;

class Philox implements Random {
  #key: readonly [number, number];
  #drawn: number;
  #children: number;
  #block: Uint32Array | undefined;

  constructor(key: readonly [number, number], drawn: number, children: number) {
    this.#key = key;
    this.#drawn = drawn;
    this.#children = children;
  }

  uniform(shape: Shape, options: TensorOptions & { low?: number; high?: number } = {}): Tensor {
    checkOptions("uniform", options, ["low", "high", "dtype", "device"]);
    const { low = 0, high = 1, ...rest } = options;
    if (!(checkNumber("uniform", "low", low) <= checkNumber("uniform", "high", high))) {
      throw new RangeError(`uniform: low ${low} must not be above high ${high}.`);
    }
    const draw = rest.dtype === "float64" ? () => this.#unit53() : () => this.#unit24();
    return this.#fill("uniform", shape, rest, () => low + (high - low) * draw());
  }

  normal(shape: Shape, options: TensorOptions & { mean?: number; std?: number } = {}): Tensor {
    checkOptions("normal", options, ["mean", "std", "dtype", "device"]);
    const { mean = 0, std = 1, ...rest } = options;
    checkNumber("normal", "mean", mean);
    if (!(checkNumber("normal", "std", std) >= 0)) {
      throw new RangeError(`normal: std must be at least 0, got ${std}.`);
    }
    return this.#fill("normal", shape, rest, () => {
      const radius = Math.sqrt(-2 * Math.log((this.#word() + 0.5) / 2 ** 32)); // never log 0
      return mean + std * radius * Math.cos((2 * Math.PI * this.#word()) / 2 ** 32);
    });
  }

  permutation(n: number): Tensor {
    const order = Int32Array.from({ length: checkInteger("permutation", "n", n, 0) }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [order[i], order[j]] = [order[j], order[i]];
    }
    return tensor(order);
  }

  integer(bound: number): number {
    if (checkInteger("integer", "bound", bound, 1) > 2 ** 32) {
      throw new RangeError(`integer: bound must be at most 2^32, got ${bound}.`);
    }
    note(this);
    const fair = 2 ** 32 - (2 ** 32 % bound); // words above it would favour small numbers
    let word = this.#word();
    while (word >= fair) word = this.#word();
    return word % bound;
  }

  split(): Random {
    note(this);
    const [k0, k1] = philox([...words(this.#children++), 0, CHILDREN], this.#key);
    return new Philox([k0, k1], 0, 0);
  }

  get state(): RandomState {
    const [k0, k1] = this.#key;
    return { generator: "philox4x32-10", key: [k0, k1], drawn: this.#drawn, children: this.#children };
  }

  restore(state: RandomState): void {
    const { generator, key, drawn, children } = state ?? {};
    const isWhole = [drawn, children, ...(Array.isArray(key) ? key : [Number.NaN])].every(
      (n) => Number.isSafeInteger(n) && n >= 0,
    );
    if (generator !== "philox4x32-10" || !isWhole || key.length !== 2) {
      throw new TypeError(
        "restore: this is not the state of a philox4x32-10 generator. Pass random.state of another one.",
      );
    }
    note(this);
    this.#key = [state.key[0], state.key[1]];
    this.#drawn = state.drawn;
    this.#children = state.children;
    this.#block = undefined;
  }

  #fill(operator: string, shape: Shape, { dtype = "float32", device }: TensorOptions, draw: () => number): Tensor {
    if (dtype === "int32") {
      throw new TypeError(
        `${operator}: dtype must be "float32" or "float64", got "int32". Use integer or permutation.`,
      );
    }
    const target = checkShape(operator, shape);
    note(this);
    const values = new Float64Array(sizeOf(target));
    for (let i = 0; i < values.length; i++) values[i] = draw();
    return tensor(values, target, { dtype, device });
  }

  /** The next 32 bits. */
  #word(): number {
    const position = this.#drawn % 4;
    if (position === 0 || this.#block === undefined) {
      this.#block = philox([...words(Math.floor(this.#drawn / 4)), 0, DRAWS], this.#key);
    }
    this.#drawn++;
    return this.#block[position];
  }

  /** From [0, 1), with the 24 bits that a float32 holds. */
  #unit24(): number {
    return (this.#word() >>> 8) / 2 ** 24;
  }

  /** From [0, 1), with the 53 bits that a float64 holds. */
  #unit53(): number {
    return ((this.#word() >>> 5) * 2 ** 26 + (this.#word() >>> 6)) / 2 ** 53;
  }
}

/** An integer below 2⁵³ as two 32-bit words, the low one first. */
function words(n: number): [number, number] {
  return [n >>> 0, Math.floor(n / 2 ** 32)];
}

/** Philox4x32-10: ten rounds of multiplications and exclusive-ors that turn a counter into four random words. */
export function philox(counter: readonly number[], key: readonly [number, number]): Uint32Array {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(0xd2511f53, c0);
    const low0 = Math.imul(0xd2511f53, c0);
    const high1 = multiplyHigh(0xcd9e8d57, c2);
    const low1 = Math.imul(0xcd9e8d57, c2);
    [c0, c1, c2, c3] = [high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0];
    k0 = (k0 + 0x9e3779b9) | 0;
    k1 = (k1 + 0xbb67ae85) | 0;
  }
  return Uint32Array.of(c0, c1, c2, c3);
}

/** The high 32 bits of the 64-bit product of two unsigned 32-bit words. */
function multiplyHigh(a: number, b: number): number {
  const [a0, a1, b0, b1] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  const carry = (middle & 0xffff) + a0 * b1;
  return a1 * b1 + Math.floor(middle / 65536) + Math.floor(carry / 65536);
}
