import { createRandom, ones, tensor } from "@conv/core";
import { expect, test } from "vitest";
import { cutout } from "./cutout.js";

const y = tensor(Int32Array.of(0));
/** A generator whose draws are given: the first decides whether, then the row and the column of the centre. */
const drawing = (...draws: number[]) => ({ ...createRandom(0), integer: () => draws.shift() ?? 0 });
const cut = (size: number | number[], row: number, column: number) => {
  const values = Array.from(cutout(size)({ x: ones([1, 1, 4, 4]), y }, drawing(0, row, column)).x.dataSync());
  return [0, 4, 8, 12].map((i) => values.slice(i, i + 4).join(""));
};

test("by hand: a square of two around the pixel (2, 1), and one clipped by the border", () => {
  expect(cut(2, 2, 1)).toEqual(["1111", "0011", "0011", "1111"]);
  expect(cut(2, 0, 3)).toEqual(["1100", "1111", "1111", "1111"]);
  expect(cut(3, 3, 0)).toEqual(["1111", "1111", "0011", "0011"]);
  expect(cut([1, 4], 1, 1)).toEqual(["1111", "0001", "1111", "1111"]);
});

test("all channels are cut alike; fill and y", () => {
  const batch = cutout(2, { fill: 5 })({ x: ones([1, 2, 2, 2]), y }, drawing(0, 1, 1));
  expect([batch.x.dataSync(), batch.y]).toEqual([Float32Array.of(5, 5, 5, 5, 5, 5, 5, 5), y]);
});

test("the centre is any pixel, each equally likely", () => {
  const n = 8000;
  const values = cutout(1)({ x: ones([n, 1, 2, 2]), y }, createRandom(3)).x.dataSync();
  for (let pixel = 0; pixel < 4; pixel++) {
    const share = values.filter((value, i) => i % 4 === pixel && value === 0).length / n;
    expect(Math.abs(share - 0.25)).toBeLessThan(4 * Math.sqrt(3 / 16 / n));
  }
});

test("p is the share of images that are cut", () => {
  const n = 5000;
  const values = cutout(1, { p: 0.3 })({ x: ones([n, 1, 1]), y }, createRandom(3)).x.dataSync();
  const share = values.filter((value) => value === 0).length / n;
  expect(Math.abs(share - 0.3)).toBeLessThan(4 * Math.sqrt(0.21 / n));
});

test("x itself is not changed; size 0 cuts nothing", () => {
  const x = ones([1, 1, 2, 2]);
  cutout(2)({ x, y }, createRandom(0));
  expect(x.dataSync()).toEqual(Float32Array.of(1, 1, 1, 1));
  expect(cutout(0)({ x, y }, createRandom(0)).x.dataSync()).toEqual(x.dataSync());
});

test("errors", () => {
  expect(() => cutout(-2)).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: cutout: size must be an integer of at least 0, got -2.]`,
  );
  expect(() => cutout(2, { p: 2 })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: cutout: p must be a probability from 0 to 1, got 2.]`,
  );
  expect(() => cutout(2)({ x: ones([1, 1, 2, 2]), y })).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: cutout: it draws from random, which is missing. Pass random: createRandom(seed) to the DataLoader, or a generator as the second argument.]`,
  );
});
