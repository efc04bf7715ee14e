import { createRandom, pad, slice, tensor } from "@conv/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type BorderMode, randomCrop } from "./randomCrop.js";
import { randomShift } from "./randomShift.js";

const y = tensor(Int32Array.of(0));
/** A generator whose draws are given. */
const drawing = (...draws: number[]) => ({ ...createRandom(0), integer: () => draws.shift() ?? 0 });
const counting = (h: number, w: number) =>
  tensor(
    Float32Array.from({ length: h * w }, (_, i) => 1 + i),
    [1, 1, h, w],
  );

test("by hand: the window that begins in row 1, column 0", () => {
  const batch = randomCrop(2)({ x: counting(3, 3), y }, drawing(1, 0));
  expect([batch.x.shape, batch.x.dataSync()]).toEqual([[1, 1, 2, 2], Float32Array.of(4, 5, 7, 8)]);
  expect(batch.y).toBe(y);
});

test.each(["constant", "reflect", "replicate", "circular"] as const)("%s: a window of what pad makes", (mode) => {
  const sizes = fc.record({
    h: fc.integer({ min: 3, max: 5 }),
    w: fc.integer({ min: 3, max: 5 }),
    p: fc.nat(2),
    q: fc.nat(2),
  });
  fc.assert(
    fc.property(sizes, fc.nat(), ({ h, w, p, q }, seed) => {
      const x = createRandom(seed).normal([2, 2, h, w]);
      const padded = pad(
        x,
        [
          [p, p],
          [q, q],
        ],
        { mode, ...(mode === "constant" ? { value: 7 } : {}) },
      );
      const [top, left] = [seed % (h + 2 * p - 1), seed % (w + 2 * q - 2)];
      const crop = randomCrop([2, 3], { padding: [p, q], mode, fill: 7 });
      const window = slice(slice(padded, { dim: 2, start: top, end: top + 2 }), { dim: 3, start: left, end: left + 3 });
      expect(crop({ x, y }, drawing(top, left, top, left)).x.dataSync()).toEqual(window.dataSync());
    }),
  );
});

test("of its own size, padded with zeros, it is a random shift", () => {
  const x = createRandom(1).normal([5, 2, 6, 6]);
  for (let draw = 0; draw < 5; draw++) {
    const opposite = 4 - draw; // the window moves down: the image moves up
    const constant = (value: number) => ({ ...createRandom(0), integer: () => value });
    expect(randomCrop(6, { padding: 2 })({ x, y }, constant(draw)).x.dataSync()).toEqual(
      randomShift(2)({ x, y }, constant(opposite)).x.dataSync(),
    );
  }
});

test("every place comes, each equally often", () => {
  const n = 6000;
  const plane = Array.from(counting(3, 4).dataSync());
  const x = tensor(
    Float32Array.from({ length: 12 * n }, (_, i) => plane[i % 12]),
    [n, 1, 3, 4],
  );
  const corners = randomCrop([2, 2])({ x, y }, createRandom(4))
    .x.dataSync()
    .filter((_, i) => i % 4 === 0);
  const seen = new Map<number, number>();
  for (const corner of corners) seen.set(corner, (seen.get(corner) ?? 0) + 1);
  expect([...seen.keys()].sort((a, b) => a - b)).toEqual([1, 2, 3, 5, 6, 7]);
  for (const count of seen.values()) expect(Math.abs(count / n - 1 / 6)).toBeLessThan(4 * Math.sqrt(5 / 36 / n));
});

test("signals are cut along their only axis", () => {
  const x = tensor(Float32Array.of(1, 2, 3, 4), [1, 1, 4]);
  const batch = randomCrop(2)({ x, y }, drawing(0, 2));
  expect([batch.x.shape, batch.x.dataSync()]).toEqual([[1, 1, 2], Float32Array.of(3, 4)]);
});

test("errors", () => {
  const crop = (size: number, padding: number, mode?: BorderMode) =>
    randomCrop(size, { padding, mode })({ x: counting(3, 3), y }, createRandom(0));
  expect(() => crop(4, 0)).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: randomCrop: the window [4, 4] is larger than x [1, 1, 3, 3] with padding [0, 0]. Use a smaller size or more padding.]`,
  );
  expect(() => crop(2, 3, "reflect")).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: randomCrop: padding 3 with mode "reflect" needs more than the 3 pixels of this axis. Use at most 2.]`,
  );
  expect(() => crop(2, 4, "circular")).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: randomCrop: padding 4 with mode "circular" needs more than the 3 pixels of this axis. Use at most 3.]`,
  );
  expect(() => randomCrop(2, { mode: "zeros" as never })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: randomCrop: mode must be one of "constant", "reflect", "replicate", "circular", got "zeros".]`,
  );
  expect(() => randomCrop(0)).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: randomCrop: size must be a positive integer, got 0.]`,
  );
  expect(() => randomCrop(2)({ x: counting(3, 3), y })).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: randomCrop: it draws from random, which is missing. Pass random: createRandom(seed) to the DataLoader, or a generator as the second argument.]`,
  );
});
