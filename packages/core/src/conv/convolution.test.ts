import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { convCase, dot, FLOAT64_SUM, integers, list, RUNS, scaleOf } from "../../test/samples.js";
import { ones, tensor, zeros } from "../create.js";
import { convDirect } from "./convDirect.js";
import { conv1d, conv2d, conv3d, convAdjointW, convAdjointX } from "./convolve.js";
import { convGeometry } from "./geometry.js";
import { pad } from "./pad.js";

const convs = [conv1d, conv2d, conv3d];
const MODES = ["zeros", "circular", "reflect", "replicate", "mean"] as const;

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

  test("by hand: padding after the image only, in a mode", () => {
    const options = { padding: [[0, 1]], paddingMode: "replicate" } as const;
    expect(list(conv1d(tensor([[[1, 2, 3]]]), tensor([[[10, 1]]]), options))).toEqual([12, 23, 33]);
  });

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

  test("by hand: a border's gradient goes back to the pixels that it copied", () => {
    // the windows of 1 2 3 with a circular border are 312, 123, 231; the gradient looks at the first alone
    const [x, w, g] = [tensor([[[1, 2, 3]]]), tensor([[[100, 10, 1]]]), tensor([[[1, 0, 0]]])];
    const border = { padding: 1, paddingMode: "circular" } as const;
    expect(list(convAdjointX(g, w, { ...border, inSize: 3 }))).toEqual([10, 1, 100]);
    expect(list(convAdjointX(g, w, { padding: 1, inSize: 3 }))).toEqual([10, 1, 0]);
    expect(list(convAdjointW(x, g, { ...border, kernelSize: 3 }))).toEqual([3, 1, 2]);
  });

  test.each(MODES)(
    "with a border of mode %s conv is pad, then nested loops; ⟨conv(x, w), g⟩ = ⟨x, convAdjointX⟩ = ⟨w, convAdjointW⟩",
    (paddingMode) => {
      const seen = { rank1: 0, rank2: 0, rank3: 0, single: 0, skipping: 0, overhanging: 0, depthwise: 0, noImages: 0 };
      fc.assert(
        fc.property(convCase, ({ xShape, wShape, options, seed }) => {
          const [inSize, kernelSize] = [xShape.slice(2), wShape.slice(2)];
          fc.pre(paddingMode === "zeros" || !inSize.includes(0));
          const most = inSize.map((length) => (paddingMode === "reflect" ? length - 1 : Number.POSITIVE_INFINITY));
          const padding = options.padding.map(
            (pair, a) => pair.map((pixels) => Math.min(pixels, most[a])) as [number, number],
          );
          const padded = inSize.map((length, a) => length + padding[a][0] + padding[a][1]);
          fc.pre(padded.every((length, a) => length > options.dilation[a] * (kernelSize[a] - 1)));

          const [rank, all] = [inSize.length, { ...options, padding, paddingMode }];
          const [x, w] = [integers(xShape, seed), integers(wShape, seed + 1)];
          const y = convs[rank - 1](x, w, all);
          const bordered = pad(x, padding, { mode: paddingMode });
          const { stride, dilation, groups } = options;
          const expected = convDirect(bordered, w, convGeometry(bordered.shape, wShape, { stride, dilation, groups }));
          expect([y.shape, list(y)]).toEqual([expected.shape, list(expected)]);

          const g = integers(y.shape, seed + 2);
          const [gradX, gradW] = [convAdjointX(g, w, { ...all, inSize }), convAdjointW(x, g, { ...all, kernelSize })];
          expect([gradX.shape, gradW.shape]).toEqual([xShape, wShape]);
          // all but a mean is exact in integers
          const room =
            paddingMode === "mean" ? FLOAT64_SUM * (scaleOf(y, g) + scaleOf(x, gradX) + scaleOf(w, gradW)) : 0;
          expect(Math.abs(dot(y, g) - dot(x, gradX))).toBeLessThanOrEqual(room);
          expect(Math.abs(dot(y, g) - dot(w, gradW))).toBeLessThanOrEqual(room);

          seen[`rank${rank as 1 | 2 | 3}`]++;
          if (y.shape.slice(2).includes(1)) seen.single++;
          if (kernelSize.some((k, a) => options.stride[a] > k)) seen.skipping++;
          if (kernelSize.some((k, a) => k > inSize[a])) seen.overhanging++;
          if (options.groups > 1 && wShape[1] === 1 && wShape[0] > options.groups) seen.depthwise++;
          if (xShape[0] === 0) seen.noImages++;
        }),
        RUNS,
      );
      for (const [kind, count] of Object.entries(seen)) expect(count, kind).toBeGreaterThan(10);
    },
  );

  test("of a batch of 0 the adjoint in w is 0, as a sum over nothing", () => {
    expect(convAdjointX(zeros([0, 3, 2]), zeros([3, 2, 2]), { inSize: 3 }).shape).toEqual([0, 2, 3]);
    expect(list(convAdjointW(zeros([0, 1, 3]), zeros([0, 1, 2]), { kernelSize: 2 }))).toEqual([0, 0]);
  });
});

describe("what does not fit is an error", () => {
  const [x, w] = [zeros([1, 4, 8, 8]), zeros([6, 4, 3, 3])];

  test("ranks: an image without a batch, a kernel of another rank", () => {
    expect(() => conv2d(zeros([4, 8, 8]), w)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: conv2d: x must have 4 axes, [N, C, …] with 2 spatial, but its shape is [4, 8, 8]. Reshape it to [1, 4, 8, 8].]`,
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
      `[TypeError: conv2d: the last argument is the options, got a tensor [6]. Pass a bias as { bias: b }.]`,
    );
  });

  test("a mode that cannot reach so far, in the name of the convolution", () => {
    expect(() => conv2d(x, w, { padding: 8, paddingMode: "reflect" })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: conv2d: "reflect" padding mirrors the image without its edge, at most 7 of the 8 pixels along spatial axis 0, but padding is [8, 8]. Pad less, or use "circular" or "replicate".]`,
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

  test("channels of an adjoint, in groups", () => {
    const adjoint = (groups: number) => () => convAdjointW(ones([1, 3, 4]), ones([1, 4, 2]), { kernelSize: 3, groups });
    expect(adjoint(2)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: convAdjointW: x [1, 3, 4] has 3 channels, which 2 groups do not divide. Use the groups of the convolution.]`,
    );
    expect(adjoint(3)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: convAdjointW: gradY [1, 4, 2] has 4 channels, which 3 groups do not divide. Use the groups of the convolution.]`,
    );
    expect(adjoint(0)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: convAdjointW: groups must be a positive integer, got 0.]`,
    );
    const adjointX = () => convAdjointX(ones([1, 4, 2]), ones([4, 1, 3]), { inSize: 4, groups: 3 });
    expect(adjointX).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: convAdjointX: w [4, 1, 3] has 4 output channels, which 3 groups do not divide. Make them a multiple of groups.]`,
    );
  });

  test("what is no tensor, and tensors of two types or of int32, as in every linear map", () => {
    const [one, double, int32] = [ones([1, 1, 1]), integers([1, 1, 1], 1), ones([1, 1, 1], { dtype: "int32" })];
    expect(() => conv1d([1, 2] as never, one)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: conv1d: x must be a tensor, got [1, 2]. Make a tensor with tensor(values, shape).]`,
    );
    expect(() => conv1d(one, undefined as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: conv1d: w must be a tensor, got undefined. Make a tensor with tensor(values, shape).]`,
    );
    expect(() => conv1d(one, one, { bias: 1 as never })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: conv1d: bias must be a tensor, got 1. Make a tensor with tensor(values, shape).]`,
    );
    expect(() => conv1d(int32, one)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: conv1d: its tensors have dtypes int32 and float32. Make them of one: cast(x, "float32").]`,
    );
    expect(() => conv1d(int32, int32)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: conv1d: its tensors are int32, but it computes in floats. Use cast(x, "float32").]`,
    );
    expect(() => conv1d(one, one, { bias: integers([1], 1) })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: conv1d: its tensors have dtypes float32 and float64. Make them of one: cast(x, "float64").]`,
    );
    expect(() => convAdjointX(one, double, { inSize: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: convAdjointX: its tensors have dtypes float32 and float64. Make them of one: cast(x, "float64").]`,
    );
    expect(() => convAdjointW(3 as never, one, { kernelSize: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: convAdjointW: x must be a tensor, got 3. Make a tensor with tensor(values, shape).]`,
    );
    expect(() => convAdjointW(one, one, 1 as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: convAdjointW: the last argument is the options, got 1. Pass an object: { kernelSize: 1 }.]`,
    );
  });
});
