import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { at, dot, indicesOf, integers, list, RUNS } from "../../test/samples.js";
import { ones, tensor, zeros } from "../create.js";
import { slice } from "../maps/strided.js";
import { sizeOf, stridesOf } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { conv1d, conv2d, conv3d, convAdjointW, convAdjointX } from "./convolve.js";
import { convTranspose1d, convTranspose2d, convTranspose3d, convTransposeGeometry } from "./convTranspose.js";
import { pad } from "./pad.js";

const transposes = [convTranspose1d, convTranspose2d, convTranspose3d];
const convs = [conv1d, conv2d, conv3d];

describe("by hand", () => {
  const [x, w] = [tensor([[[1, 10]]]), tensor([[[1, 2, 3]]])];

  test("every pixel lays the kernel down; where two lie over each other they add up", () => {
    expect(list(convTranspose1d(x, w))).toEqual([1, 12, 23, 30]);
    expect(list(convTranspose1d(x, w, { stride: 2 }))).toEqual([1, 2, 13, 20, 30]);
  });

  test("padding is cut off the result, outputPadding comes after it", () => {
    expect(list(convTranspose1d(x, w, { stride: 2, padding: 1 }))).toEqual([2, 13, 20]);
    expect(list(convTranspose1d(x, w, { stride: 2, padding: [[0, 2]] }))).toEqual([1, 2, 13]);
    expect(list(convTranspose1d(x, w, { stride: 2, padding: 1, outputPadding: 1 }))).toEqual([2, 13, 20, 30]);
    expect(list(convTranspose1d(x, w, { stride: 2, outputPadding: 1 }))).toEqual([1, 2, 13, 20, 30, 0]);
  });

  test("dilation spreads the taps; outputPadding may then exceed the stride", () => {
    expect(list(convTranspose1d(x, w, { dilation: 2 }))).toEqual([1, 10, 2, 20, 3, 30]);
    // taps of 1 at 0, 3, 6, those of 10 at 2, 5, 8; one cut off on each side, then two zeros
    const options = { stride: 2, dilation: 3, padding: 1, outputPadding: 2 };
    expect(list(convTranspose1d(x, w, options))).toEqual([0, 10, 2, 0, 20, 3, 0, 30, 0]);
  });

  test("an image: every pixel becomes the kernel times its value", () => {
    const y = convTranspose2d(tensor([1, 2, 3, 4], [1, 1, 2, 2]), tensor([1, 10], [1, 1, 1, 2]), { stride: [1, 2] });
    expect(y.shape).toEqual([1, 1, 2, 4]);
    expect(list(y)).toEqual([1, 10, 2, 20, 3, 30, 4, 40]);
    expect(list(convTranspose3d(ones([1, 1, 1, 1, 1]), ones([1, 1, 2, 1, 2])))).toEqual([1, 1, 1, 1]);
  });

  test("the channels of x are summed, those of w's second axis kept apart, groups keep to themselves", () => {
    const both = tensor([1, 10], [1, 2, 1]);
    const filters = tensor([1, 2, 3, 4], [2, 2, 1]); // [C, O/G, K]
    expect(list(convTranspose1d(both, filters))).toEqual([1 + 30, 2 + 40]);
    expect(list(convTranspose1d(both, filters, { groups: 2 }))).toEqual([1, 2, 30, 40]);
  });

  test("the bias is added to every pixel of its channel, to those of outputPadding too", () => {
    const bias = tensor([100]);
    expect(list(convTranspose1d(x, w, { stride: 2, outputPadding: 1, bias }))).toEqual([101, 102, 113, 120, 130, 100]);
    expect(list(convTranspose1d(x, w, { bias: undefined }))).toEqual([1, 12, 23, 30]);
  });
});

/** The loops of the documentation: y[n, o, i·s + p·d − before] += x[n, c, i] · w[c, o, p], for i, p over all axes. */
function transposeDirect(x: Tensor, w: Tensor, options: TransposeCase["options"]): { shape: number[]; y: number[] } {
  const { stride, dilation, padding, outputPadding, groups } = options;
  const [[batch, channels, ...inSize], [, perGroup, ...kernelSize]] = [x.shape, w.shape];
  const outSize = inSize.map((length, a) => {
    const [before, after] = padding[a];
    return (length - 1) * stride[a] - before - after + dilation[a] * (kernelSize[a] - 1) + 1 + outputPadding[a];
  });
  const shape = [batch, perGroup * groups, ...outSize];
  const [y, strides] = [new Array<number>(sizeOf(shape)).fill(0), stridesOf(shape)];
  for (const [n, c, ...i] of indicesOf(x.shape))
    for (const [o, ...p] of indicesOf([perGroup, ...kernelSize])) {
      const pixel = i.map((start, a) => start * stride[a] + p[a] * dilation[a] - padding[a][0]);
      if (pixel.some((position, a) => position < 0 || position >= outSize[a])) continue;
      const out = Math.floor(c / (channels / groups)) * perGroup + o;
      y[[n, out, ...pixel].reduce((sum, index, a) => sum + index * strides[a], 0)] +=
        at(x, [n, c, ...i]) * at(w, [c, o, ...p]);
    }
  return { shape, y };
}

const upTo = (min: number, max: number) => fc.integer({ min, max });
const axis = fc
  .record({
    length: upTo(1, 3),
    kernel: upTo(1, 3),
    stride: upTo(1, 3),
    dilation: upTo(1, 3),
    extra: fc.nat(2),
    cutBefore: fc.nat(3),
    cutAfter: fc.nat(3),
  })
  .map(({ length, kernel, stride, dilation, extra, cutBefore, cutAfter }) => {
    const outputPadding = Math.min(extra, Math.max(stride, dilation) - 1);
    const most = (length - 1) * stride + dilation * (kernel - 1) + outputPadding; // leaves one pixel of the result
    const before = Math.min(cutBefore, most);
    return { length, kernel, stride, dilation, outputPadding, before, after: Math.min(cutAfter, most - before) };
  });

/** A transposed convolution of rank 1 to 3 with everything unequal. */
const transposeCase = fc
  .record({
    axes: fc.array(axis, { minLength: 1, maxLength: 3 }),
    batch: fc.nat(2),
    groups: upTo(1, 3),
    channels: upTo(1, 2),
    filters: upTo(1, 2),
    seed: fc.nat(),
  })
  .map(({ axes, batch, groups, channels, filters, seed }) => ({
    rank: axes.length,
    xShape: [batch, groups * channels, ...axes.map(({ length }) => length)],
    wShape: [groups * channels, filters, ...axes.map(({ kernel }) => kernel)],
    options: {
      stride: axes.map(({ stride }) => stride),
      dilation: axes.map(({ dilation }) => dilation),
      padding: axes.map(({ before, after }) => [before, after] as const),
      outputPadding: axes.map(({ outputPadding }) => outputPadding),
      groups,
    },
    seed,
  }));
type TransposeCase = ReturnType<typeof transposeCase.generate>["value"];

test("it equals its nested loops, and its adjoints are conv in x and convAdjointW in w", () => {
  const seen = { single: 0, skipping: 0, uneven: 0, roomy: 0, depthwise: 0, empty: 0 };
  fc.assert(
    fc.property(transposeCase, ({ rank, xShape, wShape, options, seed }) => {
      const [x, w] = [integers(xShape, seed), integers(wShape, seed + 1)];
      const y = transposes[rank - 1](x, w, options);
      const expected = transposeDirect(x, w, options);
      expect(y.shape).toEqual(expected.shape);
      expect(list(y)).toEqual(expected.y);

      const g = integers(y.shape, seed + 2);
      const { outputPadding, ...same } = options;
      const windows = convs[rank - 1](g, w, same);
      // an outputPadding of stride or more makes room for windows beyond x: they have no part in the map
      const further = windows.shape.slice(2).map((length, a) => [0, length - xShape[a + 2]] as const);
      const gradX = xShape.reduce((part, end, dim) => slice(part, { dim, end }), windows);
      expect(dot(y, g)).toBe(dot(x, gradX));
      const gradW = convAdjointW(g, pad(x, further), { ...same, kernelSize: wShape.slice(2) });
      expect(gradW.shape).toEqual(wShape);
      expect(dot(y, g)).toBe(dot(w, gradW));

      const { stride, groups } = options;
      if (y.shape.slice(2).includes(1)) seen.single++;
      if (stride.some((step, a) => step > wShape[a + 2])) seen.skipping++;
      if (options.padding.some(([before, after]) => before !== after)) seen.uneven++;
      if (outputPadding.some((extra, a) => extra >= stride[a])) seen.roomy++;
      if (groups > 1 && xShape[1] === groups && wShape[1] > 1) seen.depthwise++;
      if (xShape[0] === 0) seen.empty++;
    }),
    { ...RUNS, numRuns: 400 },
  );
  for (const [kind, count] of Object.entries(seen)) expect(count, kind).toBeGreaterThan(20); // the corners were visited
});

test("it is convAdjointX, with the result's size told by outputPadding", () => {
  const [x, w] = [integers([2, 4, 3, 2], 1), integers([4, 3, 2, 3], 2)];
  const options = { stride: [3, 2], padding: [1, [0, 1]] as const, dilation: [1, 2], groups: 2 };
  for (const outputPadding of [0, 1]) {
    const y = convTranspose2d(x, w, { ...options, outputPadding });
    expect(y.shape).toEqual([2, 6, 6 + outputPadding, 6 + outputPadding]);
    expect(list(y)).toEqual(list(convAdjointX(x, w, { ...options, inSize: y.shape.slice(2) })));
  }
});

test("no images make none, no channels make images of zeros, no filters no channels", () => {
  expect(convTranspose2d(zeros([0, 2, 4, 4]), zeros([2, 3, 3, 3]), { stride: 2 }).shape).toEqual([0, 3, 9, 9]);
  expect(list(convTranspose1d(zeros([1, 0, 2]), zeros([0, 1, 2])))).toEqual([0, 0, 0]);
  expect(convTranspose1d(zeros([1, 2, 2]), zeros([2, 0, 2])).shape).toEqual([1, 0, 3]);
});

test("by hand: convTransposeGeometry is the geometry of the convolution from y to x", () => {
  const geometry = convTransposeGeometry([8, 4, 5], [4, 3, 3], { stride: 2, padding: [[1, 0]], groups: 2 });
  expect(geometry).toMatchObject({ xShape: [8, 6, 10], wShape: [4, 3, 3], yShape: [8, 4, 5], outSize: [5] });
});

describe("what does not fit is an error", () => {
  const [x, w] = [zeros([1, 4, 3]), zeros([4, 2, 3])];

  test("ranks and kinds of the arguments", () => {
    expect(() => convTranspose2d(zeros([4, 5, 5]), zeros([4, 2, 3, 3]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: convTranspose2d: x must have 4 axes, [N, C, …] with 2 spatial, but its shape is [4, 5, 5]. Reshape it to [1, 4, 5, 5].]`,
    );
    expect(() => convTranspose1d(x, zeros([4, 2, 3, 3]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: convTranspose1d: w must have 3 axes, [C, O/groups, …] with 1 spatial, but its shape is [4, 2, 3, 3]. Reshape it.]`,
    );
    expect(() => convTranspose1d([1] as never, w)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: convTranspose1d: x must be a tensor, got [1]. Make a tensor with tensor(values, shape).]`,
    );
    expect(() => convTranspose1d(x, integers([4, 2, 3], 1))).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: convTranspose1d: its tensors have dtypes float32 and float64. Make them of one: cast(x, "float64").]`,
    );
    const int32 = { dtype: "int32" } as const;
    expect(() => convTranspose1d(zeros([1, 1, 1], int32), zeros([1, 1, 1], int32))).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: convTranspose1d: its tensors are int32, but it computes in floats. Use cast(x, "float32").]`,
    );
    expect(() => convTransposeGeometry([1, 2, 5], [2, 3, 3, 3])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: convTranspose2d: x [1, 2, 5] and w [2, 3, 3, 3] must both have a batch or channel axis, another channel axis, and the same number of spatial axes, at least one. Reshape one of them.]`,
    );
  });

  test("channels and groups, with a hint that works", () => {
    expect(() => convTranspose1d(x, zeros([3, 2, 3]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: convTranspose1d: w [3, 2, 3], [C, O/groups, …], takes 3 channels, but x [1, 4, 3] has 4. Make w [4, …].]`,
    );
    expect(() => convTranspose1d(x, zeros([4, 2, 3]))).not.toThrow();
    expect(() => convTranspose1d(x, w, { groups: 3 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: convTranspose1d: x [1, 4, 3] has 4 channels, which 3 groups do not divide. Make them a multiple of groups.]`,
    );
    expect(() => convTranspose1d(x, w, { groups: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: convTranspose1d: groups must be a positive integer, got 0.]`,
    );
    expect(() => convTranspose1d(x, w, { bias: zeros([4]) })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: convTranspose1d: bias has shape [4], but these sizes need [2]. Give it that shape.]`,
    );
    expect(() => convTranspose1d(x, zeros([4, 2, 0]))).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: convTranspose1d: each axis of the kernel must be a positive integer, got 0.]`,
    );
  });

  test("options that do not exist, and padding in words", () => {
    expect(() => convTranspose1d(x, w, { paddingMode: "zeros" } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: convTranspose1d: unknown option paddingMode. It takes stride, padding, outputPadding, dilation, groups, bias.]`,
    );
    expect(() => convTranspose1d(x, w, { output_padding: 1 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: convTranspose1d: unknown option output_padding. Did you mean outputPadding?]`,
    );
    expect(() => convTranspose1d(x, w, zeros([2]) as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: convTranspose1d: the last argument is the options, got a tensor [2]. Pass a bias as { bias: b }.]`,
    );
    expect(() => convTranspose1d(x, w, { padding: "same" as never })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: convTranspose1d: padding must be numbers, got "same". Words do not say how much to cut off.]`,
    );
  });

  test("an outputPadding that more pixels of x would make", () => {
    const make = (options: object) => () => convTranspose1d(x, w, options);
    expect(make({ outputPadding: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: convTranspose1d: outputPadding 1 must be smaller than stride 1 or dilation 1. Use at most 0.]`,
    );
    expect(make({ outputPadding: 2, stride: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: convTranspose1d: outputPadding 2 must be smaller than stride 2 or dilation 1. Use at most 1.]`,
    );
    expect(make({ outputPadding: 2, stride: 2, dilation: 3 })).not.toThrow();
    expect(make({ outputPadding: -1 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: convTranspose1d: outputPadding must be an integer of at least 0, got -1.]`,
    );
    expect(make({ outputPadding: [0, 0] })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: convTranspose1d: outputPadding must be one number or an array of 1, got [0, 0].]`,
    );
  });

  test("a result of which nothing is left, and an image of no pixels, which PyTorch refuses too", () => {
    expect(() => convTranspose1d(x, w, { padding: 3 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: convTranspose1d: padding [3, 3] leaves -1 pixels along spatial axis 0 of the result of x [1, 4, 3]. Use less padding.]`,
    );
    expect(() => convTranspose1d(x, w, { padding: 2 })).not.toThrow();
    expect(() => convTranspose1d(zeros([1, 4, 0]), w)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: convTranspose1d: x [1, 4, 0] has no pixels along spatial axis 0 to lay the kernel down at. Pad it first.]`,
    );
  });
});
