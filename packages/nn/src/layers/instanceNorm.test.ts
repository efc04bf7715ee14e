import { checkGradient } from "@conv/autograd";
import { ones, tensor } from "@conv/core";
import { describe, expect, test } from "vitest";
import { asFunction, expectValues, momentsOf, numbers, randn, small } from "../../test/norms.js";
import { InstanceNorm1d, InstanceNorm2d, InstanceNorm3d } from "../index.js";

/** Digits after the point that float64 keeps over a few sums. */
const FLOAT64 = 12;

describe("InstanceNorm", () => {
  test("by hand: every channel of every example by itself becomes −1 and 1", () => {
    const x = tensor([1, 5, -30, 30, 9, 7, 0, 1], [2, 2, 2]);
    expectValues(new InstanceNorm1d(2, { eps: 0 }).forward(x), [-1, 1, -1, 1, 1, -1, -1, 1]);
  });

  test("by hand: with affine, then times weight plus bias of the channel", () => {
    const layer = new InstanceNorm1d(2, { eps: 0, affine: true });
    layer.loadStateDict({ weight: tensor([2, 10]), bias: tensor([1, 5]) });
    expectValues(layer.forward(tensor([1, 5, -30, 30], [1, 2, 2])), [-1, 3, -5, 15]);
  });

  test("ε is under the root, and by default 10⁻⁵: variance 4 and ε 12 divide by 4", () => {
    expectValues(new InstanceNorm1d(1).forward(small([1, 1, 2])), [-Math.SQRT1_2, Math.SQRT1_2]);
    expectValues(new InstanceNorm1d(1, { eps: 12 }).forward(tensor([[[1, 5]]])), [-0.5, 0.5]);
  });

  test.each([
    ["InstanceNorm1d", new InstanceNorm1d(3, { eps: 0 }), [2, 3, 5], [2]],
    ["InstanceNorm2d", new InstanceNorm2d(3, { eps: 0 }), [2, 3, 4, 5], [2, 3]],
    ["InstanceNorm3d", new InstanceNorm3d(3, { eps: 0 }), [2, 3, 2, 2, 4], [2, 3, 4]],
  ])("%s gives mean 0 and variance 1", (_, layer, shape, dim) => {
    const y = layer.forward(randn(shape));
    expect(y.shape).toEqual(shape);
    const [means, variances] = momentsOf(y, dim);
    expect(means).toHaveLength(6);
    for (const value of means) expect(value).toBeCloseTo(0, FLOAT64);
    for (const value of variances) expect(value).toBeCloseTo(1, FLOAT64);
  });

  test("has no parameters unless affine, and no buffers", () => {
    expect(Object.keys(new InstanceNorm2d(3).stateDict())).toEqual([]);
    expect(Object.keys(new InstanceNorm2d(3, { affine: true }).stateDict())).toEqual(["weight", "bias"]);
  });

  test("is the same in training and in use", () => {
    const [layer, x] = [new InstanceNorm2d(2), randn([1, 2, 3, 3])];
    expect(numbers(layer.forward(x))).toEqual(numbers(layer.eval().forward(x)));
  });

  test.each([1, 2] as const)("gradients of order %i are central differences", (order) => {
    const inputs = [randn([2, 2, 2, 2]), randn([2], 2), randn([2], 3)];
    expect(checkGradient(asFunction(new InstanceNorm2d(2, { affine: true })), inputs, { order }).entries).toBe(20);
  });
});

describe("InstanceNorm refuses", () => {
  test("a single pixel", () => {
    expect(() => new InstanceNorm2d(2).forward(ones([3, 2, 1, 1]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: InstanceNorm2d: x [3, 2, 1, 1] has fewer than two values per channel of an example, and one less its own mean is always 0. Leave the layer out here.]`,
    );
  });

  test("other axes and channels", () => {
    expect(() => new InstanceNorm1d(2).forward(ones([3, 2]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: InstanceNorm1d: x must be [N, C, L], got the shape [3, 2]. Reshape it, or use the layer for its axes.]`,
    );
    expect(() => new InstanceNorm3d(2).forward(ones([3, 3, 2, 2, 2]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: InstanceNorm3d: x [3, 3, 2, 2, 2] has 3 channels, but the layer was made for 2. Make it for 3.]`,
    );
  });

  test("another dtype than its own", () => {
    const x = ones([1, 2, 2, 2], { dtype: "float64" });
    expect(() => new InstanceNorm2d(2, { affine: true }).forward(x)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: InstanceNorm2d: x is float64, but must be float32. Make it with { dtype: "float32" }.]`,
    );
  });

  test("options that are unknown or out of range", () => {
    expect(() => new InstanceNorm2d(0)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: InstanceNorm2d: numFeatures must be a positive integer, got 0.]`,
    );
    expect(() => new InstanceNorm2d(2, { eps: Number.NaN })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: InstanceNorm2d: eps must be a finite number of at least 0, got NaN.]`,
    );
    expect(() => new InstanceNorm2d(2, { affine: 1 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: InstanceNorm2d: affine must be true or false, got 1.]`,
    );
    expect(() => new InstanceNorm2d(2, { track_running_stats: true } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: InstanceNorm2d: unknown option track_running_stats. Did you mean trackRunningStats?]`,
    );
    expect(() => new InstanceNorm2d(2, { trackRunningStats: 1 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: InstanceNorm2d: trackRunningStats must be true or false, got 1.]`,
    );
    expect(() => new InstanceNorm2d(2, { momentum: null } as never)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: InstanceNorm2d: momentum must be 0 to 1, got null.]`,
    );
  });
});

describe("InstanceNorm with running statistics", () => {
  test("by hand: the means over two signals of their means 2 and 4, and of their unbiased variances 2 and 8", () => {
    const layer = new InstanceNorm1d(1, { trackRunningStats: true, momentum: 0.5, eps: 0 });
    const x = tensor([1, 3, 2, 6], [2, 1, 2]);
    expectValues(layer.forward(x), [-1, 1, -1, 1]); // those of each signal, in training
    expectValues(layer.running_mean, [0.5 * 3]);
    expectValues(layer.running_var, [0.5 * 1 + 0.5 * 5]);
    layer.eval();
    const statistics = { mean: 1.5, deviation: Math.sqrt(3) };
    expectValues(
      layer.forward(x),
      [1, 3, 2, 6].map((v) => (v - statistics.mean) / statistics.deviation),
    );
    expectValues(layer.running_mean, [1.5]); // use moves nothing
  });

  test("by default there are none, and in use it is as in training", () => {
    const layer = new InstanceNorm1d(1, { eps: 0 });
    expect(layer.buffers()).toEqual([]);
    expectValues(layer.eval().forward(tensor([1, 3], [1, 1, 2])), [-1, 1]);
  });

  test("in use one pixel is enough: it is compared with others", () => {
    const layer = new InstanceNorm2d(1, { trackRunningStats: true, eps: 0 }).eval();
    expectValues(layer.forward(tensor([7], [1, 1, 1, 1])), [7]);
  });
});
