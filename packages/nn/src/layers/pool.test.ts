import { avgPool1d, avgPool2d, avgPool3d, maxPool1d, maxPool2d, maxPool3d, type Variable } from "@conv/autograd";
import { createRandom, type Tensor, tensor } from "@conv/core";
import { expect, test } from "vitest";
import { AvgPool1d, AvgPool2d, AvgPool3d, MaxPool1d, MaxPool2d, MaxPool3d } from "../index.js";

const random = createRandom(31);
const numbers = (x: Tensor | Variable) => [...x.dataSync()];
const signal = random.normal([2, 3, 11]);
const image = random.normal([2, 3, 9, 7]);
const volume = random.normal([1, 2, 5, 7, 6]);

test("by hand: windows of 2 × 2 have these largest pixels and these means", () => {
  const x = tensor([1, 2, 5, 6, 3, 4, 7, 9], [1, 1, 2, 4]);
  expect(numbers(new MaxPool2d(2).forward(x))).toEqual([4, 9]);
  expect(numbers(new AvgPool2d(2).forward(x))).toEqual([2.5, 6.75]);
});

test("the stride is the kernel's size by default", () => {
  expect(new MaxPool1d(3).forward(signal).shape).toEqual([2, 3, 3]);
  expect(new MaxPool2d([3, 2]).forward(image).shape).toEqual([2, 3, 3, 3]);
  expect(new AvgPool3d(2).forward(volume).shape).toEqual([1, 2, 2, 3, 3]);
});

const max = { stride: 2, padding: 1, dilation: 2, ceilMode: true } as const;
const average = { stride: 2, padding: 1, ceilMode: true, countIncludePad: false } as const;

test.each([
  ["MaxPool1d", new MaxPool1d(3, max), maxPool1d(signal, 3, max), signal],
  ["MaxPool2d", new MaxPool2d([2, 3], max), maxPool2d(image, [2, 3], max), image],
  ["MaxPool3d", new MaxPool3d(2, max), maxPool3d(volume, 2, max), volume],
  ["AvgPool1d", new AvgPool1d(3, average), avgPool1d(signal, 3, average), signal],
  ["AvgPool2d", new AvgPool2d([2, 3], average), avgPool2d(image, [2, 3], average), image],
  ["AvgPool3d", new AvgPool3d(2, average), avgPool3d(volume, 2, average), volume],
] as const)("%s is its operator with the layer's options", (_, layer, expected, x) => {
  const y = layer.forward(x);
  expect([y.shape, numbers(y)]).toEqual([expected.shape, numbers(expected)]);
});

test("every option matters: without it the result is another", () => {
  const options = { ...average, divisorOverride: 5 };
  const full = new AvgPool2d(3, options).forward(image);
  for (const name of ["stride", "padding", "divisorOverride"] as const) {
    const { [name]: _, ...rest } = options;
    const y = new AvgPool2d(3, rest).forward(image);
    expect([y.shape, numbers(y)], name).not.toEqual([full.shape, numbers(full)]);
  }
});

test("pooling layers have no parameters", () => {
  expect([new MaxPool2d(2), new AvgPool2d(2)].flatMap((layer) => Object.keys(layer.stateDict()))).toEqual([]);
});

test("a pooling layer refuses options and sizes, when it runs at the latest", () => {
  const image4 = tensor(new Float32Array(16), [1, 1, 4, 4]);
  const run = (make: () => MaxPool2d | AvgPool2d) => () => make().forward(image4);
  expect(run(() => new MaxPool2d(2, { strides: 1 } as never))).toThrow("unknown option strides. Did you mean stride?");
  expect(run(() => new AvgPool2d(2, { dilation: 2 } as never))).toThrow(
    "unknown option dilation. It takes stride, padding, ceilMode, countIncludePad, divisorOverride.",
  );
  expect(run(() => new MaxPool2d(2, { padding: 2 }))).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: maxPool2d: padding [2, 2] exceeds half of the window, which spans 2 pixels along spatial axis 0. Use at most 1, or pad first, with mode "constant".]`,
  );
  expect(run(() => new MaxPool2d(5))).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: maxPool2d: the window spans 5 pixels along spatial axis 0, but x [1, 1, 4, 4] with padding [0, 0] has 4. Use a smaller kernelSize.]`,
  );
  expect(run(() => new AvgPool2d(0))).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: avgPool2d: kernelSize must be a positive integer, got 0.]`,
  );
});

test("a pooling layer refuses wrong options when it is made, as Conv2d does", () => {
  expect(() => new MaxPool2d(2, { strides: 1 } as never)).toThrow("stride");
});
