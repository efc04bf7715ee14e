import { sum, type Variable, variable } from "@conv/autograd";
import { createRandom, type Tensor, tensor } from "@conv/core";
import { expect, test } from "vitest";
import { Pad1d, Pad2d, Pad3d } from "../index.js";

const numbers = (x: Tensor | Variable | undefined) => [...(x?.dataSync() ?? [])];
const signal = tensor([1, 2, 3], [1, 1, 3]);

test("by hand: what stands around 1 2 3", () => {
  const around = (padding: [number, number], options?: ConstructorParameters<typeof Pad1d>[1]) =>
    numbers(new Pad1d([padding], options).forward(signal));
  expect(around([2, 1])).toEqual([0, 0, 1, 2, 3, 0]);
  expect(around([2, 1], { mode: "constant", value: 7 })).toEqual([7, 7, 1, 2, 3, 7]);
  expect(around([2, 1], { mode: "circular" })).toEqual([2, 3, 1, 2, 3, 1]);
  expect(around([2, 1], { mode: "reflect" })).toEqual([3, 2, 1, 2, 3, 2]);
  expect(around([2, 1], { mode: "replicate" })).toEqual([1, 1, 1, 2, 3, 3]);
  expect(around([1, 0], { mode: "mean" })).toEqual([2, 1, 2, 3]);
});

test("one number is for all sides, one per axis for both of its sides", () => {
  const [image, volume] = [createRandom(1).normal([2, 3, 4, 5]), createRandom(2).normal([1, 1, 2, 3, 4])];
  expect(new Pad2d(1).forward(image).shape).toEqual([2, 3, 6, 7]);
  expect(new Pad2d([2, 1]).forward(image).shape).toEqual([2, 3, 8, 7]);
  expect(new Pad2d([[1, 0], 2]).forward(image).shape).toEqual([2, 3, 5, 9]);
  expect(new Pad3d([0, 1, [0, 2]]).forward(volume).shape).toEqual([1, 1, 2, 5, 6]);
});

test("the gradient of a copy goes to the pixel that it copies", () => {
  const x = variable(signal);
  sum(new Pad1d([[2, 1]], { mode: "replicate" }).forward(x)).backward();
  expect(numbers(x.grad)).toEqual([3, 1, 2]);
});

test("refuses wrong paddings and modes when it is made, and images of other axes when they come", () => {
  expect(() => new Pad2d(-1)).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: Pad2d: padding must be an integer of at least 0, got -1.]`,
  );
  expect(() => new Pad2d([1, 1, 1, 1])).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: Pad2d: padding must be one number, or an array of 2: a number or [before, after] for each spatial axis. Got 4.]`,
  );
  expect(() => new Pad1d(1, { mode: "edge" as never })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: Pad1d: mode must be one of "zeros", "constant", "circular", "reflect", "replicate", "mean", got "edge".]`,
  );
  expect(() => new Pad1d(1, { value: 3 })).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: Pad1d: value is for mode "constant", but mode is "zeros". Leave it out, or change the mode.]`,
  );
  expect(() => new Pad3d(1, { paddingMode: "zeros" } as never)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: Pad3d: unknown option paddingMode. Did you mean mode?]`,
  );
  expect(() => new Pad2d(1).forward(signal)).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: Pad2d: x must have 4 axes, [N, C, …], but its shape is [1, 1, 3]. Reshape it.]`,
  );
  expect(() => new Pad1d(3, { mode: "reflect" }).forward(signal)).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: pad: "reflect" padding mirrors the image without its edge, at most 2 of the 3 pixels along spatial axis 0, but padding is [3, 3]. Pad less, or use "circular" or "replicate".]`,
  );
});
