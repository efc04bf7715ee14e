import { add, cpu, createRandom, mul, type Random, reshape, sub, type Tensor, tensor } from "@conv/core";
import { withScope } from "@conv/core/operators";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { DataLoader, type DataLoaderOptions } from "./dataLoader.js";
import { type AnyDataset, type Batch, tensorDataset } from "./dataset.js";
import { normalize } from "./transforms/normalize.js";
import { randomRotate } from "./transforms/randomRotate.js";
import { randomShift } from "./transforms/randomShift.js";

/** n examples; example i is the number i with the label i. */
const counting = (n: number) =>
  tensorDataset(
    tensor(Float32Array.from({ length: n }, (_, i) => i)),
    tensor(Int32Array.from({ length: n }, (_, i) => i)),
  );

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

/** x + noise: one draw per example. */
const noisy = ({ x, ...rest }: Batch, random: Random) => ({ ...rest, x: add(x, random.uniform(x.shape)) });

async function valuesOf(batches: AsyncIterable<Batch>): Promise<number[][]> {
  const all: number[][] = [];
  for await (const { x } of batches) all.push(Array.from(x.dataSync()));
  return all;
}

describe("what transforms draw", () => {
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
});

describe("what is given back", () => {
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

  test("a view of what is replaced stays", async () => {
    const { loader } = noting(({ x, y }) => ({ x: reshape(x, [1, 1]), y }));
    const { value } = await loader.batches({ skip: 1 }).next();
    expect([value?.x.shape, value?.x.item()]).toEqual([[1, 1], 1]);
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
});

describe("prefetch", () => {
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
  const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

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
});
