import { type Tensor, tensor } from "@conv/core";
import { expect, test, vi } from "vitest";
import { DataLoader } from "../dataLoader.js";
import { type AnyDataset, tensorDataset } from "../dataset.js";
import { concatDataset } from "./concatDataset.js";

const labels = (...values: number[]) => tensor(Int32Array.from(values));
const a = tensorDataset(tensor([0, 1]), labels(0, 1), { name: "a" });
const none = tensorDataset(tensor([], [0]), labels(), { name: "none" });
const b = tensorDataset(tensor([2, 3, 4]), labels(2, 3, 4), { name: "b" });
const later: AnyDataset = { name: "later", length: 3, xShape: [], get: async (indices) => b.get(indices) };

test("by hand: two and three examples are five, asked for in any order", () => {
  const all = concatDataset([a, none, b]);
  expect([all.name, all.length, all.classes, all.xShape]).toEqual(["a + none + b", 5, 5, []]);
  const { x, y } = all.get([4, 0, 1, 2, 0]);
  expect([x.dataSync(), y.dataSync()]).toEqual([Float32Array.of(4, 0, 1, 2, 0), Int32Array.of(4, 0, 1, 2, 0)]);
  expect(all.get([]).x.shape).toEqual([0]);
});

test("a promise among them makes a promise of all; without classes there are none", async () => {
  const all = concatDataset([later, a]);
  expect(all.classes).toBe(2);
  expect(concatDataset([later]).classes).toBeUndefined();
  expect((await all.get([3, 0, 4])).x.dataSync()).toEqual(Float32Array.of(0, 2, 1));
});

test("a batch gives back what it was joined from", async () => {
  const given: (() => void)[] = [];
  const parts = [0, 1].map((value): AnyDataset => {
    const get = async () => {
      const [x, y] = [tensor([value]), labels(value)];
      given.push(() => expect([x.isDisposed, y.isDisposed]).toEqual([true, true]));
      return { x, y, dispose: () => [x, y].map((t) => t.dispose()) };
    };
    return { name: "one", length: 1, xShape: [], get };
  });
  for await (const { x, dispose } of new DataLoader(concatDataset(parts), { batchSize: 2 })) {
    dispose();
    expect(x.isDisposed).toBe(true);
  }
  expect(given).toHaveLength(2);
  for (const check of given) check();
});

test("names of classes are those of the dataset that has the most, unless another disagrees", () => {
  const named = (...classNames: string[]) => ({ ...a, classes: classNames.length, classNames });
  expect(concatDataset([named("cat"), named("cat", "dog"), a]).classNames).toEqual(["cat", "dog"]);
  expect(concatDataset([named("dog"), named("cat", "dog")]).classNames).toBeUndefined();
  expect(concatDataset([a, b]).classNames).toBeUndefined();
});

test("the first error is told, no other is unhandled, and what was read beside it is given back", async () => {
  const unhandled = vi.fn();
  process.on("unhandledRejection", unhandled);
  const made: Tensor[] = [];
  const failing = (message: string): AnyDataset => ({
    ...{ name: message, length: 1, xShape: [] },
    get: () => Promise.reject(new Error(message)),
  });
  const reading: AnyDataset = {
    ...{ name: "reading", length: 1, xShape: [] },
    get: async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      const x = tensor([1]);
      made.push(x);
      return { x, y: labels(1), dispose: () => x.dispose() };
    },
  };
  const throwing: AnyDataset = {
    ...{ name: "throwing", length: 1, xShape: [] },
    get: () => {
      throw new Error("at once");
    },
  };
  await expect(concatDataset([reading, failing("a"), failing("b")]).get([0, 1, 2])).rejects.toThrow("a");
  expect(() => concatDataset([failing("a"), reading, throwing]).get([0, 1, 2])).toThrow("at once");
  await new Promise((resolve) => setTimeout(resolve, 30));
  process.off("unhandledRejection", unhandled);
  expect(unhandled).not.toHaveBeenCalled();
  expect(made.map((x) => x.isDisposed)).toEqual([true, true]);
});

test("errors", () => {
  expect(() => concatDataset([a, Promise.resolve(b) as never])).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: concatDataset: datasets[1] must be a dataset, with length and get, got a promise. Wait for it: await mnist().]`,
  );
  expect(() => concatDataset([])).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: concatDataset: datasets must be an array of at least one, got [].]`,
  );
  const pairs = tensorDataset(tensor([[1, 2]]), labels(0), { name: "pairs" });
  expect(() => concatDataset([a, pairs])).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: concatDataset: pairs has examples [2], but a has []. Make them equal.]`,
  );
  expect(() => concatDataset([a, b]).get([5])).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: get: indices[0] is 5, but a + b has the examples 0 to 4.]`,
  );
});
