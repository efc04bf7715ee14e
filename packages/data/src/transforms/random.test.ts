import { createRandom, type Random } from "@conv/core";
import { expect, test } from "vitest";
import { DataLoader } from "../dataLoader.js";
import { randomSplit } from "../datasets/randomSplit.js";
import { shapes } from "../shapes/shapes.js";
import { childOf, generatorOf, missingRandom, unit } from "./random.js";

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

test("a seed, a function and the index of an array's map are no generators", () => {
  const random = 7 as unknown as Random;
  expect(() => generatorOf("randomShift", undefined, random)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: randomShift: random must be a generator, got 7. Pass random: createRandom(seed).]`,
  );
  expect(() => generatorOf("randomShift", random, createRandom(0))).toThrow("randomShift: random must be a generator");
  const dataset = shapes({ length: 4 });
  expect(() => new DataLoader(dataset, { batchSize: 2, shuffle: true, random })).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: DataLoader: random must be a generator, got 7. Pass random: createRandom(seed).]`,
  );
  const random2 = Math.random as unknown as Random;
  expect(() => randomSplit(dataset, [2, 2], { random: random2 })).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: randomSplit: random must be a generator, got a function. Pass random: createRandom(seed).]`,
  );
});
