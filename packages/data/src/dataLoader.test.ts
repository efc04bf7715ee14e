import { createRandom, tensor } from "@conv/core";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { counting, noisy, valuesOf } from "../test/samples.js";
import { DataLoader } from "./dataLoader.js";
import type { Batch } from "./dataset.js";

async function labelsOf(batches: AsyncIterable<Batch>): Promise<number[][]> {
  const all: number[][] = [];
  for await (const { x, y } of batches) {
    expect(Array.from(x.dataSync())).toEqual(Array.from(y.dataSync()));
    all.push(Array.from(y.dataSync()));
  }
  return all;
}

test("five examples in batches of two: in order, the last one smaller, as often as one likes", async () => {
  const loader = new DataLoader(counting(5), { batchSize: 2 });
  expect(loader.length).toBe(3);
  expect(await labelsOf(loader)).toEqual([[0, 1], [2, 3], [4]]);
  expect(await labelsOf(loader)).toEqual([[0, 1], [2, 3], [4]]);
});

test("dropLast leaves out a last batch that is not full, and only that", async () => {
  const loader = new DataLoader(counting(5), { batchSize: 2, dropLast: true });
  expect([loader.length, await labelsOf(loader)]).toEqual([
    2,
    [
      [0, 1],
      [2, 3],
    ],
  ]);
  expect(new DataLoader(counting(4), { batchSize: 2, dropLast: true }).length).toBe(2);
  expect(new DataLoader(counting(1), { batchSize: 2, dropLast: true }).length).toBe(0);
});

test("shuffle takes each pass in the order of the next permutation", async () => {
  const random = createRandom(7);
  const loader = new DataLoader(counting(10), { batchSize: 4, shuffle: true, random });
  const expected = createRandom(7);
  for (let pass = 0; pass < 3; pass++) {
    expect((await labelsOf(loader)).flat()).toEqual(Array.from(expected.permutation(10).dataSync()));
  }
  expect(random.state).toEqual(expected.state);
});

test("a pass is a permutation of the dataset, and its order depends on the state of random alone", async () => {
  const cases = fc.record({ n: fc.nat(30), batchSize: fc.integer({ min: 1, max: 8 }), seed: fc.nat() });
  await fc.assert(
    fc.asyncProperty(cases, async ({ n, batchSize, seed }) => {
      const random = createRandom(seed);
      const loader = new DataLoader(counting(n), { batchSize, shuffle: true, random });
      const { state } = random;
      const first = await labelsOf(loader);
      expect(first.length).toBe(loader.length);
      expect(first.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
      random.restore(state);
      expect(await labelsOf(loader)).toEqual(first);
    }),
  );
});

test("a pass resumed in the middle goes on as it would have, and does not read what is skipped", async () => {
  const dataset = counting(10);
  const random = createRandom(1);
  const loader = new DataLoader(dataset, { batchSize: 3, shuffle: true, random });
  const { state } = random;
  const whole = await labelsOf(loader);
  const after = random.state;
  const get = vi.spyOn(dataset, "get");
  for (let skip = 0; skip <= loader.length; skip++) {
    random.restore(state);
    get.mockClear();
    expect(await labelsOf(loader.batches({ skip }))).toEqual(whole.slice(skip));
    expect(get).toHaveBeenCalledTimes(loader.length - skip);
    expect(random.state).toEqual(after);
  }
});

test("transform makes something else of each batch, at once or later", async () => {
  const twice = ({ x, y }: Batch) => ({ x, y: tensor(y.dataSync().map((label) => 2 * label)) });
  for (const transform of [twice, async (batch: Batch) => twice(batch)]) {
    const labels: number[] = [];
    for await (const { y } of new DataLoader(counting(3), { batchSize: 2, transform })) labels.push(...y.dataSync());
    expect(labels).toEqual([0, 2, 4]);
  }
});

test("an array of transforms that changes later does not matter", async () => {
  const transform = [(batch: Batch) => batch];
  const loader = new DataLoader(counting(2), { batchSize: 2, transform });
  transform.pop();
  transform.push(() => {
    throw new Error("too late");
  });
  expect(await labelsOf(loader)).toEqual([[0, 1]]);
});

test("the loader shows what it was made of", () => {
  const [dataset, random] = [counting(3), createRandom(0)];
  const loader = new DataLoader(dataset, { batchSize: 2, random });
  expect([loader.dataset, loader.batchSize, loader.shuffle, loader.random]).toEqual([dataset, 2, false, random]);
});
test("errors", () => {
  const dataset = counting(5);
  expect(() => new DataLoader(dataset, { batchSize: 2, shuffle: true })).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: DataLoader: shuffle draws its orders from random, which is missing. Pass random: createRandom(seed).]`,
  );
  const options = { batchSize: 2 };
  expect(() => new DataLoader(Promise.resolve(dataset) as never, options)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: DataLoader: dataset must be a dataset, with length and get, got a promise. Wait for it: await mnist().]`,
  );
  expect(() => new DataLoader([1, 2, 3] as never, options)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: DataLoader: dataset must be a dataset, with length and get, got [1, 2, 3]. Make one with tensorDataset(x, y).]`,
  );
  expect(() => new DataLoader(dataset, { batchSize: 0 })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: DataLoader: batchSize must be a positive integer, got 0.]`,
  );
  expect(() => new DataLoader(dataset, {} as never)).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: DataLoader: batchSize must be a positive integer, got undefined.]`,
  );
  expect(() => new DataLoader(dataset, { batchSize: 2, shufle: true } as never)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: DataLoader: unknown option shufle. It takes batchSize, shuffle, random, dropLast, transform, prefetch.]`,
  );
  expect(() => new DataLoader(dataset, { batchSize: 2 }).batches({ skip: 4 })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: batches: skip is 4, but one pass has 3 batches. Use at most 3.]`,
  );
});

test("what is no transform, and what is no batch, is refused", async () => {
  const dataset = counting(5);
  expect(
    () => new DataLoader(dataset, { batchSize: 2, transform: [noisy, 3] as never }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: DataLoader: transform must be a function of a batch, got 3. Pass normalize(mean, std), say.]`,
  );
  expect(() => new DataLoader(dataset, { batchSize: 2, prefetch: -1 })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: DataLoader: prefetch must be an integer of at least 0, got -1.]`,
  );
  const nothing = new DataLoader(dataset, { batchSize: 2, transform: (() => {}) as never });
  await expect(valuesOf(nothing)).rejects.toThrowErrorMatchingInlineSnapshot(
    `[TypeError: DataLoader: transform gave undefined, but must give a batch { x, y } of tensors.]`,
  );
  for (const given of [null, 3]) {
    const empty = new DataLoader({ ...dataset, get: () => given as never }, { batchSize: 2 });
    await expect(valuesOf(empty)).rejects.toThrow(
      `DataLoader: dataset.get gave ${given}, but must give a batch { x, y } of tensors.`,
    );
  }
});
