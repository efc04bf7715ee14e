import { cpu, createRandom, mul, reshape, sub, type Tensor, tensor } from "@conv/core";
import { withScope } from "@conv/core/operators";
import { remoteDevice } from "@tooling/remote";
import { expect, test } from "vitest";
import { DataLoader, type DataLoaderOptions } from "./dataLoader.js";
import { type AnyDataset, type Batch, tensorDataset } from "./dataset.js";
import { normalize } from "./transforms/normalize.js";
import { randomRotate } from "./transforms/randomRotate.js";
import { randomShift } from "./transforms/randomShift.js";

// What is given back.

/** A loader whose dataset and transforms note every tensor. */
const noting = (transform: DataLoaderOptions["transform"] = undefined) => {
  const made: Tensor[] = [];
  const note = (x: Tensor) => {
    made.push(x);
    return x;
  };
  const dataset: AnyDataset = {
    name: "noted",
    length: 2,
    xShape: [],
    get: (indices) => ({ x: note(tensor([indices[0]])), y: note(tensor(Int32Array.from(indices))) }),
  };
  return { loader: new DataLoader(dataset, { batchSize: 1, transform }), made, note };
};

test("dispose gives back what was made for the batch; twice is once", async () => {
  const { loader, made } = noting();
  for await (const batch of loader) {
    expect(made.splice(0).map((x) => x.isDisposed)).toEqual([false, false]);
    const { x, y } = batch;
    batch.dispose();
    batch.dispose();
    expect([x.isDisposed, y.isDisposed]).toEqual([true, true]);
  }
});

test("what a transform makes on the way, and what it replaces, is given back at once", async () => {
  const seen: Tensor[] = [];
  const transform = ({ x, y }: Batch) => {
    const twice = mul(x, tensor(2));
    seen.push(x, twice);
    return { x: sub(twice, tensor(1)), y };
  };
  const { loader } = noting([transform, transform]);
  const { value } = await loader.batches({ skip: 1 }).next();
  expect(seen.map((t) => t.isDisposed)).toEqual([true, true, true, true]);
  expect([value?.x.item(), value?.y.item()]).toEqual([1, 1]);
});

test("batches that are moved to a device without a garbage collector, and transformed there, leave nothing behind", async () => {
  const device = remoteDevice("remote", { float64: false });
  const dataset = tensorDataset(createRandom(1).normal([5, 1, 4, 4]), tensor(Int32Array.of(0, 1, 2, 0, 1)));
  const move = ({ x, y }: Batch) => ({ x: x.to(device), y: y.to(device) });
  const loader = new DataLoader(dataset, { batchSize: 2, transform: [move, normalize(0.5, 2)], prefetch: 1 });
  const here = new DataLoader(dataset, { batchSize: 5, transform: normalize(0.5, 2) });
  const [values, counts]: [number[], number[]] = [[], []];
  for await (const { x, dispose } of loader) {
    counts.push(device.buffers);
    values.push(...(await x.data()));
    dispose();
  }
  const whole = await here.batches().next();
  expect(values).toEqual([...(whole.value?.x.dataSync() ?? [])]);
  expect(counts).toEqual([4, 4, 2]); // the next batch is prepared meanwhile
  expect(device.buffers).toBe(0);
});

test("a view of what is replaced stays", async () => {
  const { loader } = noting(({ x, y }) => ({ x: reshape(x, [1, 1]), y }));
  const { value } = await loader.batches({ skip: 1 }).next();
  expect([value?.x.shape, value?.x.item()]).toEqual([[1, 1], 1]);
});

test("what else is in a batch lives with it, in arrays, maps and objects too", async () => {
  const made: Tensor[] = [];
  const note = () => {
    made.push(tensor([made.length]));
    return made[made.length - 1];
  };
  const get = () => ({ x: note(), y: note(), boxes: [note(), { mask: note() }], more: new Map([["size", note()]]) });
  const transform = ({ boxes: [box], ...rest }: ReturnType<typeof get>) => ({ ...rest, boxes: [box] });
  const dataset: AnyDataset = { name: "boxes", length: 1, xShape: [], get };
  const options = { batchSize: 1, transform: transform as never };
  for await (const { dispose } of new DataLoader(dataset, options)) {
    expect(made.map((t) => t.isDisposed)).toEqual([false, false, false, true, false]); // the mask was dropped
    dispose();
    expect(made.map((t) => t.isDisposed)).toEqual([true, true, true, true, true]);
  }
});

test("a batch may be of a class: x and y behind getters are handed out", async () => {
  class Pair implements Batch {
    readonly #x = tensor([1]);
    readonly #y = tensor([2]);
    get x() {
      return this.#x;
    }
    get y() {
      return this.#y;
    }
  }
  const dataset: AnyDataset = { name: "pairs", length: 1, xShape: [], get: () => new Pair() };
  for await (const { x, y, dispose } of new DataLoader(dataset, { batchSize: 1 })) {
    expect([x.item(), y.item()]).toEqual([1, 2]);
    dispose();
    expect([x.isDisposed, y.isDisposed]).toEqual([true, true]);
  }
});

test("tensors that were there before are never given back", async () => {
  const batch = { x: tensor([1]), y: tensor(Int32Array.of(0)) };
  const mean = tensor([1]);
  const dataset: AnyDataset = { name: "same", length: 3, xShape: [], get: () => batch };
  const transform = ({ y }: Batch) => ({ x: mean, y });
  for (const options of [{}, { transform }]) {
    for await (const { dispose } of new DataLoader(dataset, { batchSize: 1, ...options })) dispose();
  }
  expect([batch.x, batch.y, mean].map((t) => t.isDisposed)).toEqual([false, false, false]);
});

test("what is made behind a promise is left alone, unless the batch brings a dispose of its own", async () => {
  const later: Tensor[] = [];
  const dataset: AnyDataset = {
    name: "later",
    length: 1,
    xShape: [],
    get: async () => {
      later.push(tensor([1])); // before the promise
      await undefined;
      later.push(tensor([2]), tensor(Int32Array.of(3)));
      return { x: later[1], y: later[2], dispose: () => later[2].dispose() };
    },
  };
  for await (const { dispose } of new DataLoader(dataset, { batchSize: 1 })) {
    expect(later.map((t) => t.isDisposed)).toEqual([false, false, false]);
    dispose();
    expect(later.map((t) => t.isDisposed)).toEqual([false, false, true]);
  }
});

test("passes whose batches are given back leave WebAssembly's memory as it was", async () => {
  const dataset = tensorDataset(createRandom(1).normal([64, 1, 28, 28]), tensor(new Int32Array(64)));
  const transform = [randomShift(2), normalize(0.1, 0.3), randomRotate(10)];
  const loader = new DataLoader(dataset, { batchSize: 16, random: createRandom(2), transform, prefetch: 2 });
  const pass = async () => {
    for await (const batch of loader) batch.dispose();
    return cpu.info().memory.used;
  };
  const before = await pass();
  for (let i = 0; i < 5; i++) expect(await pass()).toBeLessThanOrEqual(before);
});

test("a batch outlives the scope in which it was asked for", async () => {
  const { loader } = noting();
  const { value } = await withScope(
    () => loader.batches().next(),
    () => [],
  );
  expect(value?.x.isDisposed).toBe(false);
});

test("a tensor that was given back and comes again is an error that says so", async () => {
  let kept: Tensor | undefined;
  const { loader } = noting(({ y }) => {
    kept ??= tensor([5]);
    return { x: kept, y };
  });
  const batches = loader.batches();
  (await batches.next()).value?.dispose();
  await expect(batches.next()).rejects.toThrowErrorMatchingInlineSnapshot(
    `[TypeError: DataLoader: transform gave a tensor that was given back with an earlier batch. Make what is given again and again before, outside of it; or a new one each time.]`,
  );
});
