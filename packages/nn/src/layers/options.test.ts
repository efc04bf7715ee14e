import { type Shape, zeros } from "@conv/core";
import { expect, test } from "vitest";
import {
  AvgPool2d,
  Conv2d,
  ConvTranspose2d,
  Fold,
  LPPool2d,
  MaxPool2d,
  type Module,
  Unfold,
  Upsample,
} from "../index.js";

const IMAGE = [1, 1, 4, 4];

const LAYERS: readonly [name: string, make: (options: { stride: number }) => Module, inputShape: Shape][] = [
  ["Conv2d", (options) => new Conv2d(1, 1, 2, options), IMAGE],
  ["ConvTranspose2d", (options) => new ConvTranspose2d(1, 1, 2, options), IMAGE],
  ["MaxPool2d", (options) => new MaxPool2d(2, options), IMAGE],
  ["AvgPool2d", (options) => new AvgPool2d(2, options), IMAGE],
  ["LPPool2d", (options) => new LPPool2d(2, 2, options), IMAGE],
  ["Unfold", (options) => new Unfold(2, options), IMAGE],
  ["Fold", (options) => new Fold([4, 4], 2, options), [1, 4, 4]],
];

test.each(LAYERS)("%s keeps the options it was made with when their object is used again", (_, make, inputShape) => {
  const options = { stride: 2 };
  const layer = make(options);
  options.stride = 1;
  expect(layer.forward(zeros(inputShape) as never).shape).toEqual(
    make({ stride: 2 }).forward(zeros(inputShape) as never).shape,
  );
});

test("so does Upsample: twice the size stays twice the size", () => {
  const options = { scaleFactor: 2 };
  const layer = new Upsample(options);
  options.scaleFactor = 3;
  expect(layer.forward(zeros(IMAGE)).shape).toEqual([1, 1, 8, 8]);
});
