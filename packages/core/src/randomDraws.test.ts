import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { list, RUNS } from "../test/samples.js";
import { createRandom, type Random, withDraws } from "./random.js";

/**
 * Draws in a test of moments; every bound there is FIVE standard errors of that moment, true of the right generator
 * in all but 6 of 10⁷ seeds.
 */
const DRAWS = 100_000;
const FIVE = 5;

/** Chi-square with 5 degrees of freedom exceeds this in one of 1000 seeds. */
const CHI_SQUARE_5 = 20.5;

/** The mean of f over the values. */
const meanOf = (values: readonly number[], f: (value: number) => number) =>
  values.reduce((sum, value) => sum + f(value), 0) / values.length;

/** Pearson's correlation of two samples. */
function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [meanOf(a, (x) => x), meanOf(b, (x) => x)];
  const [varA, varB] = [meanOf(a, (x) => (x - meanA) ** 2), meanOf(b, (x) => (x - meanB) ** 2)];
  return a.reduce((sum, x, i) => sum + (x - meanA) * (b[i] - meanB), 0) / a.length / Math.sqrt(varA * varB);
}

describe("split", () => {
  test("children differ from each other, from their parent, and from their own children", () => {
    const random = createRandom(3);
    const [first, second] = [random.split(), random.split()];
    const streams = [random, first, second, first.split(), second.split()].map((r) => String(list(r.uniform([8]))));
    expect(new Set(streams).size).toBe(5);
  });

  test("does not move its parent, and does not depend on what the parent drew", () => {
    const [one, two] = [createRandom(3), createRandom(3)];
    two.uniform([5]);
    expect(list(one.split().uniform([4]))).toEqual(list(two.split().uniform([4])));
    expect(list(one.uniform([6])).slice(5)).toEqual(list(two.uniform([1])));
  });

  test("parent, child and sibling are uncorrelated", () => {
    const random = createRandom(11);
    const [first, second] = [random.split(), random.split()];
    const [p, a, b] = [random, first, second].map((r) => list(r.uniform([DRAWS])));
    const bound = FIVE / Math.sqrt(DRAWS);
    expect(Math.abs(correlation(p, a))).toBeLessThan(bound);
    expect(Math.abs(correlation(a, b))).toBeLessThan(bound);
  });
});

describe("uniform", () => {
  test("lies in [low, high) and has the moments of the uniform distribution", () => {
    const values = list(createRandom(1).uniform([DRAWS], { low: -1, high: 1 }));
    expect(values.every((value) => value >= -1 && value < 1)).toBe(true);
    expect(Math.abs(meanOf(values, (x) => x))).toBeLessThan(FIVE * Math.sqrt(1 / 3 / DRAWS));
    expect(Math.abs(meanOf(values, (x) => x * x) - 1 / 3)).toBeLessThan(FIVE * Math.sqrt(4 / 45 / DRAWS));
  });

  test("successive draws are uncorrelated", () => {
    const values = list(createRandom(2).uniform([DRAWS + 1]));
    expect(Math.abs(correlation(values.slice(1), values.slice(0, -1)))).toBeLessThan(FIVE / Math.sqrt(DRAWS));
  });

  test("float64 draws have more than 32 bits", () => {
    const values = list(createRandom(1).uniform([100], { dtype: "float64" }));
    expect(values.some((value) => (value * 2 ** 40) % 1 !== 0)).toBe(true);
    expect(values.every((value) => (value * 2 ** 53) % 1 === 0)).toBe(true);
  });

  test("has the shape and dtype asked for; float32 by default", () => {
    const random = createRandom(1);
    expect(random.uniform([2, 3]).shape).toEqual([2, 3]);
    expect(random.uniform([2, 3]).dtype).toBe("float32");
    expect(random.uniform([], { dtype: "float64" }).dtype).toBe("float64");
    expect(random.uniform([0]).size).toBe(0);
  });

  test("an explicit dtype: undefined is the default too", () => {
    expect(createRandom(1).uniform([1], { dtype: undefined }).dtype).toBe("float32");
  });

  test("a shape or option that cannot be is an error", () => {
    const random = createRandom(1);
    expect(() => random.uniform([2], { min: 0 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: uniform: unknown option min. It takes low, high, dtype, device.]`,
    );
    expect(() => random.uniform([-1])).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: uniform: each axis of shape [-1] must be an integer of at least 0, got -1.]`,
    );
    expect(() => random.uniform(3 as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: uniform: shape must be an array of axes such as [2, 3], got 3.]`,
    );
    expect(() => random.uniform([1], { dtype: "int32" })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: uniform: dtype must be "float32" or "float64", got "int32". Use integer or permutation.]`,
    );
  });
});

describe("normal", () => {
  test("has the first four moments of the normal distribution", () => {
    const values = list(createRandom(1).normal([DRAWS], { dtype: "float64" }));
    const bound = (variance: number) => FIVE * Math.sqrt(variance / DRAWS);
    expect(Math.abs(meanOf(values, (x) => x))).toBeLessThan(bound(1));
    expect(Math.abs(meanOf(values, (x) => x ** 2) - 1)).toBeLessThan(bound(2));
    expect(Math.abs(meanOf(values, (x) => x ** 3))).toBeLessThan(bound(15));
    expect(Math.abs(meanOf(values, (x) => x ** 4) - 3)).toBeLessThan(bound(96));
  });

  test("is finite, and uncorrelated from draw to draw", () => {
    const values = list(createRandom(2).normal([DRAWS + 1], { dtype: "float64" }));
    expect(values.every(Number.isFinite)).toBe(true);
    expect(Math.abs(correlation(values.slice(1), values.slice(0, -1)))).toBeLessThan(FIVE / Math.sqrt(DRAWS));
  });

  test("mean and std move and stretch the same draws", () => {
    const [plain, moved] = [createRandom(1), createRandom(1)];
    const expected = list(plain.normal([5], { dtype: "float64" })).map((x) => 3 + 2 * x);
    expect(list(moved.normal([5], { mean: 3, std: 2, dtype: "float64" }))).toEqual(expected);
  });

  test("an unknown option is an error", () => {
    expect(() => createRandom(1).normal([2], { sigma: 1 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: normal: unknown option sigma. It takes mean, std, dtype, device.]`,
    );
  });
});

describe("integer", () => {
  test("is fair: a die of 60 000 throws", () => {
    const random = createRandom(1);
    const [throws, counts] = [60_000, new Array<number>(6).fill(0)];
    for (let i = 0; i < throws; i++) counts[random.integer(6)]++;
    const chiSquare = counts.reduce((sum, count) => sum + (count - throws / 6) ** 2 / (throws / 6), 0);
    expect(chiSquare).toBeLessThan(CHI_SQUARE_5);
  });

  test("is fair where 2^32 is no multiple of the bound: words beyond the last multiple are drawn again", () => {
    const random = createRandom(1);
    const draws = 3000; // a bare remainder would put half of them, not a third, below 2^30
    let low = 0;
    for (let i = 0; i < draws; i++) if (random.integer(3 * 2 ** 30) < 2 ** 30) low++;
    expect(Math.abs(low / draws - 1 / 3)).toBeLessThan(FIVE * Math.sqrt(2 / 9 / draws));
  });

  test("of bound 1 is 0; of bound 2^32 is a word", () => {
    expect(createRandom(0).integer(1)).toBe(0);
    expect(createRandom(0).integer(2 ** 32)).toBe(0x6627e8d5);
  });

  test("of a bound beyond 2^32 is refused, as a word has no more values", () => {
    expect(() => createRandom(0).integer(2 ** 32 + 1)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: integer: bound must be at most 2^32, got 4294967297.]`,
    );
  });

  test("a bound that is no positive integer is an error", () => {
    expect(() => createRandom(1).integer(0)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: integer: bound must be a positive integer, got 0.]`,
    );
    expect(() => createRandom(1).integer(2.5)).toThrow(RangeError);
  });
});

describe("permutation", () => {
  test("is a permutation", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31), fc.nat(50), (seed, n) => {
        const order = createRandom(seed).permutation(n);
        expect(order.dtype).toBe("int32");
        expect(list(order).sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
      }),
      RUNS,
    );
  });

  test("is fair: all 6 orders of 3 come up alike", () => {
    const [random, counts, draws] = [createRandom(4), new Map<string, number>(), 60_000];
    for (let i = 0; i < draws; i++) {
      const order = String(list(random.permutation(3)));
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - draws / 6) ** 2 / (draws / 6), 0);
    expect(counts.size).toBe(6);
    expect(chiSquare).toBeLessThan(CHI_SQUARE_5);
  });

  test("a length that is no integer is an error", () => {
    expect(() => createRandom(1).permutation(-1)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: permutation: n must be an integer of at least 0, got -1.]`,
    );
    expect(() => createRandom(1).permutation(1.5)).toThrow(RangeError);
  });
});

describe("draws that cannot be", () => {
  const random = createRandom(0);
  test("bounds and moments are numbers, in order", () => {
    expect(() => random.uniform([3], { low: "1" as never, high: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: uniform: low must be a number, got "1".]`,
    );
    expect(() => random.uniform([3], { low: 2, high: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: uniform: low 2 must not be above high 1.]`,
    );
    expect(() => random.normal([3], { mean: Number.NaN })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: normal: mean must be a number, got NaN.]`,
    );
    expect(() => random.normal([3], { std: -1 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: normal: std must be at least 0, got -1.]`,
    );
    expect(() => random.restore({ ...random.state, drawn: -1 })).toThrow("not the state");
  });
});

describe("withDraws", () => {
  test("by hand: again, a function draws what it drew, and the generator goes on where it stood", () => {
    const [random, plain] = [createRandom(3), createRandom(3)];
    const [first, second, third] = [0, 1, 2].map(() => plain.uniform([]).item());
    const { result, again } = withDraws(() => random.uniform([]).item());
    expect(result).toBe(first);
    expect(random.uniform([]).item()).toBe(second);
    expect(again(() => random.uniform([]).item())).toBe(first);
    expect(random.uniform([]).item()).toBe(third);
  });

  const kinds: [string, (random: Random) => unknown][] = [
    ["uniform", (random) => list(random.uniform([3]))],
    ["normal", (random) => list(random.normal([3], { dtype: "float64" }))],
    ["permutation", (random) => list(random.permutation(20))],
    ["integer", (random) => random.integer(2 ** 32)],
    ["split", (random) => list(random.split().uniform([3]))],
    ["restore", (random) => [random.restore(createRandom(8).state), list(random.uniform([3]))]],
  ];

  test.each(kinds)("notices that a generator moves, however it does first: %s", (_, draw) => {
    const random = createRandom(3);
    random.uniform([2]); // in the middle of a block
    const before = random.state;
    const { result, again } = withDraws(() => draw(random));
    random.normal([5]);
    const after = random.state;
    const replayed = again(() => [random.state, draw(random)]);
    expect(replayed).toEqual([before, result]);
    expect(random.state).toEqual(after);
  });

  test("sets every generator back that fn drew from, and leaves others where they are", () => {
    const [a, b, other] = [createRandom(1), createRandom(2), createRandom(3)];
    const { again } = withDraws(() => [a.uniform([3]), b.uniform([5])]);
    other.uniform([7]);
    a.uniform([1]);
    expect(again(() => [a, b, other].map(({ state }) => state.drawn))).toEqual([0, 0, 7]);
    expect([a, b, other].map(({ state }) => state.drawn)).toEqual([4, 5, 7]);
  });

  test("remembers where a generator stood at first, not in between", () => {
    const random = createRandom(1);
    const { result, again } = withDraws(() => [random.integer(100), random.integer(100), list(random.uniform([2]))]);
    expect(again(() => [random.integer(100), random.integer(100), list(random.uniform([2]))])).toEqual(result);
  });

  test("does not see what was drawn before or after fn", () => {
    const [before, after] = [createRandom(1), createRandom(2)];
    before.uniform([2]);
    const { again } = withDraws(() => 1);
    after.uniform([3]);
    expect(again(() => [before.state.drawn, after.state.drawn])).toEqual([2, 3]);
  });

  test("runs again as often as one likes, the same each time", () => {
    const random = createRandom(1);
    const { result, again } = withDraws(() => list(random.normal([4])));
    for (let i = 0; i < 3; i++) expect(again(() => list(random.normal([4])))).toEqual(result);
    expect(random.state.drawn).toBe(8);
  });

  test("puts the generators back also when what runs again throws", () => {
    const random = createRandom(1);
    const { again } = withDraws(() => random.uniform([3]));
    const broken = () => {
      random.uniform([1]);
      throw new Error("inside");
    };
    expect(() => again(broken)).toThrow("inside");
    expect(random.state.drawn).toBe(3);
  });

  test("within another, each remembers for itself; and what runs again is seen by whoever watches", () => {
    const random = createRandom(1);
    const draw = () => list(random.uniform([2]));
    const inner = () => withDraws(draw);
    const outer = withDraws(() => [draw(), inner(), draw()] as const);
    const [first, { result, again }, last] = outer.result;
    expect(again(draw)).toEqual(result);
    expect(outer.again(() => [draw(), draw(), draw()])).toEqual([first, result, last]);
    // replayed inside another: that one must come back to the same place, wherever the replay set the generator
    const watching = withDraws(() => [again(draw), draw()]);
    expect(watching.result[0]).toEqual(result);
    random.uniform([1]);
    expect(watching.again(() => [again(draw), draw()])).toEqual(watching.result);
    expect(random.state.drawn).toBe(9);
  });

  test("when fn has ended, also by throwing, nobody watches: drawing asks no generator where it stands", () => {
    const random = createRandom(1);
    const asked = vi.spyOn(Object.getPrototypeOf(random), "state", "get");
    try {
      withDraws(() => random.uniform([1]));
      expect(asked).toHaveBeenCalledTimes(1);
      expect(() => withDraws(() => random.uniform([-1]))).toThrow(RangeError);
      const broken = () => {
        random.uniform([1]);
        throw new Error("inside");
      };
      expect(() => withDraws(broken)).toThrow("inside");
      expect(asked).toHaveBeenCalledTimes(2);
      random.uniform([1]);
      expect(asked).toHaveBeenCalledTimes(2);
    } finally {
      asked.mockRestore();
    }
  });

  test("whatever fn draws, from generators that split, it draws again", () => {
    const steps = fc.array(fc.tuple(fc.nat(kinds.length - 1), fc.nat(9)), { maxLength: 12 });
    fc.assert(
      fc.property(fc.nat(2 ** 31), fc.nat(9), steps, steps, (seed, start, plan, between) => {
        const generators = [createRandom(seed), createRandom(seed + 1)];
        for (const random of generators) random.uniform([start]);
        const run = (drawn: typeof plan) => {
          const all = [...generators]; // children join for as long as it runs
          return drawn.map(([kind, which]) => {
            const random = all[which % all.length];
            if (which === 9) all.push(random.split());
            return kinds[kind][1](random);
          });
        };
        const { result, again } = withDraws(() => run(plan));
        run(between);
        const states = generators.map(({ state }) => state);
        expect(again(() => run(plan))).toEqual(result);
        expect(generators.map(({ state }) => state)).toEqual(states);
      }),
      RUNS,
    );
  });
});
