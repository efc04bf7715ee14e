import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dot, FLOAT64_SUM, integers, list, RUNS, scaleOf } from "../../test/samples.js";
import { full, ones, tensor, zeros } from "../create.js";
import { adaptiveAvgPool2d } from "../pool/adaptiveAvgPool.js";
import { allClose } from "../testing/allClose.js";
import { interpolate, interpolateAdjoint } from "./interpolate.js";
import { type InterpolateOptions, interpolateGeometry } from "./interpolateGeometry.js";
import type { InterpolateMode } from "./taps.js";

const signal = (...values: number[]) => tensor(values, [1, 1, values.length]);
const of = (values: readonly number[], options: InterpolateOptions) => list(interpolate(signal(...values), options));

describe("by hand: a signal", () => {
  test("nearest repeats pixels, or skips them", () => {
    expect(of([1, 3], { scaleFactor: 2 })).toEqual([1, 1, 3, 3]);
    expect(of([1, 3, 5], { size: 4 })).toEqual([1, 1, 3, 5]); // ⌊i · ¾⌋
    expect(of([1, 3, 5, 7], { size: 2 })).toEqual([1, 5]);
  });

  test("nearestExact takes the pixel in which the middle lies", () => {
    expect(of([1, 3, 5, 7], { size: 2, mode: "nearestExact" })).toEqual([3, 7]); // ⌊(i + ½) · 2⌋
    expect(of([1, 3, 5], { size: 4, mode: "nearestExact" })).toEqual([1, 3, 3, 5]);
  });

  test("linear: the middles of four pixels in two are at −¼, ¼, ¾ and 1¼", () => {
    expect(of([1, 3], { size: 4, mode: "linear" })).toEqual([1, 1.5, 2.5, 3]);
    expect(of([1, 3], { size: 3, mode: "linear", alignCorners: true })).toEqual([1, 2, 3]);
    expect(of([1, 3, 8], { size: 1, mode: "linear", alignCorners: true })).toEqual([1]);
    expect(of([1, 3, 8], { size: 1, mode: "linear" })).toEqual([3]);
  });

  test("nothing is smoothed where it gets smaller, but in area", () => {
    expect(of([1, 0, 0, 0, 0, 0, 0, 1], { size: 2, mode: "linear" })).toEqual([0, 0]);
    expect(of([1, 0, 0, 0, 0, 0, 0, 1], { size: 2, mode: "area" })).toEqual([0.25, 0.25]);
  });

  test("a factor is that of the coordinates, even where the size comes to less", () => {
    expect(of([0, 1], { scaleFactor: 1.6, mode: "linear" })).toEqual([0, expect.closeTo(1.5 / 1.6 - 0.5, 6), 1]);
    expect(of([0, 1], { size: 3, mode: "linear" })).toEqual([0, 0.5, 1]);
    expect(of([0, 1, 2, 3, 4], { scaleFactor: 1.1 })).toEqual([0, 0, 1, 2, 3]);
    expect(of([0, 1, 2, 3, 4], { scaleFactor: 1.1, mode: "linear" })).toEqual([0, 1, 2, 3, 4]); // PyTorch's short cut
  });

  test("the adjoint gives gradients to the pixels that had a part", () => {
    const g = signal(1, 2, 3, 4);
    expect(list(interpolateAdjoint(g, { inSize: 2, scaleFactor: 2 }))).toEqual([3, 7]);
    expect(list(interpolateAdjoint(g, { inSize: [2], size: 4, mode: "linear" }))).toEqual([3.25, 6.75]);
    expect(list(interpolateAdjoint(signal(5, 6), { inSize: [4], size: 2 }))).toEqual([5, 0, 6, 0]); // two were skipped
  });
});

describe("by hand: an image", () => {
  const x = tensor([[[[1, 3], [5, 7]]]]); // biome-ignore format: an image

  test("every axis for itself, by one number or one each", () => {
    expect(list(interpolate(x, { scaleFactor: [1, 2] }))).toEqual([1, 1, 3, 3, 5, 5, 7, 7]);
    expect(list(interpolate(x, { size: [3, 1], mode: "bilinear" }))).toEqual([2, 4, 6]);
    expect(interpolate(x, { size: 5 }).shape).toEqual([1, 1, 5, 5]);
  });

  test("bicubic: ½ a pixel away the weights are −3/32, 19/32, 19/32 and −3/32", () => {
    const row = tensor([0, 0, 32, 0, 0, 0], [1, 1, 1, 6]);
    const y = interpolate(row, { size: [1, 3], mode: "bicubic" }); // at ½, 2½ and 4½
    expect(list(y)).toEqual([-3, 19, 0]);
  });

  test("to the same size it is another tensor of the same numbers", () => {
    const y = interpolate(x, { size: 2, mode: "bilinear" });
    expect(y).not.toBe(x);
    expect(list(y)).toEqual([1, 3, 5, 7]);
  });

  test("an axis that keeps its length costs nothing; shorter axes come first, then the inner of the longer ones", () => {
    const axes = (size: number[]) =>
      interpolateGeometry("test", [1, 1, 6, 6, 6], "float32", { size }).map(({ xShape, yShape }) =>
        xShape.findIndex((length, axis) => length !== yShape[axis]),
      );
    expect(axes([6, 6, 9])).toEqual([4]);
    expect(axes([12, 12, 12])).toEqual([4, 3, 2]);
    expect(axes([3, 3, 3])).toEqual([2, 3, 4]);
    expect(axes([12, 5, 7])).toEqual([3, 4, 2]);
  });
});

const MODES: Readonly<Record<number, readonly InterpolateMode[]>> = {
  1: ["nearest", "nearestExact", "linear", "area"],
  2: ["nearest", "nearestExact", "bilinear", "bicubic", "area"],
  3: ["nearest", "nearestExact", "trilinear", "area"],
};
const length = fc.integer({ min: 1, max: 7 });
/** Every mode of every rank, by size or by factor. */
const anyCase = fc
  .array(fc.record({ length, out: length, factor: fc.constantFrom(0.4, 0.5, 1.1, 1.7, 2, 3) }), {
    minLength: 1,
    maxLength: 3,
  })
  .chain((axes) =>
    fc.record({
      axes: fc.constant(axes),
      mode: fc.constantFrom(...MODES[axes.length]),
      alignCorners: fc.boolean(),
      bySize: fc.boolean(),
      seed: fc.nat(),
    }),
  )
  .map(({ axes, mode, alignCorners, bySize, seed }) => {
    const sizing = bySize
      ? { size: axes.map(({ out }) => out) }
      : { scaleFactor: axes.map(({ length, factor }) => Math.max(factor, length === 1 ? 1 : factor * 1.3)) };
    const corners = mode.endsWith("linear") || mode === "bicubic" ? { alignCorners } : {};
    return { inSize: axes.map((axis) => axis.length), options: { ...sizing, mode, ...corners }, seed };
  })
  .filter(({ inSize, options: { scaleFactor } }) => scaleFactor?.every((f, a) => f * inSize[a] >= 1) ?? true);

describe("for every mode, rank and size", () => {
  test("⟨R x, g⟩ = ⟨x, Rᵀ g⟩", () => {
    fc.assert(
      fc.property(anyCase, ({ inSize, options, seed }) => {
        const x = integers([2, 2, ...inSize], seed);
        const y = interpolate(x, options);
        const g = integers(y.shape, seed + 1);
        const gradX = interpolateAdjoint(g, { ...options, inSize });
        expect(gradX.shape).toEqual(x.shape);
        expect(Math.abs(dot(y, g) - dot(x, gradX))).toBeLessThanOrEqual(
          FLOAT64_SUM * (scaleOf(y, g) + scaleOf(x, gradX)),
        );
      }),
      RUNS,
    );
  });

  test("an even image stays even: the weights of a pixel have the sum 1", () => {
    fc.assert(
      fc.property(anyCase, ({ inSize, options }) => {
        const y = interpolate(full([1, 1, ...inSize], 3, { dtype: "float64" }), options);
        expect(allClose(y, new Float64Array(y.size).fill(3), { rtol: FLOAT64_SUM, atol: 0 })).toBeUndefined();
      }),
      RUNS,
    );
  });

  test("a slope stays a slope where corners are aligned", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 30 }), fc.integer({ min: 2, max: 30 }), (n, out) => {
        const x = tensor(Float64Array.from({ length: n }, (_, i) => i), [1, 1, n]); // biome-ignore format: one line
        const y = interpolate(x, { size: out, mode: "linear", alignCorners: true });
        const expected = Float64Array.from({ length: out }, (_, i) => (i * (n - 1)) / (out - 1));
        expect(allClose(y, expected, { rtol: 0, atol: 1e-12 })).toBeUndefined();
      }),
      RUNS,
    );
  });

  test("area is adaptive average pooling", () => {
    const x = integers([2, 3, 7, 5], 1);
    for (const size of [[3, 2], [9, 11], [7, 1]]) // biome-ignore format: one line
      expect(
        allClose(interpolate(x, { size, mode: "area" }), adaptiveAvgPool2d(x, size).dataSync(), {
          rtol: 1e-12,
          atol: 1e-12,
        }),
      ).toBeUndefined();
  });

  test("an infinity or NaN reaches only pixels that it has a part of", () => {
    expect(of([1, Number.POSITIVE_INFINITY, 3, 4], { size: 7, mode: "linear", alignCorners: true })).toEqual([
      ...[1, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 3, 3.5, 4],
    ]);
  });

  test("a nearest pixel that rounding decides is PyTorch's, in either type", () => {
    const pixel = (dtype: "float32" | "float64", n: number, size: number, mode: InterpolateMode, i: number) => {
      const x = tensor(Array.from({ length: n }, (_, at) => at), [1, 1, n], { dtype }); // biome-ignore format: one line
      return interpolate(x, { size, mode }).dataSync()[i];
    };
    expect(pixel("float64", 6, 74, "nearest", 37)).toBe(3); // 37 · 6 / 74
    expect(pixel("float32", 6, 74, "nearest", 37)).toBe(2);
    expect(pixel("float64", 2, 41, "nearestExact", 20)).toBe(1); // 20½ · 2 / 41
    expect(pixel("float32", 2, 41, "nearestExact", 20)).toBe(0);
  });

  test("a batch of 0 and no channels work", () => {
    expect(interpolate(zeros([0, 3, 4]), { scaleFactor: 2 }).shape).toEqual([0, 3, 8]);
    expect(interpolateAdjoint(zeros([2, 0, 8]), { inSize: 4, scaleFactor: 2 }).shape).toEqual([2, 0, 4]);
  });
});

describe("what does not fit is an error", () => {
  const x = ones([1, 2, 4, 5]);

  test("sizes", () => {
    expect(() => interpolate(x, {})).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: interpolate: it takes either size or scaleFactor, got neither. Give one: { scaleFactor: 2 }.]`,
    );
    expect(() => interpolate(x, { size: 2, scaleFactor: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: interpolate: it takes either size or scaleFactor, got both. Give one: { scaleFactor: 2 }.]`,
    );
    expect(() => interpolate(x, { size: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: interpolate: size must be a positive integer, got 0.]`,
    );
    expect(() => interpolate(x, { size: [2, 2.5] })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: interpolate: size must be a positive integer, got 2.5.]`,
    );
    expect(() => interpolate(x, { size: [2, 2, 2] })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: interpolate: size must be one number or an array of 2, got [2, 2, 2].]`,
    );
    expect(() => interpolate(x, { scaleFactor: -1 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: interpolate: scaleFactor must be a positive number, got -1.]`,
    );
    expect(() => interpolate(x, { scaleFactor: [2, "3"] as never })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: interpolate: scaleFactor must be a positive number, got "3".]`,
    );
    expect(() => interpolate(x, { scaleFactor: [2] })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: interpolate: scaleFactor must be one number or an array of 2, got [2].]`,
    );
    expect(() => interpolate(x, { scaleFactor: [1, 0.1] })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: interpolate: scaleFactor 0.1 leaves no pixel of the 5 along spatial axis 1. Use a larger one, or size: 1.]`,
    );
    expect(interpolate(x, { size: 1 }).shape).toEqual([1, 2, 1, 1]); // what the hint says
  });

  test("modes and corners", () => {
    expect(() => interpolate(x, { size: 2, mode: "cubic" as never })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: interpolate: mode must be one of "nearest", "nearestExact", "linear", "bilinear", "bicubic", "trilinear", "area", got "cubic".]`,
    );
    expect(() => interpolate(x, { size: 2, mode: "linear" })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: interpolate: mode "linear" takes 1 spatial axis, but x [1, 2, 4, 5] has 2. Use "bilinear".]`,
    );
    expect(() => interpolate(ones([1, 1, 4]), { size: 2, mode: "bicubic" })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: interpolate: mode "bicubic" takes 2 spatial axes, but x [1, 1, 4] has 1. Use "linear".]`,
    );
    expect(() => interpolate(x, { size: 2, alignCorners: true })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: interpolate: mode "nearest" does not look between pixels and takes no alignCorners. Leave it out, or use "bilinear".]`,
    );
    expect(() => interpolate(x, { size: 2, mode: "area", alignCorners: true })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: interpolate: mode "area" does not look between pixels and takes no alignCorners. Leave it out, or use "bilinear".]`,
    );
    expect(() =>
      interpolate(x, { size: 2, mode: "bilinear", alignCorners: 1 as never }),
    ).toThrowErrorMatchingInlineSnapshot(`[TypeError: interpolate: alignCorners must be true or false, got 1.]`);
    expect(() => interpolate(x, { size: 2, align_corners: true } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: interpolate: unknown option align_corners. Did you mean alignCorners?]`,
    );
    expect(() => interpolate(x, { scale_factor: 2 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: interpolate: unknown option scale_factor. Did you mean scaleFactor?]`,
    );
    expect(() => interpolate(x, 2 as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: interpolate: the last argument is the options, got 2. Pass an object: { size: 2 }.]`,
    );
  });

  test("shapes", () => {
    expect(() => interpolate(ones([2, 3]), { size: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: interpolate: x must be [N, C, …] with 1 to 3 spatial axes, but its shape is [2, 3]. Reshape it.]`,
    );
    expect(() => interpolate(ones([1, 1, 1, 1, 1, 1]), { size: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: interpolate: x must be [N, C, …] with 1 to 3 spatial axes, but its shape is [1, 1, 1, 1, 1, 1]. Reshape it.]`,
    );
    expect(() => interpolate(zeros([1, 1, 3, 0]), { size: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: interpolate: x [1, 1, 3, 0] has no pixels along spatial axis 1. Give it some.]`,
    );
    expect(() => interpolate(ones([1, 1, 2], { dtype: "int32" }), { size: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: interpolate: its tensors are int32, but it computes in floats. Use cast(x, "float32").]`,
    );
  });

  test("the adjoint, in its own name", () => {
    const g = ones([1, 2, 8, 10]);
    const scaleFactor = 2;
    expect(interpolateAdjoint(g, { inSize: [4, 5], scaleFactor }).shape).toEqual([1, 2, 4, 5]);
    expect(() => interpolateAdjoint(g, { inSize: 4, scaleFactor })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: interpolateAdjoint: gradY has shape [1, 2, 8, 10], but these sizes need [1, 2, 8, 8]. Give it that shape.]`,
    );
    expect(() => interpolateAdjoint(g, { inSize: [4], scaleFactor })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: interpolateAdjoint: inSize must be one number or an array of 2, got [4].]`,
    );
    expect(() => interpolateAdjoint(g, { inSize: [4, 0], scaleFactor })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: interpolateAdjoint: inSize must be a positive integer, got 0.]`,
    );
    expect(() => interpolateAdjoint(g, { scaleFactor } as never)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: interpolateAdjoint: inSize must be a positive integer, got undefined.]`,
    );
    expect(() => interpolateAdjoint(g, { inSize: [4, 5] })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: interpolateAdjoint: it takes either size or scaleFactor, got neither. Give one: { scaleFactor: 2 }.]`,
    );
    expect(() => interpolateAdjoint(ones([2, 3]), { inSize: 2, scaleFactor })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: interpolateAdjoint: gradY must be [N, C, …] with 1 to 3 spatial axes, but its shape is [2, 3]. Reshape it.]`,
    );
  });
});
