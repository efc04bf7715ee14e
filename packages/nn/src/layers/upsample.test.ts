import { backward, checkGradient, interpolate, variable } from "@conv/autograd";
import { createRandom, ones, tensor } from "@conv/core";
import { describe, expect, test } from "vitest";
import { Sequential, Upsample } from "../index.js";

const list = (x: { dataSync(): ArrayLike<number> } | undefined) => Array.from(x?.dataSync() ?? []);

describe("Upsample", () => {
  test("by hand: every pixel twice, or the line between two", () => {
    const x = tensor([[[1, 3]]]);
    expect(list(new Upsample({ scaleFactor: 2 }).forward(x))).toEqual([1, 1, 3, 3]);
    expect(list(new Upsample({ size: 4, mode: "linear" }).forward(x))).toEqual([1, 1.5, 2.5, 3]);
    expect(list(new Upsample({ size: 3, mode: "linear", alignCorners: true }).forward(x))).toEqual([1, 2, 3]);
  });

  test.each([
    ["a signal", [2, 3, 5], { scaleFactor: 2 }],
    ["an image, by one factor each", [2, 3, 4, 5], { scaleFactor: [2, 1.5], mode: "bilinear" }],
    ["an image, by size", [1, 2, 6, 6], { size: [9, 4], mode: "bicubic", alignCorners: true }],
    ["a volume", [1, 2, 3, 4, 2], { size: 6, mode: "trilinear" }],
  ] as const)("%s: it is interpolate", (_, shape, options) => {
    const x = createRandom(1).normal(shape);
    const [got, expected] = [new Upsample(options).forward(x), interpolate(x, options)];
    expect([got.shape, list(got)]).toEqual([expected.shape, list(expected)]);
  });

  test("the gradient comes back in the old shape, in a Sequential too", () => {
    const x = variable(ones([1, 2, 3, 3]));
    const y = new Sequential(new Upsample({ scaleFactor: 2 }), new Upsample({ size: 3, mode: "area" })).forward(x);
    backward(y, ones(y.shape));
    expect(x.grad?.shape).toEqual([1, 2, 3, 3]);
    expect(list(x.grad)).toEqual(new Array(18).fill(1));
  });

  test("its derivatives are central differences", () => {
    const layer = new Upsample({ scaleFactor: 1.5, mode: "bilinear" });
    const x = createRandom(2).normal([1, 2, 3, 4], { dtype: "float64" });
    expect(checkGradient((v) => layer.forward(v), [x]).entries).toBe(24);
  });

  test("it has nothing to learn", () => {
    expect(new Upsample({ size: 2 }).parameters()).toEqual([]);
  });

  test("alignCorners: false changes nothing in any mode", () => {
    const x = createRandom(3).normal([1, 1, 3, 4]);
    for (const mode of ["nearest", "nearestExact", "area", "bilinear"] as const) {
      const [said, not] = [new Upsample({ size: 5, mode, alignCorners: false }), new Upsample({ size: 5, mode })];
      expect(list(said.forward(x))).toEqual(list(not.forward(x)));
    }
  });

  test("refuses wrong options at once, and under its own name", () => {
    expect(() => new Upsample({ scale_factor: 2 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: Upsample: unknown option scale_factor. Did you mean scaleFactor?]`,
    );
    expect(() => new Upsample(2 as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: Upsample: the last argument is the options, got 2. Pass an object: { size: 2 }.]`,
    );
    expect(() => new Upsample({})).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: Upsample: it takes either size or scaleFactor, got neither. Give one: { scaleFactor: 2 }.]`,
    );
    const x = ones([1, 1, 4]);
    expect(() => new Upsample({ size: 2, mode: "bilinear" }).forward(x)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: interpolate: mode "bilinear" takes 2 spatial axes, but x [1, 1, 4] has 1. Use "linear".]`,
    );
    expect(() => new Upsample({ size: 2, alignCorners: true })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: Upsample: mode "nearest" does not look between pixels and takes no alignCorners. Leave it out, or use "bilinear".]`,
    );
    expect(() => new Upsample({ size: 2, scaleFactor: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: Upsample: it takes either size or scaleFactor, got both. Give one: { scaleFactor: 2 }.]`,
    );
    expect(() => new Upsample({ size: 2, mode: "cubic" as never })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: Upsample: mode must be one of "nearest", "nearestExact", "linear", "bilinear", "bicubic", "trilinear", "area", got "cubic".]`,
    );
    expect(() => new Upsample({ size: [2, 0] })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: Upsample: size must be a positive integer, got 0.]`,
    );
    expect(() => new Upsample({ size: [2, 2], mode: "trilinear" })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: Upsample: size must be one number or an array of 3, got [2, 2].]`,
    );
    expect(() => new Upsample({ size: [1, 2, 3, 4] })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: Upsample: size must be one number or an array of 3, got [1, 2, 3, 4].]`,
    );
    expect(() => new Upsample({ scaleFactor: -1 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: Upsample: scaleFactor must be a positive number, got -1.]`,
    );
  });
});
