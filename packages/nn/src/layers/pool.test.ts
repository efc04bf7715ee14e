import {
  adaptiveAvgPool2d,
  adaptiveMaxPool3d,
  avgPool1d,
  avgPool2d,
  avgPool3d,
  globalAvgPool,
  globalMaxPool,
  lpPool1d,
  lpPool2d,
  lpPool3d,
  maxPool1d,
  maxPool2d,
  maxPool3d,
  type Variable,
} from "@conv/autograd";
import { createRandom, type Tensor, tensor } from "@conv/core";
import { expect, test } from "vitest";
import {
  AdaptiveAvgPool2d,
  AdaptiveAvgPool3d,
  AdaptiveMaxPool1d,
  AdaptiveMaxPool3d,
  AvgPool1d,
  AvgPool2d,
  AvgPool3d,
  GlobalAvgPool,
  GlobalMaxPool,
  LPPool1d,
  LPPool2d,
  LPPool3d,
  MaxPool1d,
  MaxPool2d,
  MaxPool3d,
} from "../index.js";

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

test("by hand: Euclidean norms of pairs; means and maxima of halves that share a pixel, and of all", () => {
  const x = tensor([3, 4, 6, 8, 0], [1, 1, 5]);
  expect(numbers(new LPPool1d(2, 2).forward(x))).toEqual([5, 10]);
  expect(numbers(new AdaptiveMaxPool1d(2).forward(x))).toEqual([6, 8]); // pixels 0 to 2 and 2 to 4
  expect(numbers(new GlobalAvgPool().forward(x))).toEqual([Math.fround(21 / 5)]);
  expect(new GlobalMaxPool().forward(image).shape).toEqual([2, 3, 1, 1]);
});

test("the stride is the kernel's size by default", () => {
  expect(new MaxPool1d(3).forward(signal).shape).toEqual([2, 3, 3]);
  expect(new MaxPool2d([3, 2]).forward(image).shape).toEqual([2, 3, 3, 3]);
  expect(new AvgPool3d(2).forward(volume).shape).toEqual([1, 2, 2, 3, 3]);
});

const max = { stride: 2, padding: 1, dilation: 2, ceilMode: true } as const;
const norm = { stride: 2, ceilMode: true } as const;
const average = { stride: 2, padding: 1, ceilMode: true, countIncludePad: false } as const;

test.each([
  ["MaxPool1d", new MaxPool1d(3, max), maxPool1d(signal, 3, max), signal],
  ["MaxPool2d", new MaxPool2d([2, 3], max), maxPool2d(image, [2, 3], max), image],
  ["MaxPool3d", new MaxPool3d(2, max), maxPool3d(volume, 2, max), volume],
  ["AvgPool1d", new AvgPool1d(3, average), avgPool1d(signal, 3, average), signal],
  ["AvgPool2d", new AvgPool2d([2, 3], average), avgPool2d(image, [2, 3], average), image],
  ["AvgPool3d", new AvgPool3d(2, average), avgPool3d(volume, 2, average), volume],
  ["LPPool1d", new LPPool1d(2, 3, norm), lpPool1d(signal, 2, 3, norm), signal],
  ["LPPool2d", new LPPool2d(4, [2, 3], norm), lpPool2d(image, 4, [2, 3], norm), image],
  ["LPPool3d", new LPPool3d(2, 2, norm), lpPool3d(volume, 2, 2, norm), volume],
  ["AdaptiveAvgPool2d", new AdaptiveAvgPool2d([4, null]), adaptiveAvgPool2d(image, [4, null]), image],
  ["AdaptiveMaxPool3d", new AdaptiveMaxPool3d([2, 3, 4]), adaptiveMaxPool3d(volume, [2, 3, 4]), volume],
  ["GlobalAvgPool", new GlobalAvgPool(), globalAvgPool(image), image],
  ["GlobalMaxPool", new GlobalMaxPool(), globalMaxPool(volume), volume],
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

const refused = (make: () => unknown) => expect(make);

test("a pooling layer refuses wrong options when it is made, in its own name", () => {
  refused(() => new MaxPool2d(2, { strides: 1 } as never)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: MaxPool2d: unknown option strides. Did you mean stride?]`,
  );
  refused(() => new AvgPool2d(2, { dilation: 2 } as never)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: AvgPool2d: unknown option dilation. It takes stride, padding, ceilMode, countIncludePad, divisorOverride.]`,
  );
  refused(() => new LPPool2d(2, 2, { padding: 1 } as never)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: LPPool2d: unknown option padding. It takes stride, ceilMode.]`,
  );
  refused(() => new MaxPool3d(2, { ceilMode: 1 } as never)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: MaxPool3d: ceilMode must be true or false, got 1.]`,
  );
  refused(() => new AvgPool1d(2, { divisorOverride: 0 })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: AvgPool1d: divisorOverride must be a positive integer, got 0.]`,
  );
});

test("a pooling layer refuses wrong sizes when it is made, in its own name", () => {
  refused(() => new MaxPool2d(2, { padding: 2 })).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: MaxPool2d: padding [2, 2] exceeds half of the window, which spans 2 pixels along spatial axis 0. Use at most 1, or pad first, with mode "constant".]`,
  );
  refused(() => new AvgPool2d(0)).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: AvgPool2d: kernelSize must be a positive integer, got 0.]`,
  );
  refused(() => new AvgPool3d([2, 2])).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: AvgPool3d: kernelSize must be one number or an array of 3, got [2, 2].]`,
  );
  refused(() => new MaxPool1d(2, { stride: 0 })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: MaxPool1d: stride must be a positive integer, got 0.]`,
  );
  refused(() => new LPPool1d(0, 2)).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: LPPool1d: normType must be a positive, finite number, got 0. Use 1 for sums, 2 for Euclidean norms.]`,
  );
  refused(() => new LPPool2d(Number.POSITIVE_INFINITY, 2)).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: LPPool2d: normType must be a positive, finite number, got Infinity. Use maxPool2d for the maximum.]`,
  );
  refused(() => new AdaptiveAvgPool2d([2])).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: AdaptiveAvgPool2d: outputSize must be one number or an array of 2, got [2].]`,
  );
  refused(() => new AdaptiveMaxPool1d(-1)).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: AdaptiveMaxPool1d: outputSize must be an integer of at least 0, got -1.]`,
  );
  refused(() => new AdaptiveAvgPool3d(undefined as never)).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: AdaptiveAvgPool3d: outputSize must be an integer of at least 0, got undefined.]`,
  );
});

test("an image that is too small is refused when it comes", () => {
  expect(() => new MaxPool2d(5).forward(tensor(new Float32Array(16), [1, 1, 4, 4]))).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: maxPool2d: the window spans 5 pixels along spatial axis 0, but x [1, 1, 4, 4] with padding [0, 0] has 4. Use a smaller kernelSize.]`,
  );
});

test('nothing is refused that some image would fit: partial windows, wide dilations, "same"', () => {
  expect(new MaxPool2d(2, { stride: 5, padding: 1, ceilMode: true }).forward(image).shape).toEqual([2, 3, 2, 2]);
  expect(new MaxPool1d(2, { dilation: 9 }).forward(signal).shape).toEqual([2, 3, 1]);
  expect(new AvgPool1d(4, { stride: 1, padding: "same" }).forward(signal).shape).toEqual([2, 3, 11]);
});
