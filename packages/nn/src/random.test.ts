import { createRandom } from "@conv/core";
import { describe, expect, test } from "vitest";
import { Conv2d, Dropout, Flatten, Linear, manualSeed, Sequential } from "./index.js";
import { defaultRandom } from "./random.js";

const build = () => new Sequential(new Conv2d(1, 2, 3), new Flatten(), new Dropout(), new Linear(4, 3));
const weights = (model: Sequential) => model.parameters().map((p) => [...p.dataSync()]);
const draws = () => [...defaultRandom().uniform([4]).dataSync()];

describe("manualSeed", () => {
  test("by hand: one seed gives the numbers of createRandom(seed)", () => {
    manualSeed(5);
    expect(draws()).toEqual([...createRandom(5).uniform([4]).dataSync()]);
  });

  test("gives equal layers, whatever was drawn before", () => {
    manualSeed(3);
    const first = weights(build());
    draws();
    manualSeed(3);
    expect(weights(build())).toEqual(first);
  });

  test("another seed, or no seeding in between, gives other layers", () => {
    manualSeed(3);
    const first = weights(build());
    expect(weights(build())).not.toEqual(first);
    manualSeed(4);
    expect(weights(build())).not.toEqual(first);
  });

  test("seeds what dropout drops, and two dropouts drop differently", () => {
    const masks = () => [new Dropout(), new Dropout()].map(({ random }) => [...random.uniform([3]).dataSync()]);
    manualSeed(3);
    const first = masks();
    manualSeed(3);
    expect(masks()).toEqual(first);
    expect(first[0]).not.toEqual(first[1]);
  });

  test("a layer with a generator of its own draws nothing from the shared one", () => {
    manualSeed(3);
    const expected = draws();
    manualSeed(3);
    const random = createRandom(8);
    new Sequential(new Linear(2, 2, { random }), new Conv2d(1, 1, 1, { random }), new Dropout(0.5, { random }));
    expect(draws()).toEqual(expected);
  });

  test("refuses what is no seed, and says which function was called", () => {
    expect(() => manualSeed(-1)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: createRandom: seed must be an integer from 0 to 2^53 - 1, got -1.]`,
    );
    expect(() => manualSeed(0.5)).toThrow(RangeError);
  });
});
