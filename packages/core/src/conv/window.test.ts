import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { convCase, indicesOf, RUNS } from "../../test/samples.js";
import { sizeOf } from "../shape.js";
import { convGeometry } from "./geometry.js";
import { OUTSIDE, resolveWindow, tableOf, walkOf, windowAxes, windowTable } from "./window.js";

test("by hand: a kernel of 2 over 4 pixels sees 0 1 2, then 1 2 3", () => {
  const geometry = convGeometry([1, 1, 4], [1, 1, 2]);
  expect([...windowTable(geometry)]).toEqual([0, 1, 2, 1, 2, 3]);
});

test("by hand: padding is outside, stride skips, dilation spreads", () => {
  const geometry = convGeometry([1, 1, 4], [1, 1, 2], { padding: 1, stride: 2, dilation: 2 });
  // windows start at −1 and 1; their second tap stands two pixels further
  expect([...windowTable(geometry)]).toEqual([OUTSIDE, 1, 1, 3]);
});

test("by hand: two axes, padding after the last row only", () => {
  const geometry = convGeometry([1, 1, 2, 3], [1, 1, 2, 2], { padding: [[0, 1], 0] });
  const taps = [
    [0, 1, 3, 4],
    [1, 2, 4, 5],
    [3, 4, OUTSIDE, OUTSIDE],
    [4, 5, OUTSIDE, OUTSIDE],
  ];
  expect([...windowTable(geometry)]).toEqual(taps.flat());
});

test("rank 0: one tap of one window sees the one pixel", () => {
  expect([...windowTable(convGeometry([2, 3], [4, 3]))]).toEqual([0]);
});

test("tap p of window i sees pixel i·stride + p·dilation − before along every axis", () => {
  fc.assert(
    fc.property(convCase, ({ xShape, wShape, options }) => {
      const geometry = convGeometry(xShape, wShape, options);
      const { inSize, kernelSize, outSize, stride, dilation, padding } = geometry;
      const table = windowTable(geometry);
      expect(table.length).toBe(sizeOf(kernelSize) * sizeOf(outSize));
      const seen = Array.from({ length: sizeOf(outSize) }, (): number[] => []);
      walkOf(windowAxes(geometry))((l, pixel) => seen[l].push(pixel));
      expect(seen).toEqual(
        seen.map((_, l) => [...table].filter((pixel, at) => at % sizeOf(outSize) === l && pixel !== OUTSIDE)),
      );
      indicesOf(kernelSize).forEach((tap, k) => {
        indicesOf(outSize).forEach((window, l) => {
          const pixel = window.map((i, axis) => i * stride[axis] + tap[axis] * dilation[axis] - padding[axis][0]);
          const isInside = pixel.every((p, axis) => p >= 0 && p < inSize[axis]);
          const position = pixel.reduce((sum, p, axis) => sum * inSize[axis] + p, 0);
          expect(table[k * sizeOf(outSize) + l]).toBe(isInside ? position : OUTSIDE);
        });
      });
    }),
    RUNS,
  );
});

test("by hand: a table of any pixels, where one beyond an axis's end is outside", () => {
  // two rows that one window sees in reverse; two windows of one tap, the second beyond the row
  const rows = { inSize: 2, taps: 2, windows: 1, pixels: Int32Array.of(1, 0) };
  const columns = { inSize: 3, taps: 1, windows: 2, pixels: Int32Array.of(2, 3) };
  expect([...tableOf([rows, columns])]).toEqual([5, OUTSIDE, 2, OUTSIDE]);
});

describe("resolveWindow", () => {
  test("by hand: one number is for all axes, and a dilated kernel of 3 spans 5", () => {
    const none = [0, 0];
    expect(resolveWindow("conv2d", [9, 9], [3, 2], { dilation: 2, stride: [1, 3] })).toEqual({
      stride: [1, 3],
      dilation: [2, 2],
      span: [5, 3],
      padding: [none, none],
    });
  });

  test("what is no step and no distance is an error", () => {
    const resolve = (options: object) => () => resolveWindow("conv2d", [9, 9], [3, 2], options);
    expect(resolve({ stride: 1.5 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: conv2d: stride must be a positive integer, got 1.5.]`,
    );
    expect(resolve({ stride: [1, "2"] })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: conv2d: stride must be a positive integer, got "2".]`,
    );
    expect(resolve({ dilation: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: conv2d: dilation must be a positive integer, got 0.]`,
    );
    expect(resolve({ dilation: [1] })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: conv2d: dilation must be one number or an array of 2, got [1].]`,
    );
  });
});
