import { tensor } from "@conv/core";
import { expect, test } from "vitest";
import { centerCrop } from "./centerCrop.js";

const y = tensor(Int32Array.of(0));
const row = (...values: number[]) => ({ x: tensor(Float32Array.from(values), [1, 1, 1, values.length]), y });
const cropped = (size: number, ...values: number[]) => Array.from(centerCrop([1, size])(row(...values)).x.dataSync());

test("by hand: the middle two of four", () => {
  const batch = centerCrop(2)({
    x: tensor(
      Float32Array.from({ length: 16 }, (_, i) => i),
      [1, 1, 4, 4],
    ),
    y,
  });
  expect([batch.x.shape, batch.x.dataSync()]).toEqual([[1, 1, 2, 2], Float32Array.of(5, 6, 9, 10)]);
  expect(batch.y).toBe(y);
});

test("an odd rest is halved as torchvision does: rounded to even", () => {
  expect(cropped(1, 1, 2)).toEqual([1]); // ½ → 0
  expect(cropped(1, 1, 2, 3, 4)).toEqual([3]); // 1½ → 2
  expect(cropped(1, 1, 2, 3, 4, 5, 6)).toEqual([3]); // 2½ → 2
});

test("smaller images come into the middle of zeros", () => {
  expect(cropped(4, 1, 2)).toEqual([0, 1, 2, 0]);
  expect(cropped(3, 1, 2)).toEqual([1, 2, 0]); // torchvision puts ⌊½⌋ before
});

test("signals have one axis", () => {
  const { x } = centerCrop(2)({ x: tensor([[[1, 2, 3, 4]]]), y });
  expect([x.shape, x.dataSync()]).toEqual([[1, 1, 2], Float32Array.of(2, 3)]);
});

test("errors", () => {
  expect(() => centerCrop(0)).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: centerCrop: size must be a positive integer, got 0.]`,
  );
  expect(() => centerCrop([1, 2])({ x: tensor([[[1]]]), y })).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: centerCrop: size must be one number or an array of 1, got [1, 2].]`,
  );
});
