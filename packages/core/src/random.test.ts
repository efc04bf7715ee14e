import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { list, RUNS } from "../test/samples.js";
import { createRandom, philox } from "./random.js";

describe("philox", () => {
  // Random123 1.14, tests/kat_vectors, philox4x32 with 10 rounds: counter, key, result
  test.each([
    ["00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"],
    ["ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"],
    ["243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"],
  ])("the known answer of Random123 for counter %s and key %s is %s", (counter, key, expected) => {
    const words = (text: string) => text.split(" ").map((word) => Number.parseInt(word, 16));
    const [k0, k1] = words(key);
    const block = [...philox(words(counter), [k0, k1])];
    expect(block.map((word) => word.toString(16).padStart(8, "0")).join(" ")).toBe(expected);
  });
});

describe("a seed", () => {
  test("by hand: seed 0 gives the top 24 bits of the first known answer", () => {
    const expected = [0x6627e8, 0xe169c5, 0xbc57ac, 0x9b00db].map((bits) => bits / 2 ** 24);
    expect(list(createRandom(0).uniform([4]))).toEqual(expected);
  });

  test("by hand: a float64 takes 27 bits of one word and 26 of the next", () => {
    const first = ((0x6627e8d5 >>> 5) * 2 ** 26 + (0xe169c58d >>> 6)) / 2 ** 53;
    expect(createRandom(0).uniform([2], { dtype: "float64" }).dataSync()[0]).toBe(first);
  });

  test("gives one stream, however it is cut", () => {
    const [whole, parts] = [createRandom(42), createRandom(42)];
    const pieces = [3, 1, 6].flatMap((n) => list(parts.uniform([n])));
    expect(pieces).toEqual(list(whole.uniform([10])));
  });

  test("all its 53 bits count", () => {
    const firsts = [0, 1, 2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1].map((seed) => createRandom(seed).uniform([]).item());
    expect(new Set(firsts).size).toBe(5);
  });

  test("must be an integer from 0 to 2^53 - 1", () => {
    expect(() => createRandom(-1)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: createRandom: seed must be an integer from 0 to 2^53 - 1, got -1.]`,
    );
    expect(() => createRandom(2 ** 53)).toThrow(RangeError);
    expect(() => createRandom(0.5)).toThrow(RangeError);
    expect(() => createRandom(undefined as never)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: createRandom: seed must be an integer from 0 to 2^53 - 1, got undefined.]`,
    );
  });
});

describe("state", () => {
  test("by hand: it counts 32-bit words and children", () => {
    const random = createRandom(2 ** 32 + 7);
    random.uniform([3]);
    random.normal([1]); // two words
    random.split();
    expect(random.state).toEqual({ generator: "philox4x32-10", key: [7, 1], drawn: 5, children: 1 });
  });

  test("restored, through JSON, the stream goes on from any point, also within a block", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31), fc.nat(11), fc.nat(9), fc.nat(3), (seed, before, ahead, children) => {
        const random = createRandom(seed);
        for (let i = 0; i < children; i++) random.split();
        random.uniform([before]);
        const state = JSON.parse(JSON.stringify(random.state));
        const expected = [list(random.uniform([ahead])), list(random.normal([3])), list(random.split().uniform([2]))];

        const other = createRandom(1);
        other.uniform([2]); // leaves a block behind that must not be used again
        other.restore(state);
        expect(other.state).toEqual(state);
        const again = [list(other.uniform([ahead])), list(other.normal([3])), list(other.split().uniform([2]))];
        expect(again).toEqual(expected);
      }),
      RUNS,
    );
  });

  test("blocks beyond 2^32 are new ones: the counter goes on in its second word", () => {
    const [one, two] = [createRandom(5), createRandom(5)];
    const at = (drawn: number) => ({ ...one.state, drawn });
    one.restore(at(4 * 2 ** 32));
    two.restore(at(0));
    expect(list(one.uniform([8]))).not.toEqual(list(two.uniform([8])));
  });

  test("of another generator is refused", () => {
    expect(() => createRandom(1).restore({ generator: "mt19937" } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: restore: this is not the state of a philox4x32-10 generator. Pass random.state of another one.]`,
    );
    expect(() => createRandom(1).restore(undefined as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: restore: this is not the state of a philox4x32-10 generator. Pass random.state of another one.]`,
    );
  });
});
