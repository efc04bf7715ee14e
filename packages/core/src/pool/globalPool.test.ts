import { describe, expect, test } from "vitest";
import { dot, integers, list } from "../../test/samples.js";
import { ones, tensor, zeros } from "../create.js";
import { max } from "../maps/reduce.js";
import { adaptiveAvgPoolAdjoint } from "./adaptiveAvgPool.js";
import { globalAvgPool, globalMaxPool } from "./globalPool.js";

describe("global pooling", () => {
  test("by hand: every channel's image becomes one pixel, its mean or its largest", () => {
    const x = tensor([1, 2, 6, 3, 3, 3], [1, 2, 3]);
    expect([list(globalAvgPool(x)), globalAvgPool(x).shape]).toEqual([
      [3, 3],
      [1, 2, 1],
    ]);
    expect(list(globalMaxPool(x))).toEqual([6, 3]);
  });

  test("by hand: images and volumes, of any rank", () => {
    expect(list(globalAvgPool(tensor([1, 2, 3, 6], [1, 1, 2, 2])))).toEqual([3]);
    expect(globalAvgPool(ones([2, 3, 4, 5])).shape).toEqual([2, 3, 1, 1]);
    expect(globalMaxPool(ones([2, 3, 4, 5, 6])).shape).toEqual([2, 3, 1, 1, 1]);
  });

  test("they are sum / pixels and max over the spatial axes", () => {
    const x = integers([2, 3, 4, 5], 1);
    const images = Array.from({ length: 6 }, (_, i) => list(x).slice(i * 20, (i + 1) * 20));
    expect(list(globalAvgPool(x))).toEqual(images.map((image) => image.reduce((sum, value) => sum + value, 0) / 20));
    expect(list(globalMaxPool(x))).toEqual(list(max(x, { dim: [2, 3] })));
  });

  test("NaN passes through both", () => {
    const x = tensor([1, Number.NaN, 6, 3, 3, 3], [1, 2, 3]);
    expect(list(globalAvgPool(x))).toEqual([Number.NaN, 3]);
    expect(list(globalMaxPool(x))).toEqual([Number.NaN, 3]);
  });

  test("by hand: the adjoint of the mean spreads the gradient evenly, ⟨A x, g⟩ = ⟨x, Aᵀ g⟩", () => {
    const [x, g] = [integers([2, 3, 4, 2], 1), integers([2, 3, 1, 1], 2)]; // means of 8 integers are exact
    const gradX = adaptiveAvgPoolAdjoint(g, { inSize: [4, 2] });
    expect(list(gradX).slice(0, 8)).toEqual(new Array(8).fill(list(g)[0] / 8));
    expect(dot(globalAvgPool(x), g)).toBe(dot(x, gradX));
  });

  test("no images make none", () => {
    expect(globalAvgPool(zeros([0, 2, 4, 4])).shape).toEqual([0, 2, 1, 1]);
    expect(globalMaxPool(zeros([2, 0, 4])).shape).toEqual([2, 0, 1]);
  });

  test("what cannot be is an error, in its own name", () => {
    expect(() => globalAvgPool(ones([2, 3]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: globalAvgPool: x must have at least 3 axes, [N, C, …], but its shape is [2, 3]. Reshape it.]`,
    );
    expect(() => globalMaxPool(ones([3]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: globalMaxPool: x must have at least 3 axes, [N, C, …], but its shape is [3]. Reshape it.]`,
    );
    expect(() => globalAvgPool([1] as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: globalAvgPool: x must be a tensor, got [1]. Make a tensor with tensor(values, shape).]`,
    );
    expect(() => globalMaxPool(undefined as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: globalMaxPool: x must be a tensor, got undefined. Make a tensor with tensor(values, shape).]`,
    );
    expect(() => globalAvgPool(zeros([1, 2, 0]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: globalAvgPool: x [1, 2, 0] has no pixels along spatial axis 0 to pool.]`,
    );
    expect(() => globalMaxPool(zeros([1, 2, 3, 0]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: globalMaxPool: x [1, 2, 3, 0] has no pixels along spatial axis 1 to pool.]`,
    );
    expect(() => globalAvgPool(ones([1, 2, 3], { dtype: "int32" }))).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: globalAvgPool: its tensors are int32, but it computes in floats. Use cast(x, "float32").]`,
    );
  });
});
