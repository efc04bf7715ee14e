import { sum, variable } from "@conv/autograd";
import { createRandom, ones, ShapeError } from "@conv/core";
import { expect, test } from "vitest";
import { Flatten, Unflatten } from "../index.js";

const shape = (layer: Unflatten, ...axes: number[]) => layer.forward(ones(axes)).shape;

test("by hand: rows of 12 become images, in the same order; Flatten undoes it", () => {
  const x = createRandom(0).normal([2, 12]);
  const y = new Unflatten(1, [3, 2, 2]).forward(x);
  expect(y.shape).toEqual([2, 3, 2, 2]);
  expect([...y.dataSync()]).toEqual([...x.dataSync()]);
  expect(new Flatten().forward(y).shape).toEqual([2, 12]);
});

test("any axis splits, one length may be left open", () => {
  expect(shape(new Unflatten(0, [2, -1]), 6, 5)).toEqual([2, 3, 5]);
  expect(shape(new Unflatten(-1, [5, 1]), 6, 5)).toEqual([6, 5, 1]);
  expect(shape(new Unflatten(1, [0, 4]), 6, 0)).toEqual([6, 0, 4]);
});

test("the gradient comes back in the old shape", () => {
  const x = variable(ones([2, 6]));
  sum(new Unflatten(1, [2, 3]).forward(x)).backward();
  expect(x.grad?.shape).toEqual([2, 6]);
});

test("refuses lengths that are none when it is made, and axes that do not split when they come", () => {
  expect(() => new Unflatten(0.5, [2])).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: Unflatten: dim must be an integer, got 0.5.]`,
  );
  expect(() => new Unflatten(1, 4 as never)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: Unflatten: shape must be an array of lengths such as [4, 7, 7], got 4.]`,
  );
  expect(() => new Unflatten(1, [-1, -1])).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: Unflatten: shape [-1, -1] leaves more than one length open. Use at most one -1.]`,
  );
  expect(() => new Unflatten(1, [2, -2])).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: Unflatten: a length must be an integer of at least -1, got -2.]`,
  );
  expect(() => shape(new Unflatten(1, [4, 2]), 2, 12)).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: Unflatten: axis 1 of x [2, 12] does not split into [4, 2]. Use lengths whose product it is.]`,
  );
  expect(() => shape(new Unflatten(1, [5, -1]), 2, 12)).toThrow(ShapeError);
  expect(() => shape(new Unflatten(1, [0, -1]), 2, 12)).toThrow(ShapeError);
  expect(() => shape(new Unflatten(2, [12]), 2, 12)).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: Unflatten: dim 2 is not an axis of [2, 12]. Use -2 to 1.]`,
  );
});
