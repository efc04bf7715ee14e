import { createRandom, type Random, tensor } from "@conv/core";
import { expect, test } from "vitest";
import { DataLoader } from "../dataLoader.js";
import { type Batch, tensorDataset } from "../dataset.js";
import { compose } from "./compose.js";
import { normalize } from "./normalize.js";
import { randomFlip } from "./randomFlip.js";
import { randomShift } from "./randomShift.js";

const batch = { x: createRandom(1).normal([3, 1, 4, 4]), y: tensor(Int32Array.of(0, 1, 2)) };

test("by hand: (x − 1) / 2, then (x − 0) / 10", () => {
  const both = compose(normalize(1, 2), normalize(0, 10));
  expect(both({ x: tensor([[[21, 41]]]), y: batch.y }).x.dataSync()).toEqual(Float32Array.of(1, 2));
});

test("each has a child of the generator, in order", () => {
  const random = createRandom(5);
  const first = randomShift(2)(batch, random.split());
  const expected = randomFlip()(first, random.split());
  const both = compose(randomShift(2), randomFlip());
  expect(both(batch, createRandom(5)).x.dataSync()).toEqual(expected.x.dataSync());
});

test("an array in DataLoader is the same", async () => {
  const dataset = tensorDataset(batch.x, batch.y);
  const transforms = [randomShift(2), randomFlip(), normalize(1, 2)];
  const run = async (transform: typeof transforms | ReturnType<typeof compose>) => {
    const values: number[] = [];
    const loader = new DataLoader(dataset, { batchSize: 2, random: createRandom(5), transform });
    for await (const { x } of loader) values.push(...x.dataSync());
    return values;
  };
  expect(await run(compose(...transforms))).toEqual(await run(transforms));
});

test("of nothing it changes nothing", () => {
  expect(compose()(batch, createRandom(0))).toBe(batch);
});

test("errors", () => {
  expect(() => compose(normalize(0, 1), 3 as never)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: compose: transforms[1] must be a function of a batch, got 3. Pass normalize(mean, std), say.]`,
  );
  const noisy = ({ x, y }: Batch, random: Random) => ({ x: random.normal(x.shape), y });
  expect(() => compose(noisy)(batch)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: compose: a transform draws from random, which is missing. Pass random: createRandom(seed).]`,
  );
  const later = async (given: Batch) => given;
  const idle = (given: Batch) => given;
  expect(() => compose(idle, later as never, idle)(batch, createRandom(0))).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: compose: transforms[1] answers with a promise. Give the DataLoader an array: transform: [a, b].]`,
  );
});
