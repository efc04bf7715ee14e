import { col2im, im2col, type Variable } from "@conv/autograd";
import { createRandom, matmul, reshape, type Tensor, tensor } from "@conv/core";
import { describe, expect, test } from "vitest";
import { Conv2d, Fold, Unfold } from "../index.js";

const random = createRandom(51);
const numbers = (x: Tensor | Variable) => [...x.dataSync()];
const dot = (a: Tensor | Variable, b: Tensor | Variable) => {
  const bs = numbers(b);
  return numbers(a).reduce((total, v, i) => total + v * bs[i], 0);
};
const sizes = { stride: [2, 1], padding: 1, dilation: [1, 2] } as const;

describe("Unfold", () => {
  test("by hand: the pairs of four neighbours, one column each", () => {
    const y = new Unfold(2).forward(tensor([1, 2, 3, 4], [1, 1, 4]));
    expect([y.shape, numbers(y)]).toEqual([
      [1, 2, 3],
      [1, 2, 3, 2, 3, 4],
    ]);
  });

  test("a convolution is a product with it", () => {
    const layer = new Conv2d(3, 5, [3, 2], { ...sizes, bias: false });
    const x = random.normal([1, 3, 6, 7]);
    const columns = reshape(new Unfold([3, 2], sizes).forward(x).value, [18, -1]);
    const product = numbers(matmul(reshape(layer.weight.value, [5, 18]), columns));
    numbers(layer.forward(x)).forEach((v, i) => void expect(product[i]).toBeCloseTo(v, 5));
  });

  test("is im2col with the layer's options", () => {
    const x = random.normal([2, 3, 6, 7]);
    expect(numbers(new Unfold(2, sizes).forward(x))).toEqual(numbers(im2col(x, { kernelSize: 2, ...sizes })));
  });

  test("refuses wrong sizes when it is made", () => {
    expect(() => new Unfold(0)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: Unfold: kernelSize must be a positive integer, got 0.]`,
    );
    expect(() => new Unfold(2, { stride: [1, 0] })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: Unfold: stride must be a positive integer, got 0.]`,
    );
    expect(() => new Unfold([2, 2], { padding: [1] })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: Unfold: padding must be one number, or an array of 2: a number or [before, after] for each spatial axis. Got 1.]`,
    );
    expect(() => new Unfold(2, { strides: 2 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: Unfold: unknown option strides. Did you mean stride?]`,
    );
    expect(() => new Unfold({ kernelSize: 2 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: Unfold: kernelSize must be a positive integer, got an object.]`,
    );
  });
});

describe("Fold", () => {
  test("by hand: entries of one pixel add up", () => {
    const y = new Fold([4], 2).forward(tensor([1, 2, 3, 20, 30, 40], [1, 2, 3]));
    expect([y.shape, numbers(y)]).toEqual([
      [1, 1, 4],
      [1, 22, 33, 40],
    ]);
  });

  test("is the adjoint of Unfold, and col2im with the layer's options", () => {
    const [unfold, fold] = [new Unfold([3, 2], sizes), new Fold([6, 7], [3, 2], sizes)];
    const x = random.normal([2, 3, 6, 7]);
    const columns = random.normal(unfold.forward(x).shape);
    expect(dot(unfold.forward(x), columns)).toBeCloseTo(dot(x, fold.forward(columns)), 3);
    expect(numbers(fold.forward(columns))).toEqual(
      numbers(col2im(columns, { inSize: [6, 7], kernelSize: [3, 2], ...sizes })),
    );
  });

  test("refuses wrong sizes when it is made, and columns of another image when they come", () => {
    expect(() => new Fold(4 as never, 2)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: Fold: inSize must be an array with the lengths of the image's axes, got 4.]`,
    );
    expect(() => new Fold([4, 0], 2)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: Fold: inSize must be a positive integer, got 0.]`,
    );
    expect(() => new Fold([4, 4], [2])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: Fold: kernelSize must be one number or an array of 2, got [2].]`,
    );
    expect(() => new Fold([4, 4], 2, { outputSize: 2 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: Fold: unknown option outputSize. It takes stride, padding, dilation.]`,
    );
    expect(() => new Fold([4], 2).forward(random.normal([1, 2, 4]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: col2im: columns has shape [1, 2, 4], but these sizes need [1, 2, 3]. Give it that shape.]`,
    );
  });
});
