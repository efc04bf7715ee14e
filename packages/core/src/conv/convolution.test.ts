import { describe, expect, test } from "vitest";
import { dot, integers, list } from "../../test/samples.js";
import { full, ones, tensor, zeros } from "../create.js";
import { convDirect } from "./convDirect.js";
import { conv1d, conv2d, conv3d, convAdjointW, convAdjointX } from "./convolve.js";
import { convGeometry } from "./geometry.js";
import { pad } from "./pad.js";

/** Decimal digits of a float64 sum of some hundreds that contains a mean; without one it is an exact integer. */
const MEAN_DIGITS = 9;

describe("conv1d, conv2d and conv3d", () => {
  test("by hand: the example of the documentation", () => {
    expect(list(conv2d(ones([1, 1, 3, 3]), ones([1, 1, 2, 2])))).toEqual([4, 4, 4, 4]);
    expect(list(conv1d(ones([1, 1, 3]), ones([1, 1, 2])))).toEqual([2, 2]);
    expect(list(conv3d(ones([1, 1, 3, 2, 2]), ones([1, 1, 2, 2, 2])))).toEqual([8, 8]);
  });

  test("by hand: the bias is added to every pixel of its channel", () => {
    const y = conv1d(tensor([[[1, 2]]]), tensor([[[1]], [[10]]]), { bias: tensor([100, 200]) });
    expect(list(y)).toEqual([101, 102, 210, 220]);
    expect(list(conv1d(tensor([[[1, 2]]]), tensor([[[1]]]), { bias: undefined }))).toEqual([1, 2]);
  });

  test("by hand: circular padding sees the other end", () => {
    const [x, w] = [tensor([[[1, 2, 3]]]), tensor([[[100, 10, 1]]])];
    expect(list(conv1d(x, w, { padding: 1, paddingMode: "circular" }))).toEqual([312, 123, 231]);
    expect(list(conv1d(x, w, { padding: 1 }))).toEqual([12, 123, 230]);
  });

  test.each(["zeros", "circular", "reflect", "replicate", "mean"] as const)(
    "paddingMode %s is pad and then a convolution without padding",
    (mode) => {
      const [x, w] = [integers([2, 4, 5, 6], 1), integers([6, 2, 3, 2], 2)];
      const [options, padding] = [
        { stride: [2, 1], dilation: [1, 2], groups: 2 },
        [
          [2, 1],
          [0, 3],
        ] as const,
      ];
      const padded = pad(x, padding, { mode });
      const expected = convDirect(padded, w, convGeometry(padded.shape, w.shape, options));
      const y = conv2d(x, w, { ...options, padding, paddingMode: mode });
      expect(y.shape).toEqual(expected.shape);
      list(y).forEach((value, i) => {
        expect(value).toBeCloseTo(list(expected)[i], MEAN_DIGITS);
      });
    },
  );

  test('"same" keeps the size in every mode; "valid" pads nothing', () => {
    const [x, w] = [integers([1, 1, 5, 4], 1), integers([1, 1, 3, 2], 2)];
    for (const paddingMode of ["zeros", "circular", "reflect"] as const) {
      expect(conv2d(x, w, { padding: "same", paddingMode }).shape).toEqual([1, 1, 5, 4]);
      expect(list(conv2d(x, w, { padding: "valid", paddingMode }))).toEqual(list(conv2d(x, w)));
    }
  });

  test("a paddingMode without padding needs no pixels to take from", () => {
    expect(conv1d(ones([1, 1, 2]), ones([1, 1, 2]), { paddingMode: "reflect" }).shape).toEqual([1, 1, 1]);
  });
});

describe("convAdjointX and convAdjointW", () => {
  test("by hand: what conv.test.ts says of the kernels, from shapes alone", () => {
    expect(list(convAdjointX(tensor([[[1, 5]]]), tensor([[[2, 3]]]), { inSize: 3 }))).toEqual([2, 13, 15]);
    expect(list(convAdjointW(tensor([[[1, 10, 100]]]), tensor([[[1, 5]]]), { kernelSize: 2 }))).toEqual([51, 510]);
  });

  test("the size that a stride forgets is the caller's to say", () => {
    const [gradY, w] = [ones([1, 1, 2]), ones([1, 1, 2])];
    expect(list(convAdjointX(gradY, w, { inSize: 4, stride: 2 }))).toEqual([1, 1, 1, 1]);
    expect(list(convAdjointX(gradY, w, { inSize: 5, stride: 2 }))).toEqual([1, 1, 1, 1, 0]);
    expect(convAdjointW(ones([1, 1, 5]), gradY, { kernelSize: 2, stride: 2 }).shape).toEqual([1, 1, 2]);
    expect(convAdjointW(ones([1, 1, 5]), gradY, { kernelSize: 3, stride: 2 }).shape).toEqual([1, 1, 3]);
  });

  test("they are the adjoints of conv2d with groups and unequal padding", () => {
    const options = { stride: [2, 1], padding: [[0, 2], 1] as const, dilation: [1, 2], groups: 2 };
    const [x, w] = [integers([2, 4, 5, 6], 1), integers([6, 2, 3, 2], 2)];
    const y = conv2d(x, w, options);
    const g = integers(y.shape, 3);
    expect(dot(x, convAdjointX(g, w, { ...options, inSize: [5, 6] }))).toBe(dot(y, g));
    expect(dot(w, convAdjointW(x, g, { ...options, kernelSize: [3, 2] }))).toBe(dot(y, g));
  });
});

describe("what does not fit is an error", () => {
  const [x, w] = [zeros([1, 4, 8, 8]), zeros([6, 4, 3, 3])];

  test("ranks: an image without a batch, a kernel of another rank", () => {
    expect(() => conv2d(zeros([4, 8, 8]), w)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: conv2d: x must have 4 axes, [N, C, …] with 2 spatial, but its shape is [4, 8, 8]. Reshape it.]`,
    );
    expect(() => conv2d(x, zeros([6, 4, 3]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: conv2d: w must have 4 axes, [O, C/groups, …] with 2 spatial, but its shape is [6, 4, 3]. Reshape it.]`,
    );
    expect(() => conv1d(x, w)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: conv1d: x must have 3 axes, [N, C, …] with 1 spatial, but its shape is [1, 4, 8, 8]. Reshape it.]`,
    );
  });

  test("channels", () => {
    expect(() => conv2d(x, zeros([6, 2, 3, 3]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: conv2d: w [6, 2, 3, 3] takes 2 channels per group, but x [1, 4, 8, 8] has 4 channels in 1 group. Did you mean groups: 2?]`,
    );
    expect(() => conv2d(x, zeros([6, 3, 3, 3]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: conv2d: w [6, 3, 3, 3] takes 3 channels per group, but x [1, 4, 8, 8] has 4 channels in 1 group. Make w [6, 4, …].]`,
    );
  });

  test("the bias", () => {
    expect(() => conv2d(x, w, { bias: zeros([4]) })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: conv2d: bias has shape [4], but these sizes need [6]. Give it that shape.]`,
    );
    expect(() => conv2d(x, w, { bias: zeros([1, 6, 1, 1]) })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: conv2d: bias has shape [1, 6, 1, 1], but these sizes need [6]. Give it that shape.]`,
    );
  });

  test("unknown options and modes", () => {
    expect(() => conv2d(x, w, { strides: 2 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: conv2d: unknown option strides. Did you mean stride?]`,
    );
    expect(() => conv2d(x, w, { padding_mode: "reflect" } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: conv2d: unknown option padding_mode. Did you mean paddingMode?]`,
    );
    expect(() => conv2d(x, w, { paddingMode: "constant" as never })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: conv2d: paddingMode must be one of "zeros", "circular", "reflect", "replicate", "mean", got "constant".]`,
    );
    expect(() => conv2d(x, w, { paddingMode: null as never })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: conv2d: paddingMode must be one of "zeros", "circular", "reflect", "replicate", "mean", got null.]`,
    );
    expect(() => conv2d(x, w, zeros([6]) as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: conv2d: the last argument is the options, got a tensor. Pass a bias as { bias: b }.]`,
    );
  });

  test("a mode that cannot reach so far, in the name of the convolution", () => {
    expect(() => conv2d(x, w, { padding: 8, paddingMode: "reflect" })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: conv2d: mode "reflect" mirrors the image without its edge, at most 7 of the 8 pixels along spatial axis 0, but padding is [8, 8]. Pad less, or use "circular" or "replicate".]`,
    );
  });

  test("arguments of an adjoint that no convolution makes", () => {
    const gradY = zeros([1, 6, 6, 6]);
    expect(() => convAdjointX(gradY, w, { inSize: 9 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: convAdjointX: gradY has shape [1, 6, 6, 6], but these sizes need [1, 6, 7, 7]. Give it that shape.]`,
    );
    expect(() => convAdjointX(gradY, w, {} as never)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: convAdjointX: inSize must be an integer of at least 0, got undefined.]`,
    );
    expect(() => convAdjointX(gradY, w, { inSize: [8, 8, 8] })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: convAdjointX: inSize must be one number or an array of 2, got [8, 8, 8].]`,
    );
    expect(() => convAdjointX(zeros([1, 5, 6, 6]), w, { inSize: 8 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: convAdjointX: gradY has shape [1, 5, 6, 6], but these sizes need [1, 6, 6, 6]. Give it that shape.]`,
    );
    expect(() => convAdjointX(gradY, w, { inSize: 8, bias: zeros([6]) } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: convAdjointX: unknown option bias. It takes inSize, stride, padding, dilation, groups, paddingMode.]`,
    );
    expect(() => convAdjointX(zeros([1, 6]), zeros([6]), { inSize: 8 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: convAdjointX: w must have 2 or more axes, [O, C/groups, …], but its shape is [6]. Reshape it.]`,
    );
    expect(() => convAdjointW(x, gradY, { kernelSize: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: convAdjointW: gradY has shape [1, 6, 6, 6], but these sizes need [1, 6, 7, 7]. Give it that shape.]`,
    );
    expect(() => convAdjointW(x, gradY, { kernelSize: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: convAdjointW: kernelSize must be a positive integer, got 0.]`,
    );
    expect(() => convAdjointW(x, zeros([2, 6, 6, 6]), { kernelSize: 3 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: convAdjointW: gradY has shape [2, 6, 6, 6], but these sizes need [1, 6, 6, 6]. Give it that shape.]`,
    );
    expect(() => convAdjointW(x, zeros([6]), { kernelSize: 3 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: convAdjointW: gradY must have 4 axes, [N, O, …], but its shape is [6]. Reshape it.]`,
    );
  });

  test("convAdjointW refuses groups that do not divide the channels", () => {
    expect(() => convAdjointW(ones([1, 3, 4]), ones([1, 4, 2]), { kernelSize: 3, groups: 2 })).toThrow();
  });

  test("tensors of two dtypes are refused, as in add", () => {
    expect(() => conv1d(tensor([[[1]]], [1, 1, 1], { dtype: "int32" }), full([1, 1, 1], 0.5))).toThrow(TypeError);
  });

  test("a bias in the place of the options is told where it belongs", () => {
    expect(() => conv2d(x, w, zeros([6]) as never)).toThrow(/\{ bias/);
  });
});
