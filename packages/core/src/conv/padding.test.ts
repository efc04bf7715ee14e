import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RUNS } from "../../test/samples.js";
import { convGeometry } from "./geometry.js";
import { paddingPairs, resolvePadding } from "./padding.js";

const NONE = [0, 0];

describe("paddingPairs", () => {
  test("by hand: one number, one per axis, pairs, or a mixture", () => {
    expect(paddingPairs("pad", 2, 2)).toEqual(new Array(2).fill([2, 2]));
    expect(paddingPairs("pad", [1, [0, 3]], 2)).toEqual([
      [1, 1],
      [0, 3],
    ]);
    expect(paddingPairs("pad", [[2, 0]], 1)).toEqual([[2, 0]]);
    expect(paddingPairs("pad", [], 0)).toEqual([]);
    expect(paddingPairs("pad", 5, 0)).toEqual([]); // no axes, no borders
  });

  test("an array of two numbers is one for each of two axes, never [before, after]", () => {
    expect(paddingPairs("pad", [1, 2], 2)).toEqual([
      [1, 1],
      [2, 2],
    ]);
    expect(() => paddingPairs("conv1d", [1, 2], 1)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: conv1d: padding must be one number, or an array of 1: a number or [before, after] for each spatial axis. Got 2.]`,
    );
  });
});

describe('padding "same" and "valid"', () => {
  test("by hand: the odd pixel stands after the image", () => {
    expect(resolvePadding("conv1d", "same", [5], [3], [1])).toEqual([[1, 1]]);
    expect(resolvePadding("conv1d", "same", [5], [2], [1])).toEqual([[0, 1]]);
    expect(resolvePadding("conv1d", "same", [6], [3], [2])).toEqual([[0, 1]]);
    expect(resolvePadding("conv1d", "same", [5], [1], [3])).toEqual([NONE]);
    expect(resolvePadding("conv2d", "valid", [5, 5], [3, 3], [1, 1])).toEqual([NONE, NONE]);
  });

  test("by hand: each axis by its own kernel and stride", () => {
    expect(resolvePadding("conv2d", "same", [5, 6], [3, 4], [1, 3])).toEqual([
      [1, 1],
      [0, 1],
    ]);
  });

  test('"same" gives ⌈in / stride⌉ with the least padding, evenly', () => {
    const size = (min: number, max: number) => fc.integer({ min, max });
    let odd = 0;
    fc.assert(
      fc.property(size(1, 12), size(1, 5), size(1, 4), size(1, 3), (length, kernel, stride, dilation) => {
        const geometry = convGeometry([1, 1, length], [1, 1, kernel], { stride, dilation, padding: "same" });
        const [[before, after]] = geometry.padding;
        expect(geometry.outSize[0]).toBe(Math.ceil(length / stride));
        expect([0, 1]).toContain(after - before);
        odd += after - before;
        if (before + after === 0) return;
        const less = before + after - 1;
        const span = dilation * (kernel - 1) + 1;
        expect(Math.floor((length + less - span) / stride) + 1).toBeLessThan(Math.ceil(length / stride));
      }),
      RUNS,
    );
    expect(odd).toBeGreaterThan(20);
  });
});

describe("what is no padding is an error", () => {
  const conv = (padding: unknown) => () => convGeometry([1, 1, 5, 5], [1, 1, 3, 3], { padding: padding as never });

  test("numbers that are no pixels", () => {
    expect(conv(-1)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: conv2d: padding must be an integer of at least 0, got -1.]`,
    );
    expect(conv([1, [0, 1.5]])).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: conv2d: padding must be an integer of at least 0, got 1.5.]`,
    );
    expect(conv([[Number.NaN, 0], 1])).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: conv2d: padding must be an integer of at least 0, got NaN.]`,
    );
    expect(conv(null)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: conv2d: padding must be an integer of at least 0, got null.]`,
    );
    expect(conv([1, "1"])).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: conv2d: padding must be an integer of at least 0, got "1".]`,
    );
  });

  test("arrays of another length", () => {
    expect(conv([1, 1, 1, 1])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: conv2d: padding must be one number, or an array of 2: a number or [before, after] for each spatial axis. Got 4.]`,
    );
    expect(conv([1, [1, 2, 3]])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: conv2d: padding of an axis must be a number or [before, after], got [1, 2, 3].]`,
    );
    expect(conv([])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: conv2d: padding must be one number, or an array of 2: a number or [before, after] for each spatial axis. Got 0.]`,
    );
  });

  test("other words", () => {
    expect(conv("full")).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: conv2d: padding must be numbers, "same" or "valid", got "full".]`,
    );
    expect(conv("SAME")).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: conv2d: padding must be numbers, "same" or "valid", got "SAME".]`,
    );
  });
});
