import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { convCase, integers, list, RUNS } from "../../test/samples.js";
import { tensor, zeros } from "../create.js";
import { matmul } from "../maps/matmul.js";
import { reshape } from "../maps/reshape.js";
import { flip, transpose } from "../maps/strided.js";
import { sizeOf } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { allClose } from "../testing/allClose.js";
import { convMatrix } from "./convMatrix.js";
import { conv1d, conv2d, conv3d } from "./convolve.js";

const convs = [conv1d, conv2d, conv3d];
const MODES = ["zeros", "circular", "reflect", "replicate", "mean"] as const;

/** Sums of some hundred products below 100 in float64, one of them with a mean: their rounding stays below 1e-10. */
const MEAN_SUM = { rtol: 0, atol: 1e-10 };

/** The rows of a matrix. */
function rowsOf(matrix: Tensor): number[][] {
  const [rows, columns] = matrix.shape;
  return Array.from({ length: rows }, (_, i) => list(matrix).slice(i * columns, (i + 1) * columns));
}

describe("by hand", () => {
  test("one channel and one axis make a banded Toeplitz matrix: every row is the kernel, one pixel further on", () => {
    const w = tensor([[[2, 3]]]);
    expect(rowsOf(convMatrix(w, { inSize: 4 }))).toEqual([
      [2, 3, 0, 0],
      [0, 2, 3, 0],
      [0, 0, 2, 3],
    ]);
  });

  test("a stride moves the rows apart, dilation the taps, and padding cuts the first and last row", () => {
    const w = tensor([[[2, 3]]]);
    expect(rowsOf(convMatrix(w, { inSize: 4, stride: 2 }))).toEqual([
      [2, 3, 0, 0],
      [0, 0, 2, 3],
    ]);
    expect(rowsOf(convMatrix(w, { inSize: [4], dilation: 3 }))).toEqual([[2, 0, 0, 3]]);
    expect(rowsOf(convMatrix(w, { inSize: 2, padding: 1 }))).toEqual([
      [3, 0],
      [2, 3],
      [0, 2],
    ]);
  });

  test("two axes make it doubly banded: a band of Toeplitz blocks, one for every row of the kernel", () => {
    const w = tensor([1, 2, 3, 4], [1, 1, 2, 2]);
    expect(rowsOf(convMatrix(w, { inSize: 3 }))).toEqual([
      [1, 2, 0, 3, 4, 0, 0, 0, 0],
      [0, 1, 2, 0, 3, 4, 0, 0, 0],
      [0, 0, 0, 1, 2, 0, 3, 4, 0],
      [0, 0, 0, 0, 1, 2, 0, 3, 4],
    ]);
  });

  test("every pair of channels has a block; groups leave only those on the diagonal", () => {
    const blocks = tensor([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]); // [O, C, K]
    expect(rowsOf(convMatrix(blocks, { inSize: 2 }))).toEqual([
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ]);
    const diagonal = tensor([2, 3, 5, 7], [2, 1, 2]); // [O, C/G, K]
    expect(rowsOf(convMatrix(diagonal, { inSize: 3, groups: 2 }))).toEqual([
      [2, 3, 0, 0, 0, 0],
      [0, 2, 3, 0, 0, 0],
      [0, 0, 0, 5, 7, 0],
      [0, 0, 0, 0, 5, 7],
    ]);
  });

  test("a circular border makes it circulant; reflect and replicate fold it back at its corners", () => {
    const matrix = (paddingMode: (typeof MODES)[number], inSize = 3) =>
      rowsOf(convMatrix(tensor([[[1, 10, 100]]]), { inSize, padding: 1, paddingMode }));
    expect(matrix("circular")).toEqual([
      [10, 100, 1],
      [1, 10, 100],
      [100, 1, 10],
    ]);
    expect(matrix("reflect")).toEqual([
      [10, 101, 0],
      [1, 10, 100],
      [0, 101, 10],
    ]);
    expect(matrix("replicate")).toEqual([
      [11, 100, 0],
      [1, 10, 100],
      [0, 1, 110],
    ]);
    // the mean of two pixels is half of each
    expect(matrix("mean", 2)).toEqual([
      [10.5, 100.5],
      [51, 60],
    ]);
  });

  test("without spatial axes it is w itself: a linear layer", () => {
    const w = tensor([1, 2, 3, 4, 5, 6], [2, 3]);
    expect(rowsOf(convMatrix(w, { inSize: [] }))).toEqual(rowsOf(w));
  });
});

describe("Ŵ x = conv(x, w)", () => {
  test.each(MODES)("with a border of mode %s, for every rank and everything unequal", (paddingMode) => {
    const seen = [0, 0, 0];
    fc.assert(
      fc.property(convCase, ({ xShape, wShape, options, seed }) => {
        const inSize = xShape.slice(2);
        const isEmpty = inSize.includes(0);
        const isShort = options.padding.some((pair, axis) => Math.max(...pair) >= inSize[axis]);
        fc.pre(paddingMode === "zeros" || !(isEmpty || (paddingMode === "reflect" && isShort)));
        fc.pre(sizeOf(inSize) <= 64); // the matrix has a column for each
        const [x, w] = [integers(xShape, seed), integers(wShape, seed + 1)];
        const rank = inSize.length;
        const y = convs[rank - 1](x, w, { ...options, paddingMode });
        const matrix = convMatrix(w, { ...options, inSize, paddingMode });
        expect(matrix.shape).toEqual([sizeOf(y.shape.slice(1)), sizeOf(xShape.slice(1))]);
        const columns = transpose(reshape(x, [xShape[0], matrix.shape[1]]), 0, 1);
        const expected = reshape(transpose(matmul(matrix, columns), 0, 1), y.shape);
        const tolerance = paddingMode === "mean" ? MEAN_SUM : { rtol: 0, atol: 0 };
        expect(allClose(y, expected, tolerance)).toBeUndefined();
        if (xShape[0] > 0) seen[rank - 1]++;
      }),
      RUNS,
    );
    for (const count of seen) expect(count).toBeGreaterThan(10); // every rank was visited, with images
  });
});

describe("Ŵᵀ g = conv(g, w̃): at stride 1, w̃ is w flipped along its spatial axes, with input and output exchanged", () => {
  /** [O, C/G, …k] → [C, O/G, …k]: flipped, and transposed within every group. */
  function flipped(w: Tensor, groups: number): Tensor {
    const [filters, channels, ...kernel] = w.shape;
    const blocks = reshape(w, [groups, filters / groups, channels, ...kernel]);
    const exchanged = reshape(transpose(blocks, 1, 2), [groups * channels, filters / groups, ...kernel]);
    return flip(
      exchanged,
      kernel.map((_, axis) => axis + 2),
    );
  }

  test("by hand: the column of a pixel is the kernel in reverse", () => {
    const [w, g] = [tensor([[[2, 3]]]), tensor([[[1, 5]]])];
    expect(rowsOf(transpose(convMatrix(w, { inSize: 3 }), 0, 1))).toEqual([
      [2, 0],
      [3, 2],
      [0, 3],
    ]);
    expect(list(flipped(w, 1))).toEqual([3, 2]);
    expect(list(conv1d(g, flipped(w, 1), { padding: 1 }))).toEqual([2, 13, 15]);
  });

  test.each([
    ["a signal", [2, 3, 5], [4, 3, 3], { groups: 1 }],
    ["an image in groups", [2, 4, 4, 5], [6, 2, 2, 3], { groups: 2 }],
    ["a depthwise image with a multiplier", [1, 3, 4, 4], [6, 1, 3, 2], { groups: 3 }],
    ["a dilated kernel", [1, 2, 6, 4], [3, 2, 3, 2], { dilation: [2, 3], groups: 1 }],
    ["a volume", [1, 2, 3, 2, 4], [2, 1, 2, 2, 3], { groups: 2 }],
  ])("for %s, padded by dilation·(kernel − 1)", (_, xShape, wShape, options) => {
    const [inSize, kernelSize] = [xShape.slice(2), wShape.slice(2)];
    const conv = convs[inSize.length - 1];
    const w = integers(wShape, 1);
    const { groups, dilation = inSize.map(() => 1) } = options as { groups: number; dilation?: number[] };
    const matrix = convMatrix(w, { inSize, groups, dilation });
    const g = integers(conv(zeros(xShape, { dtype: "float64" }), w, { groups, dilation }).shape, 2);
    const padding = kernelSize.map((k, axis) => dilation[axis] * (k - 1));
    const gradX = conv(g, flipped(w, groups), { padding, dilation, groups });
    expect(gradX.shape).toEqual(xShape);
    expect(list(matmul(reshape(g, [xShape[0], matrix.shape[0]]), matrix))).toEqual(list(gradX));
  });
});

test("it is of w's type; no filters make no rows, no channels no columns, an image without pixels none either", () => {
  expect(convMatrix(zeros([1, 1, 2]), { inSize: 3 }).dtype).toBe("float32");
  expect(convMatrix(integers([1, 1, 2], 1), { inSize: 3 }).dtype).toBe("float64");
  expect(convMatrix(zeros([0, 2, 2]), { inSize: 3 }).shape).toEqual([0, 6]);
  expect(convMatrix(zeros([3, 0, 2]), { inSize: 3 }).shape).toEqual([6, 0]);
  expect(convMatrix(zeros([3, 2, 2]), { inSize: 0, padding: 1 }).shape).toEqual([3, 0]);
});

describe("what does not fit is an error", () => {
  const w = zeros([4, 2, 3]);

  test("the kernel", () => {
    expect(() => convMatrix(zeros([3]), { inSize: 5 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: convMatrix: w must have 2 or more axes, [O, C/groups, …], but its shape is [3]. Reshape it.]`,
    );
    expect(() => convMatrix([[[1]]] as never, { inSize: 5 })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: convMatrix: w must be a tensor, got [[[1]]]. Make a tensor with tensor(values, shape).]`,
    );
    expect(() => convMatrix(zeros([1, 1, 1], { dtype: "int32" }), { inSize: 5 })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: convMatrix: its tensors are int32, but it computes in floats. Use cast(x, "float32").]`,
    );
    expect(() => convMatrix(w, { inSize: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: convMatrix: the dilated kernel spans 3 pixels along spatial axis 0 (kernel 3, dilation 1), but x [1, 2, 2] with padding [0, 0] has 2. Use more padding or a smaller kernel.]`,
    );
    expect(() => convMatrix(w, { inSize: 2, padding: 2, paddingMode: "reflect" })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: convMatrix: "reflect" padding mirrors the image without its edge, at most 1 of the 2 pixels along spatial axis 0, but padding is [2, 2]. Pad less, or use "circular" or "replicate".]`,
    );
  });

  test("the options", () => {
    expect(() => convMatrix(w, undefined as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: convMatrix: the last argument is the options, got undefined. Pass an object: { inSize: … }.]`,
    );
    expect(() => convMatrix(w, {} as never)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: convMatrix: inSize must be an integer of at least 0, got undefined.]`,
    );
    expect(() => convMatrix(w, { inSize: [5, 5] })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: convMatrix: inSize must be one number or an array of 1, got [5, 5].]`,
    );
    expect(() => convMatrix(w, { inputSize: 5 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: convMatrix: unknown option inputSize. Did you mean inSize?]`,
    );
    expect(() => convMatrix(w, { inSize: 5, bias: zeros([4]) } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: convMatrix: unknown option bias. It takes inSize, stride, padding, dilation, groups, paddingMode.]`,
    );
    expect(() => convMatrix(w, { inSize: 5, groups: 3 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: convMatrix: w [4, 2, 3] has 4 output channels, which 3 groups do not divide. Make them a multiple of groups.]`,
    );
    expect(() => convMatrix(w, { inSize: 5, groups: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: convMatrix: groups must be a positive integer, got 0.]`,
    );
  });
});
