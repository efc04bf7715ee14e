import { createRandom } from "@conv/core";
import { DataLoader, mnist } from "@conv/data";
import { expect, test } from "vitest";
import { atBatchSize } from "./resume.js";

test("with batches of another size the rest of the epoch has the same examples in the same order", async () => {
  const digits = await mnist({ source: "digits", split: "test" });
  const labelsWith = async (batchSize: number) => {
    const labels: number[] = [];
    const loader = new DataLoader(digits, { batchSize, shuffle: true, random: createRandom(3) });
    for await (const { y } of loader) labels.push(...y.dataSync());
    return { labels, steps: loader.length };
  };
  const [small, large] = [await labelsWith(8), await labelsWith(64)];
  expect(large.labels).toEqual(small.labels);
  const position = { epoch: 2, step: 19, steps: small.steps };
  const there = atBatchSize(position, 8, 64, large.steps);
  expect(there).toEqual({ epoch: 2, step: 2, steps: large.steps }); // 152 examples are behind, 128 of them in whole batches
  expect(atBatchSize(there, 64, 8, small.steps)).toEqual({ epoch: 2, step: 16, steps: small.steps });
  expect(atBatchSize(position, 8, 8, small.steps)).toBe(position);
  const untouched = { epoch: 1, step: 0 };
  expect(atBatchSize(untouched, 8, 64, large.steps)).toBe(untouched);
});

test("an epoch whose validation was interrupted is complete with any size", () => {
  const last = { loss: 1, accuracy: 1, gradNorm: 1, examples: 5, learningRate: 1 };
  expect(atBatchSize({ epoch: 0, step: 45, steps: 45, last }, 32, 64, 23)).toEqual({
    epoch: 0,
    step: 23,
    steps: 23,
    last,
  });
});
