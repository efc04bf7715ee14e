import { createRandom, type Random } from "@conv/core";
import { expect, test } from "vitest";
import { counting, noisy, valuesOf } from "../test/samples.js";
import { DataLoader, type DataLoaderOptions } from "./dataLoader.js";
import type { Batch } from "./dataset.js";

// What transforms draw.

const augmented = (options: Partial<DataLoaderOptions> = {}) => {
  const random = createRandom(3);
  return new DataLoader(counting(10), { batchSize: 3, shuffle: true, random, transform: noisy, ...options });
};

test("batch i draws from the i-th child of the generator that the pass splits off", async () => {
  const loader = augmented({ shuffle: false });
  const pass = createRandom(3).split();
  const expected = [3, 3, 3, 1].map((n, i) => {
    const noise = pass.split().uniform([n]).dataSync();
    return Array.from(noise, (u, j) => Math.fround(3 * i + j + u));
  });
  expect(await valuesOf(loader)).toEqual(expected);
  expect(loader.random?.state).toMatchObject({ drawn: 0, children: 1 });
});

test("it is other in the next pass, and does not change the order", async () => {
  const loader = augmented();
  const passes = [await valuesOf(loader), await valuesOf(loader)];
  const expected = createRandom(3);
  for (const pass of passes) {
    expect(pass.flat().map(Math.floor)).toEqual(Array.from(expected.permutation(10).dataSync()));
  }
  const fractions = passes.map((pass) => pass.flat().map((value) => (value % 1).toFixed(5)));
  expect(new Set(fractions.flat()).size).toBe(20);
});

test("the state of random before the pass decides it, wherever one goes on and however far one looks ahead", async () => {
  const loader = augmented();
  const { state } = loader.random as Random;
  const whole = await valuesOf(loader);
  const after = loader.random?.state;
  const wait = async (batch: Batch, random: Random) => {
    await new Promise((resolve) => setTimeout(resolve, 5 * Math.random())); // answers come in another order
    return noisy(batch, random);
  };
  for (const [skip, prefetch, transform] of [
    [0, 0, noisy],
    [3, 0, noisy],
    [1, 2, noisy],
    [0, 3, wait],
    [2, 9, wait],
    [4, 1, wait],
  ] as const) {
    const other = augmented({ prefetch, transform, random: createRandom(99) });
    other.random?.restore(state);
    expect(await valuesOf(other.batches({ skip }))).toEqual(whole.slice(skip));
    expect(other.random?.state).toEqual(after);
  }
});

test("in an array each has a child of its own: what one draws does not change the other", async () => {
  const greedy = (batch: Batch, random: Random) => {
    random.uniform([100]);
    return batch;
  };
  const idle = (batch: Batch) => batch;
  const [a, b] = [augmented({ transform: [greedy, noisy] }), augmented({ transform: [idle, noisy] })];
  const values = await valuesOf(a);
  expect(await valuesOf(b)).toEqual(values);
  expect(await valuesOf(augmented({ transform: [noisy, idle] }))).not.toEqual(values);
});

test("a transform that draws where there is nothing to draw from says what to pass", async () => {
  for (const transform of [noisy, [noisy]]) {
    const loader = augmented({ transform, shuffle: false, random: undefined });
    await expect(valuesOf(loader)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[TypeError: DataLoader: a transform draws from random, which is missing. Pass random: createRandom(seed).]`,
    );
  }
});
