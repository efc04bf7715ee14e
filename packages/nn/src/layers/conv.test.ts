import { conv1d, conv2d, conv3d, type Variable } from "@conv/autograd";
import { createRandom, ShapeError, type Tensor, tensor } from "@conv/core";
import { describe, expect, test } from "vitest";
import { Conv1d, Conv2d, Conv3d } from "../index.js";

const random = createRandom(21);
const numbers = (x: Tensor | Variable) => [...x.dataSync()];

describe("Conv2d", () => {
  test("by hand: a 2 × 2 filter of ones sums windows, and the bias is added", () => {
    const layer = new Conv2d(1, 1, 2);
    layer.loadStateDict({ weight: tensor([1, 1, 1, 1], [1, 1, 2, 2]), bias: tensor([10]) });
    const y = layer.forward(tensor([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 1, 3, 3]));
    expect([y.shape, numbers(y)]).toEqual([
      [1, 1, 2, 2],
      [22, 26, 34, 38],
    ]);
  });

  test("its weight is [out, in / groups, …kernel], its bias [out]", () => {
    const { weight, bias } = new Conv2d(4, 6, [3, 5], { groups: 2 });
    expect([weight.shape, bias?.shape]).toEqual([[6, 2, 3, 5], [6]]);
    const bare = new Conv2d(4, 6, 3, { bias: false });
    expect([bare.bias, bare.parameters().length]).toEqual([undefined, 1]);
  });

  test("weight and bias start within ±1/√fanIn, and fill it", () => {
    const { weight, bias } = new Conv2d(8, 400, 3, { groups: 2, random: createRandom(5) }); // fan-in 4·9 = 36
    for (const values of [numbers(weight), numbers(bias as Variable)]) {
      const largest = Math.max(...values.map(Math.abs));
      expect(largest).toBeLessThanOrEqual(1 / 6);
      expect(largest).toBeGreaterThan(0.98 / 6); // 400 draws all lie below 0.98·bound with probability 0.0003
    }
  });

  test("a bias of false leaves the weight as it is with one", () => {
    const first = (bias: boolean) => numbers(new Conv2d(2, 3, 3, { bias, random: createRandom(6) }).weight);
    expect(first(false)).toEqual(first(true));
  });

  test("maps shapes as its options say", () => {
    const x = random.normal([2, 4, 9, 8]);
    expect(new Conv2d(4, 6, 3).forward(x).shape).toEqual([2, 6, 7, 6]);
    expect(new Conv2d(4, 6, 3, { padding: "same" }).forward(x).shape).toEqual([2, 6, 9, 8]);
    expect(new Conv2d(4, 6, 3, { stride: 2, padding: 1, groups: 2 }).forward(x).shape).toEqual([2, 6, 5, 4]);
    expect(new Conv2d(4, 6, 3, { dilation: [2, 1] }).forward(x).shape).toEqual([2, 6, 5, 6]);
  });
});

describe("each layer is its operator with the layer's tensors and options", () => {
  const options = { stride: 2, padding: 1, dilation: 2, groups: 2, paddingMode: "circular" } as const;
  const layers = [
    ["Conv1d", new Conv1d(2, 4, 3, options), conv1d, [2, 2, 9]],
    ["Conv2d", new Conv2d(2, 4, [3, 2], options), conv2d, [2, 2, 9, 7]],
    ["Conv3d", new Conv3d(2, 4, 2, options), conv3d, [1, 2, 5, 4, 6]],
  ] as const;

  test.each(layers)("%s", (_, layer, convolve, shape) => {
    const x = random.normal(shape);
    const expected = convolve(x, layer.weight, { ...options, bias: layer.bias });
    expect([layer.forward(x).shape, numbers(layer.forward(x))]).toEqual([expected.shape, numbers(expected)]);
    const without = numbers(convolve(x, layer.weight, options));
    expect(numbers(layer.forward(x))).not.toEqual(without);
  });

  test.each(layers)("%s: the gradient reaches weight and bias", (_, layer, __, shape) => {
    const y = layer.forward(random.normal(shape));
    y.backward(random.normal(y.shape));
    const { weight, bias } = layer;
    expect([weight.grad?.shape, bias?.grad?.shape]).toEqual([weight.shape, bias?.shape]);
    expect(numbers(bias?.grad as Variable).every((g) => g !== 0)).toBe(true);
  });
});

describe("a convolutional layer refuses", () => {
  test("options that it does not have, with the right word", () => {
    expect(() => new Conv2d(1, 1, 3, { strides: 2 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: Conv2d: unknown option strides. Did you mean stride?]`,
    );
    expect(() => new Conv1d(1, 1, 3, { kernel: 2 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: Conv1d: unknown option kernel. It takes stride, padding, dilation, groups, bias, paddingMode, random.]`,
    );
  });

  test("groups that do not divide its channels", () => {
    expect(() => new Conv2d(4, 6, 3, { groups: 4 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: Conv2d: groups 4 must divide inChannels 4 and outChannels 6.]`,
    );
    expect(() => new Conv3d(3, 6, 3, { groups: 2 })).toThrow(ShapeError);
    expect(() => new Conv2d(4, 4, 3, { groups: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: Conv2d: groups must be a positive integer, got 0.]`,
    );
  });

  test("sizes that are no positive integers, and kernels of another rank", () => {
    expect(() => new Conv2d(0, 1, 3)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: Conv2d: inChannels must be a positive integer, got 0.]`,
    );
    expect(() => new Conv2d(1, 1.5, 3)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: Conv2d: outChannels must be a positive integer, got 1.5.]`,
    );
    expect(() => new Conv2d(1, 1, [3, 0])).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: Conv2d: kernelSize must be a positive integer, got 0.]`,
    );
    expect(() => new Conv2d(1, 1, [3])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: Conv2d: kernelSize must be one number or an array of 2, got [3].]`,
    );
    expect(() => new Conv2d(1, 1, undefined as never)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: Conv2d: kernelSize must be a positive integer, got undefined.]`,
    );
  });

  test("strides, paddings, dilations and modes, before there is an image", () => {
    expect(() => new Conv2d(1, 1, 3, { stride: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: Conv2d: stride must be a positive integer, got 0.]`,
    );
    expect(() => new Conv2d(1, 1, 3, { padding: -1 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: Conv2d: padding must be an integer of at least 0, got -1.]`,
    );
    expect(() => new Conv2d(1, 1, 3, { padding: "full" as never })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: Conv2d: padding must be numbers, "same" or "valid", got "full".]`,
    );
    expect(() => new Conv3d(1, 1, 3, { dilation: [1, 2] })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: Conv3d: dilation must be one number or an array of 3, got [1, 2].]`,
    );
    expect(() => new Conv1d(1, 1, 3, { paddingMode: "wrap" as never })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: Conv1d: paddingMode must be one of "zeros", "circular", "reflect", "replicate", "mean", got "wrap".]`,
    );
  });

  test("a bias that is a tensor: the layer makes its own", () => {
    expect(() => new Conv2d(1, 1, 3, { bias: tensor([1]) as never })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: Conv2d: bias must be true or false, got a tensor [1].]`,
    );
  });

  test("images with other channels, when they come", () => {
    expect(() => new Conv2d(3, 8, 3).forward(random.normal([1, 4, 8, 8]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: conv2d: w [8, 3, 3, 3] takes 3 channels per group, but x [1, 4, 8, 8] has 4 channels in 1 group. Make w [8, 4, …].]`,
    );
    expect(() => new Conv2d(3, 8, 3).forward(random.normal([3, 8, 8]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: conv2d: x must have 4 axes, [N, C, …] with 2 spatial, but its shape is [3, 8, 8]. Reshape it to [1, 3, 8, 8].]`,
    );
  });
});
