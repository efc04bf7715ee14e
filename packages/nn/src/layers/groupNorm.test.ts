import { checkGradient, reshape } from "@conv/autograd";
import { ones, tensor } from "@conv/core";
import { describe, expect, test } from "vitest";
import { asFunction, expectValues, momentsOf, numbers, randn, small } from "../../test/norms.js";
import { GroupNorm, InstanceNorm2d, LayerNorm } from "../index.js";

/** Digits after the point that float64 keeps over a few sums. */
const FLOAT64 = 12;

describe("GroupNorm", () => {
  test("by hand: of four channels, two groups become −1 and 1, then times weight plus bias of each channel", () => {
    const x = tensor([[1, 5, -30, 30]]);
    const layer = new GroupNorm(2, 4, { eps: 0 });
    expectValues(layer.forward(x), [-1, 1, -1, 1]);
    layer.loadStateDict({ weight: tensor([1, 2, 3, 4]), bias: tensor([10, 20, 30, 40]) });
    expectValues(layer.forward(x), [9, 22, 27, 44]);
  });

  test("ε is under the root, and by default 10⁻⁵: variance 4 and ε 12 divide by 4", () => {
    expectValues(new GroupNorm(1, 2).forward(small([1, 2])), [-Math.SQRT1_2, Math.SQRT1_2]);
    expectValues(new GroupNorm(1, 2, { eps: 12 }).forward(tensor([[1, 5]])), [-0.5, 0.5]);
  });

  test.each([
    [3, [2, 6, 4, 5]],
    [2, [3, 4, 7]],
    [1, [2, 6]],
    [2, [1, 4, 2, 3, 2]],
  ])("with %i groups, x %j has mean 0 and variance 1 in each", (groups, shape) => {
    const [batch, channels] = shape;
    const y = new GroupNorm(groups, channels, { eps: 0, affine: false }).forward(randn(shape));
    expect(y.shape).toEqual(shape);
    const [means, variances] = momentsOf(reshape(y, [batch * groups, -1]), 1);
    expect(means).toHaveLength(batch * groups);
    for (const value of means) expect(value).toBeCloseTo(0, FLOAT64);
    for (const value of variances) expect(value).toBeCloseTo(1, FLOAT64);
  });

  test("with one group it is LayerNorm over channels and pixels, with C groups InstanceNorm", () => {
    const [x, affine] = [randn([2, 6, 3, 4]), false];
    const layer = new LayerNorm([6, 3, 4], { elementwiseAffine: false });
    expectValues(new GroupNorm(1, 6, { affine }).forward(x), numbers(layer.forward(x)), FLOAT64);
    expectValues(new GroupNorm(6, 6, { affine }).forward(x), numbers(new InstanceNorm2d(6).forward(x)), FLOAT64);
  });

  test("has PyTorch's names and shapes, and no parameters unless affine", () => {
    const shapes = (layer: GroupNorm) => Object.entries(layer.stateDict()).map(([name, { shape }]) => [name, shape]);
    expect(shapes(new GroupNorm(2, 4))).toEqual([
      ["weight", [4]],
      ["bias", [4]],
    ]);
    expect(shapes(new GroupNorm(2, 4, { affine: false }))).toEqual([]);
  });

  test.each([1, 2] as const)("gradients of order %i are central differences", (order) => {
    const inputs = [randn([2, 4, 3]), randn([4], 2), randn([4], 3)];
    expect(checkGradient(asFunction(new GroupNorm(2, 4)), inputs, { order }).entries).toBe(32);
  });
});

describe("GroupNorm refuses", () => {
  test("groups that do not divide the channels", () => {
    expect(() => new GroupNorm(6, 3)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: GroupNorm: numGroups 6 must divide numChannels 3. The arguments are (numGroups, numChannels).]`,
    );
    expect(() => new GroupNorm(4, 6)).toThrow("must divide");
  });

  test("other axes and channels", () => {
    expect(() => new GroupNorm(2, 4).forward(ones([4]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: GroupNorm: x must have at least two axes, [N, C, …], got [4].]`,
    );
    expect(() => new GroupNorm(2, 4).forward(ones([4, 6, 2]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: GroupNorm: x [4, 6, 2] has 6 channels, but the layer was made for 4. Make it for 6.]`,
    );
  });

  test("another dtype than its own", () => {
    const x = ones([2, 4], { dtype: "float64" });
    expect(() => new GroupNorm(2, 4).forward(x)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: GroupNorm: x is float64, but must be float32. Make it with { dtype: "float32" }.]`,
    );
  });

  test("options that are unknown or out of range", () => {
    expect(() => new GroupNorm(0, 4)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: GroupNorm: numGroups must be a positive integer, got 0.]`,
    );
    expect(() => new GroupNorm(2, 4.5)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: GroupNorm: numChannels must be a positive integer, got 4.5.]`,
    );
    expect(() => new GroupNorm(2, 4, { eps: -1 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: GroupNorm: eps must be a finite number of at least 0, got -1.]`,
    );
    expect(() => new GroupNorm(2, 4, { affine: 1 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: GroupNorm: affine must be true or false, got 1.]`,
    );
    expect(() => new GroupNorm(2, 4, { momentum: 0.1 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: GroupNorm: unknown option momentum. It takes eps, affine.]`,
    );
  });
});
