import { BackendError, cpu, createRandom, Tensor, tensor } from "@conv/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { randomShift } from "./randomShift.js";

const y = tensor(Int32Array.of(0));
const [h, w] = [4, 5];
/** n copies of an image whose pixels are 1, 2, 3, … */
const copies = (n: number) =>
  tensor(
    Float32Array.from({ length: n * h * w }, (_, i) => 1 + (i % (h * w))),
    [n, 1, h, w],
  );

/** The image 1, 2, 3, … moved by hand; what comes in is `fill`. */
const moved = (down: number, right: number, fill = 0) =>
  Array.from({ length: h * w }, (_, i) => {
    const [row, column] = [Math.floor(i / w) - down, (i % w) - right];
    return row >= 0 && row < h && column >= 0 && column < w ? 1 + row * w + column : fill;
  });

const images = (x: Tensor) => {
  const values = Array.from(x.dataSync());
  return Array.from({ length: x.shape[0] }, (_, n) => values.slice(n * h * w, (n + 1) * h * w));
};

test("by hand: the draws 1, −1 move the image down by one and left by one", () => {
  const draws = [2, 0]; // of 0, 1, 2, which stand for −1, 0, 1
  const random = { ...createRandom(0), integer: () => draws.shift() ?? 0 };
  const batch = randomShift(1)(
    {
      x: tensor([
        [
          [
            [1, 2],
            [3, 4],
          ],
        ],
      ]),
      y,
    },
    random,
  );
  expect(batch.x.dataSync()).toEqual(Float32Array.of(0, 0, 2, 0));
  expect(batch.y).toBe(y);
});

test("every shift of the range comes, each equally often, and none other", () => {
  const n = 9000;
  const seen = new Map<string, number>();
  for (const image of images(randomShift(1)({ x: copies(n), y }, createRandom(1)).x)) {
    const key = image.join();
    seen.set(key, (seen.get(key) ?? 0) + 1);
  }
  const shifts = [-1, 0, 1].flatMap((down) => [-1, 0, 1].map((right) => moved(down, right).join()));
  expect([...seen.keys()].sort()).toEqual(shifts.sort());
  for (const count of seen.values()) expect(Math.abs(count / n - 1 / 9)).toBeLessThan(4 * Math.sqrt(8 / 81 / n));
});

test("rows and columns may differ; fill comes in; all channels of an image move alike", () => {
  const x = tensor([...moved(0, 0), ...moved(0, 0)], [1, 2, h, w]);
  const shift = randomShift([0, 2], { fill: -1 });
  const possible = [-2, -1, 0, 1, 2].map((right) => [...moved(0, right, -1), ...moved(0, right, -1)].join());
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      expect(possible).toContain(shift({ x, y }, createRandom(seed)).x.dataSync().join());
    }),
  );
});

test("moved and moved back, the middle is as it was", () => {
  const there = { ...createRandom(0), integer: () => 2 }; // + 1
  const back = { ...createRandom(0), integer: () => 0 }; // − 1
  const shift = randomShift(1);
  const { x } = shift(shift({ x: copies(1), y }, there), back);
  const values = x.dataSync();
  for (let i = 0; i < h - 1; i++) for (let j = 0; j < w - 1; j++) expect(values[i * w + j]).toBe(1 + i * w + j);
});

test("no pixels, no shift: the same values in a new tensor; signals have one axis; types stay", () => {
  const x = copies(2);
  const same = randomShift(0)({ x, y }, createRandom(0)).x;
  expect([same === x, same.shape, same.dataSync()]).toEqual([false, x.shape, x.dataSync()]);
  const signal = tensor(Int32Array.of(1, 2, 3), [1, 1, 3]);
  const shifts = [
    [3, 0, 0],
    [2, 3, 0],
    [1, 2, 3],
    [0, 1, 2],
    [0, 0, 1],
  ].map((s) => s.join());
  const result = randomShift(2)({ x: signal, y }, createRandom(3)).x;
  expect([result.dtype, result.shape]).toEqual(["int32", [1, 1, 3]]);
  expect(shifts).toContain(result.dataSync().join());
});

test("a generator of its own goes on from batch to batch, and comes before the one it is called with", () => {
  const own = randomShift(2, { random: createRandom(1) });
  const first = own({ x: copies(9), y }, createRandom(5)).x.dataSync();
  expect(own({ x: copies(9), y }, createRandom(5)).x.dataSync()).not.toEqual(first);
  expect(randomShift(2)({ x: copies(9), y }, createRandom(1)).x.dataSync()).toEqual(first);
});

test("what else a batch has passes through", () => {
  const batch = { x: copies(1), y, weight: 3 };
  expect(randomShift(1)(batch, createRandom(0))).toMatchObject({ y, weight: 3 });
});

test("errors", () => {
  expect(() => randomShift(-1)).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: randomShift: pixels must be an integer of at least 0, got -1.]`,
  );
  expect(() => randomShift(1.5)).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: randomShift: pixels must be an integer of at least 0, got 1.5.]`,
  );
  expect(() => randomShift(1, { fil: 0 } as never)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: randomShift: unknown option fil. It takes fill, random.]`,
  );
  expect(() => randomShift(1)({ x: copies(1), y })).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: randomShift: it draws from random, which is missing. Pass random: createRandom(seed) to the DataLoader, or a generator as the second argument.]`,
  );
  expect(() => randomShift(1)({ x: tensor([[1, 2]]), y }, createRandom(0))).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: randomShift: x [1, 2] must be [N, C, H, W] or [N, C, L].]`,
  );
  expect(() => randomShift([1, 2])({ x: tensor([[[1]]]), y }, createRandom(0))).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: randomShift: pixels must be one number or an array of 1, got [1, 2].]`,
  );
  const far = {
    ...cpu,
    name: "far",
    readSync: () => {
      throw new BackendError("far away");
    },
  };
  const remote = new Tensor(far, [1, 1, 1], "float32", Float32Array.of(1));
  expect(() => randomShift(1)({ x: remote, y }, createRandom(0))).toThrowErrorMatchingInlineSnapshot(
    `[BackendError: randomShift: x is on far, which does not give its elements at once. Let the transform that moves batches there be the last.]`,
  );
});
