import { type Tensor, tensor } from "@conv/core";
import { expect, test, vi } from "vitest";
import { counting, turn, valuesOf } from "../test/samples.js";
import { DataLoader } from "./dataLoader.js";
import type { AnyDataset, Batch } from "./dataset.js";

// Batches that are prepared ahead.

/** A dataset whose answers one gives oneself. */
const waiting = (length: number) => {
  const asked: number[] = [];
  const answers: (() => void)[] = [];
  const failing = new Map<number, Error>();
  const made: Tensor[] = [];
  const dataset: AnyDataset = {
    name: "waiting",
    length,
    xShape: [],
    get: (indices) => {
      const [index] = Array.from(indices);
      asked.push(index);
      return new Promise((resolve, reject) => {
        answers[index] = () => {
          const x = tensor([index]);
          made.push(x);
          if (failing.has(index)) reject(failing.get(index));
          else resolve({ x, y: tensor(Int32Array.of(index)), dispose: () => x.dispose() });
        };
      });
    },
  };
  return { dataset, asked, answers, failing, made };
};
test("none by default: the next batch is begun when it is asked for", async () => {
  const { dataset, asked, answers } = waiting(3);
  const batches = new DataLoader(dataset, { batchSize: 1 }).batches();
  const first = batches.next();
  await turn();
  answers[0]();
  expect((await first).value?.x.item()).toBe(0);
  await turn();
  expect(asked).toEqual([0]);
});

test("so many are begun ahead, and no more; they come in order, whichever is ready first", async () => {
  const { dataset, asked, answers } = waiting(6);
  const batches = new DataLoader(dataset, { batchSize: 1, prefetch: 2 }).batches();
  await turn();
  expect(asked).toEqual([]); // nothing before the first is asked for
  const first = batches.next();
  await turn();
  expect(asked).toEqual([0, 1, 2]);
  for (const i of [2, 1]) answers[i]();
  await turn();
  answers[0]();
  expect((await first).value?.x.item()).toBe(0);
  await turn();
  expect(asked).toEqual([0, 1, 2]);
  expect((await batches.next()).value?.x.item()).toBe(1);
  expect(asked).toEqual([0, 1, 2, 3]);
});

test("an error comes with its batch, after those before it, and is never unhandled", async () => {
  const { dataset, answers, failing, made } = waiting(4);
  const unhandled = vi.fn();
  process.on("unhandledRejection", unhandled);
  failing.set(1, new Error("file 1 is damaged"));
  const batches = new DataLoader(dataset, { batchSize: 1, prefetch: 3 }).batches();
  const first = batches.next();
  await turn();
  for (const i of [1, 3, 2, 0]) answers[i]();
  expect((await first).value?.x.item()).toBe(0);
  await turn();
  await expect(batches.next()).rejects.toThrow("file 1 is damaged");
  expect(await batches.next()).toEqual({ done: true, value: undefined });
  await turn();
  expect(unhandled).not.toHaveBeenCalled();
  process.off("unhandledRejection", unhandled);
  expect(made.filter((x) => x.isDisposed)).toHaveLength(2); // of the batches 2 and 3
});

test("leaving early stops preparing and lets go of what is prepared, also of what is ready later", async () => {
  const { dataset, asked, answers, made } = waiting(9);
  const transform = vi.fn((batch: Batch) => batch);
  const batches = new DataLoader(dataset, { batchSize: 1, prefetch: 2, transform }).batches();
  const first = batches.next();
  await turn();
  answers[0]();
  answers[1]();
  await first;
  await turn();
  await batches.return();
  answers[2]();
  await turn();
  expect(asked).toEqual([0, 1, 2]);
  expect(made.map((x) => x.isDisposed)).toEqual([false, true, true]); // the first is the consumer's
  expect(transform).toHaveBeenCalledTimes(2);
});

test("transforms that wait, wait at the same time", async () => {
  let [now, most] = [0, 0];
  const transform = async (batch: Batch) => {
    most = Math.max(most, ++now);
    await turn();
    now--;
    return batch;
  };
  await valuesOf(new DataLoader(counting(8), { batchSize: 1, prefetch: 3, transform }));
  expect(most).toBe(4);
});

test("a batch that nobody takes and that cannot be given back is nobody's error", async () => {
  const unhandled = vi.fn();
  process.on("unhandledRejection", unhandled);
  const dispose = () => {
    throw new Error("it is in use");
  };
  const dataset = counting(3);
  const get = (indices: ArrayLike<number>) => ({ ...dataset.get(indices), dispose });
  const batches = new DataLoader({ ...dataset, get }, { batchSize: 1, prefetch: 1 }).batches();
  await batches.next();
  await batches.return();
  await turn();
  process.off("unhandledRejection", unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});
