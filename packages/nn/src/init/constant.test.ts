import { conv2d, createRandom, type Tensor } from "@conv/core";
import { expect, test } from "vitest";
import { constant, dirac, eye, ones, zeros } from "./constant.js";

const numbers = (x: Tensor) => [...x.dataSync()];

test("by hand: the same value everywhere", () => {
  expect([numbers(constant([2, 2], 0.5)), constant([2, 2], 0.5).shape]).toEqual([
    [0.5, 0.5, 0.5, 0.5],
    [2, 2],
  ]);
  expect([numbers(zeros([2])), numbers(ones([2])), numbers(ones([]))]).toEqual([[0, 0], [1, 1], [1]]);
});

test("by hand: eye is 1 on the diagonal, whatever the number of rows and columns", () => {
  expect(numbers(eye([2, 3]))).toEqual([1, 0, 0, 0, 1, 0]);
  expect(numbers(eye([3, 2]))).toEqual([1, 0, 0, 1, 0, 0]);
  expect(() => eye([2, 2, 3])).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: eye: a matrix has two axes, [out, in], but the shape is [2, 2, 3]. Use dirac for filters.]`,
  );
});

test("by hand: dirac has a 1 in the middle of the filter that passes a channel on; as PyTorch's dirac_", () => {
  expect(numbers(dirac([2, 2, 3]))).toEqual([0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]);
  expect(numbers(dirac([1, 1, 2]))).toEqual([0, 1]);
  expect(numbers(dirac([4, 1, 3], { groups: 2 }))).toEqual([0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
  expect(numbers(dirac([3, 1, 1, 1, 1]))).toEqual([1, 0, 0]);
});

test("a convolution with dirac's filters passes images on, in groups too", () => {
  const x = createRandom(1).normal([2, 4, 5, 6]);
  const w = dirac([4, 2, 3, 5], { groups: 2 });
  expect(numbers(conv2d(x, w, { padding: "same", groups: 2 }))).toEqual(numbers(x));
});

test("refuses shapes and groups that make no filters", () => {
  expect(() => dirac([2, 2])).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: dirac: filters have 3 to 5 axes, [out, in/groups, …kernel], but the shape is [2, 2]. Use eye for a matrix.]`,
  );
  expect(() => dirac([3, 1, 3], { groups: 2 })).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: dirac: groups 2 must divide the 3 filters of [3, 1, 3].]`,
  );
  expect(() => dirac([3, 1, 3], { group: 3 } as never)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: dirac: unknown option group. Did you mean groups?]`,
  );
  expect(() => constant([2], Number.NaN)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: constant: value must be a number, got NaN.]`,
  );
});
