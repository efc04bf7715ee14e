import { createRandom, flip, tensor } from "@conv/core";
import { expect, test } from "vitest";
import { randomFlip } from "./randomFlip.js";

const y = tensor(Int32Array.of(0));
const square = tensor([
  [
    [
      [1, 2],
      [3, 4],
    ],
  ],
]);

test("by hand: left and right, or top and bottom, are exchanged", () => {
  const batch = randomFlip(1)({ x: square, y }, createRandom(0));
  expect([batch.x.dataSync(), batch.y]).toEqual([Float32Array.of(2, 1, 4, 3), y]);
  const { x } = randomFlip(1, { axis: "vertical" })({ x: square, y }, createRandom(0));
  expect(x.dataSync()).toEqual(Float32Array.of(3, 4, 1, 2));
});

test.each([
  ["horizontal", -1],
  ["vertical", -2],
] as const)("%s is flip of @conv/core, and twice is nothing", (axis, dim) => {
  const x = createRandom(1).normal([2, 3, 4, 5]);
  const always = randomFlip(1, { axis });
  const once = always({ x, y }, createRandom(0));
  expect(once.x.dataSync()).toEqual(flip(x, dim).dataSync());
  expect(always(once, createRandom(0)).x.dataSync()).toEqual(x.dataSync());
  expect(randomFlip(0, { axis })({ x, y }, createRandom(0)).x.dataSync()).toEqual(x.dataSync());
});

test.each([0.5, 0.2])("each example is mirrored for itself, with p = %d", (p) => {
  const n = 5000;
  const x = tensor(
    Float32Array.from({ length: 2 * n }, (_, i) => i % 2),
    [n, 1, 2],
  );
  const first = randomFlip(p)({ x, y }, createRandom(7))
    .x.dataSync()
    .filter((_, i) => i % 2 === 0);
  const share = first.filter((value) => value === 1).length / n;
  expect(Math.abs(share - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / n));
});

test("errors", () => {
  expect(() => randomFlip(1.5)).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: randomFlip: p must be a probability from 0 to 1, got 1.5.]`,
  );
  expect(() => randomFlip(0.5, { axis: "both" as never })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: randomFlip: axis must be one of "horizontal", "vertical", got "both".]`,
  );
  expect(() => randomFlip()({ x: square, y })).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: randomFlip: it draws from random, which is missing. Pass random: createRandom(seed) to the DataLoader, or a generator as the second argument.]`,
  );
  const signal = tensor([[[1, 2]]]);
  expect(() =>
    randomFlip(1, { axis: "vertical" })({ x: signal, y }, createRandom(0)),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: randomFlip: x [1, 1, 2] has no vertical axis. Pass x [N, C, H, W].]`,
  );
});
