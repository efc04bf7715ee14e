import { createRandom } from "@conv/core";
import { expect, test } from "vitest";
import { childOf, missingRandom, unit } from "./random.js";

test("childOf gives the child that split gives in its turn, and leaves the generator where it was", () => {
  const random = createRandom(3);
  const { state } = random;
  const children = [0, 1, 2].map(() => createRandom(3));
  children.forEach((parent, i) => {
    for (let j = 0; j < i; j++) parent.split();
    expect(childOf(random, i).state).toEqual(parent.split().state);
  });
  expect(random.state).toEqual(state);
});

test("unit draws are from [0, 1) and even: quarters come equally often", () => {
  const [random, n] = [createRandom(1), 8000];
  const quarters = [0, 0, 0, 0];
  for (let i = 0; i < n; i++) quarters[Math.floor(4 * unit(random))]++;
  for (const count of quarters) expect(Math.abs(count / n - 0.25)).toBeLessThan(4 * Math.sqrt(3 / 16 / n));
});

test("whatever is asked of a missing generator, it says what to pass; its children are missing too", () => {
  const random = missingRandom("DataLoader").split();
  for (const draw of [
    () => random.uniform([1]),
    () => random.normal([1]),
    () => random.permutation(1),
    () => random.integer(1),
    () => random.state,
    () => random.restore(createRandom(0).state),
  ]) {
    expect(draw).toThrow(
      "DataLoader: a transform draws from random, which is missing. Pass random: createRandom(seed).",
    );
  }
});
