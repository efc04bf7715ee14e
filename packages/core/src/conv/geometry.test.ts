import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RUNS } from "../../test/samples.js";
import { convGeometry, type PaddingMode, splitPadding } from "./geometry.js";

/** The output size along the one axis of a convolution. */
const outOf = (length: number, kernel: number, options = {}) =>
  convGeometry([1, 1, length], [1, 1, kernel], options).outSize[0];

describe("the output size", () => {
  test.each([
    ["a kernel of 3 fits 5 pixels 3 times", 5, 3, {}, 3],
    ["padding 1 keeps 5 pixels", 5, 3, { padding: 1 }, 5],
    ["stride 2 takes every other position", 5, 3, { stride: 2 }, 2],
    ["stride 2 leaves what does not fit", 6, 3, { stride: 2 }, 2],
    ["dilation 2 spans 5", 5, 3, { dilation: 2 }, 1],
    ["[before, after] may differ", 5, 3, { padding: [[2, 0]] }, 5],
    ["a stride longer than the image gives one position", 3, 2, { stride: 9 }, 1],
    ["a kernel longer than the image fits when padded", 1, 3, { padding: 1 }, 1],
    ["an empty image has a size when padded", 0, 2, { padding: 1 }, 1],
    ["ResNet's stem: 224, kernel 7, stride 2, padding 3", 224, 7, { stride: 2, padding: 3 }, 112],
  ])("by hand: %s", (_, length, kernel, options, expected) => {
    expect(outOf(length, kernel, options)).toBe(expected);
  });

  test("is the number of windows that lie within the padded image", () => {
    const size = (min: number, max: number) => fc.integer({ min, max });
    fc.assert(
      fc.property(size(0, 9), size(1, 4), size(1, 5), size(1, 3), size(0, 4), size(0, 4), (...sizes) => {
        const [length, kernel, stride, dilation, before, after] = sizes;
        const [span, padded] = [dilation * (kernel - 1) + 1, before + length + after];
        fc.pre(span <= padded);
        let windows = 0;
        for (let start = 0; start + span <= padded; start += stride) windows++;
        expect(outOf(length, kernel, { stride, dilation, padding: [[before, after]] })).toBe(windows);
      }),
      RUNS,
    );
  });
});

describe("convGeometry", () => {
  test("by hand: every size of a strided, grouped conv2d", () => {
    const options = { stride: [2, 1], padding: [1, [0, 2]], dilation: [1, 2], groups: 2 } as const;
    expect(convGeometry([8, 4, 9, 7], [6, 2, 3, 3], options)).toEqual({
      batch: 8,
      groups: 2,
      inChannels: 4,
      outChannels: 6,
      inSize: [9, 7],
      kernelSize: [3, 3],
      outSize: [5, 5],
      stride: [2, 1],
      dilation: [1, 2],
      padding: [
        [1, 1],
        [0, 2],
      ],
      paddingMode: "zeros",
      xShape: [8, 4, 9, 7],
      wShape: [6, 2, 3, 3],
      yShape: [8, 6, 5, 5],
    });
  });

  test("rank 0 is a linear layer; rank 4 works as well", () => {
    expect(convGeometry([5, 3], [2, 3]).yShape).toEqual([5, 2]);
    expect(convGeometry([1, 1, 3, 3, 3, 3], [1, 1, 2, 2, 2, 2]).yShape).toEqual([1, 1, 2, 2, 2, 2]);
  });

  test("batch 0 and no channels are sizes like others", () => {
    expect(convGeometry([0, 2, 3], [4, 2, 2]).yShape).toEqual([0, 4, 2]);
    expect(convGeometry([1, 0, 3], [4, 0, 2]).yShape).toEqual([1, 4, 2]);
    expect(convGeometry([1, 2, 3], [0, 2, 2]).yShape).toEqual([1, 0, 2]);
  });

  test("it owns its arrays", () => {
    const [xShape, stride] = [[1, 1, 5], [2]];
    const geometry = convGeometry(xShape, [1, 1, 1], { stride });
    xShape[0] = stride[0] = 9;
    expect([geometry.xShape[0], geometry.stride[0]]).toEqual([1, 2]);
  });
});

describe("splitPadding", () => {
  test("by hand: a circular border stands alone; the convolution behind it sees a larger image and pads nothing", () => {
    const padding = [[2, 0], 1] as const;
    const whole = convGeometry([8, 3, 4, 5], [6, 3, 3, 3], { padding, stride: 2, paddingMode: "circular" });
    const { border, inner } = splitPadding(whole);
    expect(border).toMatchObject({ mode: "circular", xShape: [8, 3, 4, 5], yShape: [8, 3, 6, 7] });
    const none = [0, 0];
    expect(inner).toMatchObject({ paddingMode: "zeros", xShape: [8, 3, 6, 7], inSize: [6, 7], padding: [none, none] });
    expect([inner.yShape, inner.stride]).toEqual([whole.yShape, [2, 2]]);
    expect(convGeometry(inner.xShape, inner.wShape, { stride: 2 })).toEqual(inner);
  });

  test("zeros are the kernel's to add, and a border without pixels is none", () => {
    const zeros = convGeometry([1, 1, 4], [1, 1, 3], { padding: 1 });
    expect(splitPadding(zeros)).toEqual({ border: undefined, inner: zeros });
    const { border, inner } = splitPadding(convGeometry([1, 1, 4], [1, 1, 3], { paddingMode: "reflect" }));
    expect([border, inner.paddingMode]).toEqual([undefined, "zeros"]);
  });
});

describe("what does not fit is an error", () => {
  test("ranks", () => {
    expect(() => convGeometry([1, 1, 5], [1, 1, 3, 3])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: conv2d: x [1, 1, 5] and w [1, 1, 3, 3] must both have a batch or output axis, a channel axis and the same number of spatial axes. Reshape one of them.]`,
    );
    expect(() => convGeometry([1], [1])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: convGeometry: x [1] and w [1] must both have a batch or output axis, a channel axis and the same number of spatial axes. Reshape one of them.]`,
    );
  });

  test("channels and groups, with a hint that works", () => {
    expect(() => convGeometry([8, 4, 28, 28], [16, 2, 3, 3])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: conv2d: w [16, 2, 3, 3] takes 2 channels per group, but x [8, 4, 28, 28] has 4 channels in 1 group. Did you mean groups: 2?]`,
    );
    expect(() => convGeometry([8, 4, 28, 28], [16, 2, 3, 3], { groups: 2 })).not.toThrow();
    expect(() => convGeometry([8, 3, 28, 28], [16, 1, 3, 3])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: conv2d: w [16, 1, 3, 3] takes 1 channel per group, but x [8, 3, 28, 28] has 3 channels in 1 group. Make w [16, 3, …].]`,
    );
    expect(() => convGeometry([8, 1, 28], [16, 3, 3])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: conv1d: w [16, 3, 3] takes 3 channels per group, but x [8, 1, 28] has 1 channel in 1 group. Make w [16, 1, …].]`,
    );
    expect(() => convGeometry([1, 4, 5], [6, 2, 3], { groups: 4 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: conv1d: w [6, 2, 3] takes 2 channels per group, but x [1, 4, 5] has 4 channels in 4 groups. Did you mean groups: 2?]`,
    );
    expect(() => convGeometry([1, 4, 5], [3, 2, 3], { groups: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: conv1d: w [3, 2, 3] has 3 output channels, which 2 groups do not divide. Make them a multiple of groups.]`,
    );
  });

  test("where no w of this many filters fits, the hint names both counts that groups must divide", () => {
    expect(() => convGeometry([1, 3, 4], [4, 2, 1], { groups: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: conv1d: w [4, 2, 1] takes 2 channels per group, but x [1, 3, 4] has 3 channels in 2 groups. groups must divide both x's 3 and w's 4 channels.]`,
    );
    expect(() => convGeometry([1, 4, 4], [3, 1, 1], { groups: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: conv1d: w [3, 1, 1] takes 1 channel per group, but x [1, 4, 4] has 4 channels in 2 groups. groups must divide both x's 4 and w's 3 channels.]`,
    );
  });

  test("a kernel longer than the padded image", () => {
    expect(() =>
      convGeometry([1, 1, 6, 28], [1, 1, 5, 5], { padding: 1, dilation: 2 }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: conv2d: the dilated kernel spans 9 pixels along spatial axis 0 (kernel 5, dilation 2), but x [1, 1, 6, 28] with padding [1, 1] has 8. Use more padding or a smaller kernel.]`,
    );
    expect(() => convGeometry([1, 1, 0], [1, 1, 1])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: conv1d: the dilated kernel spans 1 pixel along spatial axis 0 (kernel 1, dilation 1), but x [1, 1, 0] with padding [0, 0] has 0. Use more padding or a smaller kernel.]`,
    );
    expect(() => convGeometry([1, 1, 3], [1, 1, 0])).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: conv1d: each axis of the kernel must be a positive integer, got 0.]`,
    );
  });

  test("options that are no positive integers", () => {
    const conv = (options: object) => () => convGeometry([1, 1, 5, 5], [1, 1, 3, 3], options);
    expect(conv({ stride: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: conv2d: stride must be a positive integer, got 0.]`,
    );
    expect(conv({ dilation: [1, -1] })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: conv2d: dilation must be a positive integer, got -1.]`,
    );
    expect(conv({ groups: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: conv2d: groups must be a positive integer, got 0.]`,
    );
    expect(conv({ stride: [1, 1, 1] })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: conv2d: stride must be one number or an array of 2, got [1, 1, 1].]`,
    );
  });

  test("options that do not exist, and modes", () => {
    const conv = (options: object) => () => convGeometry([1, 1, 5, 5], [1, 1, 3, 3], options);
    expect(conv({ strides: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: conv2d: unknown option strides. Did you mean stride?]`,
    );
    expect(conv({ bias: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: conv2d: unknown option bias. It takes stride, padding, dilation, groups, paddingMode.]`,
    );
    expect(conv({ paddingMode: "same" })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: conv2d: paddingMode must be one of "zeros", "circular", "reflect", "replicate", "mean", got "same".]`,
    );
    expect(() => convGeometry([1, 1, 5], [1, 1, 3], 2 as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: conv1d: the last argument is the options, got 2. Pass an object: { stride: 2 }.]`,
    );
  });

  test("a border that its mode cannot make", () => {
    const border = (paddingMode: PaddingMode, padding = 4) =>
      convGeometry([1, 1, 4], [1, 1, 3], { padding, paddingMode });
    expect(() => border("reflect")).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: conv1d: "reflect" padding mirrors the image without its edge, at most 3 of the 4 pixels along spatial axis 0, but padding is [4, 4]. Pad less, or use "circular" or "replicate".]`,
    );
    expect(border("reflect", 3).yShape).toEqual([1, 1, 8]);
    expect(border("circular", 9).yShape).toEqual([1, 1, 20]); // it wraps as often as it must
    expect(() =>
      convGeometry([1, 1, 0], [1, 1, 3], { padding: 2, paddingMode: "mean" }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: conv1d: "mean" padding needs pixels, but spatial axis 0 has none. Use "zeros".]`,
    );
  });

  test("it carries the name of the operator that was called", () => {
    expect(() => convGeometry([1, 2], [1, 3])).toThrow("linear:");
    expect(() => convGeometry([1, 1, 1], [1, 1, 1], { stride: 0 })).toThrow("conv1d:");
    expect(() => convGeometry([1, 1, 1, 1, 1], [1, 1, 1, 1, 1], { stride: 0 })).toThrow("conv3d:");
    expect(() => convGeometry([1, 1, 1], [1, 1, 1], { stride: 0 }, "im2col")).toThrow("im2col:");
  });
});

test("shapes that are none are refused before they are read", () => {
  expect(() => convGeometry(undefined as never, undefined as never)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: convGeometry: xShape must be an array of axes such as [2, 3], got undefined.]`,
  );
  expect(() => convGeometry([1, 1, 4.5], [1, 1, 2])).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: conv1d: each axis of xShape [1, 1, 4.5] must be an integer of at least 0, got 4.5.]`,
  );
  expect(() => convGeometry([-1, 1, 4], [1, 1, 2])).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: conv1d: each axis of xShape [-1, 1, 4] must be an integer of at least 0, got -1.]`,
  );
});
