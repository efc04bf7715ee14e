import { ones } from "@conv/core";
import { describe, expect, test } from "vitest";
import { BatchNorm1d, BatchNorm2d, BatchNorm3d } from "../index.js";

describe("BatchNorm refuses", () => {
  test("one value per channel in training, and says what works", () => {
    const one = ones([1, 2, 1, 1]);
    expect(() => new BatchNorm2d(2).forward(one)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: BatchNorm2d: x [1, 2, 1, 1] has fewer than two values per channel, and one less its own mean is always 0. Use a larger batch (a DataLoader's dropLast leaves out a small last one), or eval().]`,
    );
    expect(() => new BatchNorm2d(2).eval().forward(one)).not.toThrow();
    const untracked = new BatchNorm2d(2, { trackRunningStats: false });
    expect(() => untracked.eval().forward(one)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: BatchNorm2d: x [1, 2, 1, 1] has fewer than two values per channel, and one less its own mean is always 0. Use a larger batch (a DataLoader's dropLast leaves out a small last one).]`,
    );
    expect(() => new BatchNorm2d(2).forward(ones([0, 2, 3, 3]))).toThrow("fewer than two");
  });

  test("and its running statistics stay as they were then", () => {
    const layer = new BatchNorm2d(2);
    expect(() => layer.forward(ones([1, 2, 1, 1]))).toThrow();
    expect(layer.num_batches_tracked?.item()).toBe(0);
  });

  test("other axes and channels", () => {
    expect(() => new BatchNorm1d(2).forward(ones([3, 2, 4, 4]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: BatchNorm1d: x must be [N, C] or [N, C, L], got the shape [3, 2, 4, 4]. Reshape it, or use the layer for its axes.]`,
    );
    expect(() => new BatchNorm2d(2).forward(ones([3, 2]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: BatchNorm2d: x must be [N, C, H, W], got the shape [3, 2]. Reshape it, or use the layer for its axes.]`,
    );
    expect(() => new BatchNorm3d(2).forward(ones([3, 2, 4, 4]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: BatchNorm3d: x must be [N, C, D, H, W], got the shape [3, 2, 4, 4]. Reshape it, or use the layer for its axes.]`,
    );
    expect(() => new BatchNorm2d(2).forward(ones([3, 4, 5, 5]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: BatchNorm2d: x [3, 4, 5, 5] has 4 channels, but the layer was made for 2. Make it for 4.]`,
    );
  });

  test("another dtype than its own", () => {
    expect(() => new BatchNorm1d(2).forward(ones([2, 2], { dtype: "float64" }))).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: BatchNorm1d: x is float64, but must be float32. Make it with { dtype: "float32" }.]`,
    );
    const wide = ones([2, 2], { dtype: "float64" });
    expect(() => new BatchNorm1d(2, { affine: false }).forward(wide)).toThrow("must be float32");
    const bare = { affine: false, trackRunningStats: false };
    expect(() => new BatchNorm1d(2, bare).forward(ones([2, 2], { dtype: "int32" }))).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: BatchNorm1d: x is int32, but must be float32. Make it with { dtype: "float32" }.]`,
    );
  });

  test("what is no tensor", () => {
    expect(() => new BatchNorm2d(2).forward([[1, 2]] as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: BatchNorm2d: x must be a tensor, got [[1, 2]]. Make a tensor with tensor(values, shape).]`,
    );
  });

  test("options that are unknown or out of range, under the layer's name", () => {
    const make = (options: object) => () => new BatchNorm2d(2, options);
    expect(() => new BatchNorm1d(0)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: BatchNorm1d: numFeatures must be a positive integer, got 0.]`,
    );
    expect(make({ momentum: 1.5 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: BatchNorm2d: momentum must be 0 to 1, or null, got 1.5.]`,
    );
    expect(make({ momentum: Number.NaN })).toThrow(RangeError);
    expect(make({ eps: -1 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: BatchNorm2d: eps must be a finite number of at least 0, got -1.]`,
    );
    expect(make({ affine: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: BatchNorm2d: affine must be true or false, got 1.]`,
    );
    expect(make({ trackRunningStats: "no" })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: BatchNorm2d: trackRunningStats must be true or false, got "no".]`,
    );
    expect(make({ track_running_stats: false })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: BatchNorm2d: unknown option track_running_stats. Did you mean trackRunningStats?]`,
    );
    expect(() => new BatchNorm3d(2, { size: 3 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: BatchNorm3d: unknown option size. It takes eps, momentum, affine, trackRunningStats.]`,
    );
  });
});
