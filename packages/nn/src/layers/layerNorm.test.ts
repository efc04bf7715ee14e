import { checkGradient } from "@conv/autograd";
import { ones, tensor } from "@conv/core";
import { describe, expect, test } from "vitest";
import { asFunction, expectValues, momentsOf, numbers, randn, small } from "../../test/norms.js";
import { LayerNorm } from "../index.js";

/** Digits after the point that float64 keeps over a few sums. */
const FLOAT64 = 12;

describe("LayerNorm", () => {
  test("by hand: every row by itself becomes −1 and 1, then times weight plus bias", () => {
    const x = tensor([
      [1, 5],
      [-30, 30],
    ]);
    const layer = new LayerNorm(2, { eps: 0 });
    expectValues(layer.forward(x), [-1, 1, -1, 1]);
    layer.loadStateDict({ weight: tensor([2, 10]), bias: tensor([1, 5]) });
    expectValues(layer.forward(x), [-1, 15, -1, 15]);
  });

  test("ε is under the root, and by default 10⁻⁵: variance 4 and ε 12 divide by 4", () => {
    expectValues(new LayerNorm(2).forward(small([1, 2])), [-Math.SQRT1_2, Math.SQRT1_2]);
    expectValues(new LayerNorm(2, { eps: 12 }).forward(tensor([[1, 5]])), [-0.5, 0.5]);
  });

  test.each([
    [5, [-1]],
    [[5], [-1]],
    [
      [4, 5],
      [-2, -1],
    ],
    [
      [3, 4, 5],
      [-3, -2, -1],
    ],
  ])("of %j gives mean 0 and variance 1 over the axes %j of every example", (shape, dim) => {
    const y = new LayerNorm(shape, { eps: 0, elementwiseAffine: false }).forward(randn([2, 3, 4, 5]));
    expect(y.shape).toEqual([2, 3, 4, 5]);
    const [means, variances] = momentsOf(y, dim);
    for (const value of means) expect(value).toBeCloseTo(0, FLOAT64);
    for (const value of variances) expect(value).toBeCloseTo(1, FLOAT64);
  });

  test("has PyTorch's names and shapes, and no parameters without elementwiseAffine", () => {
    const shapes = (layer: LayerNorm) => Object.entries(layer.stateDict()).map(([name, { shape }]) => [name, shape]);
    expect(shapes(new LayerNorm([3, 4]))).toEqual([
      ["weight", [3, 4]],
      ["bias", [3, 4]],
    ]);
    expect(shapes(new LayerNorm(4, { elementwiseAffine: false }))).toEqual([]);
  });

  test("is the same in training and in use", () => {
    const [layer, x] = [new LayerNorm(3), tensor([[1, 2, 4]])];
    expect(numbers(layer.forward(x))).toEqual(numbers(layer.eval().forward(x)));
  });

  test.each([1, 2] as const)("gradients of order %i are central differences", (order) => {
    const inputs = [randn([2, 2, 3]), randn([2, 3], 2), randn([2, 3], 3)];
    expect(checkGradient(asFunction(new LayerNorm([2, 3])), inputs, { order }).entries).toBe(24);
  });
});

describe("LayerNorm refuses", () => {
  test("an x that does not end in its shape", () => {
    expect(() => new LayerNorm([3, 4]).forward(ones([2, 4, 3]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: LayerNorm: x [2, 4, 3] must end in normalizedShape [3, 4]. Reshape x, or make the layer for its last axes.]`,
    );
    expect(() => new LayerNorm([3, 4]).forward(ones([4]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: LayerNorm: x [4] must end in normalizedShape [3, 4]. Reshape x, or make the layer for its last axes.]`,
    );
  });

  test("another dtype than its own, and integers", () => {
    expect(() => new LayerNorm(2).forward(ones([2, 2], { dtype: "float64" }))).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: LayerNorm: x is float64, but must be float32. Make it with { dtype: "float32" }.]`,
    );
    const bare = new LayerNorm(2, { elementwiseAffine: false });
    expect(() => bare.forward(ones([2, 2], { dtype: "int32" }))).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: LayerNorm: x is int32, but must be float32. Make it with { dtype: "float32" }.]`,
    );
  });

  test("shapes and options that cannot be", () => {
    expect(() => new LayerNorm(null as never)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: LayerNorm: normalizedShape must be a positive integer, got null.]`,
    );
    expect(() => new LayerNorm([])).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: LayerNorm: normalizedShape must have at least one axis, got [].]`,
    );
    expect(() => new LayerNorm([3, 0])).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: LayerNorm: normalizedShape must be a positive integer, got 0.]`,
    );
    expect(() => new LayerNorm("3" as never)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: LayerNorm: normalizedShape must be a positive integer, got "3".]`,
    );
    expect(() => new LayerNorm(3, { eps: -1 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: LayerNorm: eps must be a finite number of at least 0, got -1.]`,
    );
    expect(() => new LayerNorm(3, { elementwiseAffine: 1 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: LayerNorm: elementwiseAffine must be true or false, got 1.]`,
    );
    expect(() => new LayerNorm(3, { affine: false } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: LayerNorm: unknown option affine. It takes eps, elementwiseAffine.]`,
    );
  });
});
