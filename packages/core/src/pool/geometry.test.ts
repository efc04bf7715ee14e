import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RUNS } from "../../test/samples.js";
import { poolGeometry } from "./geometry.js";

/** The output size along the one axis of a pooling. */
const outOf = (length: number, kernel: number, options = {}) =>
  poolGeometry("maxPool1d", 1, [1, length], kernel, options).outSize[0];

describe("the output size", () => {
  test.each([
    ["windows of 2 tile 6 pixels", 6, 2, {}, 3],
    ["what does not fill a window is left out", 7, 2, {}, 3],
    ["ceilMode counts the partial window", 7, 2, { ceilMode: true }, 4],
    ["ceilMode adds none where windows fit", 6, 2, { ceilMode: true }, 3],
    ["ceilMode drops a window that would start beyond the image", 5, 2, { ceilMode: true, padding: 1 }, 3],
    ["the same without ceilMode", 5, 2, { padding: 1 }, 3],
    ["ceilMode makes one window of less than a window", 2, 3, { ceilMode: true, stride: 2 }, 1],
    ["ceilMode and a long stride: a second window would start outside", 3, 2, { ceilMode: true, stride: 4 }, 1],
    ["dilation 2 spans 5", 6, 3, { dilation: 2, stride: 1 }, 2],
    ['"same" gives ⌈in / stride⌉', 7, 3, { padding: "same", stride: 2 }, 4],
    ["ResNet's stem: 112, kernel 3, stride 2, padding 1", 112, 3, { stride: 2, padding: 1 }, 56],
  ])("by hand: %s", (_, length, kernel, options, expected) => {
    expect(outOf(length, kernel, options)).toBe(expected);
  });

  test("is the number of windows in the padded image; in ceilMode one more if it starts before the end", () => {
    const size = (min: number, max: number) => fc.integer({ min, max });
    fc.assert(
      fc.property(size(1, 12), size(1, 4), size(1, 5), size(1, 2), size(0, 2), fc.boolean(), (...sizes) => {
        const [length, kernel, stride, dilation, padding, ceilMode] = sizes;
        const span = dilation * (kernel - 1) + 1;
        fc.pre(padding <= span / 2 && span <= length + 2 * padding);
        const padded = length + 2 * padding;
        let [windows, end, start] = [0, 0, 0];
        for (; start + span <= padded; start += stride) {
          windows++;
          end = start + span;
        }
        if (ceilMode && end < padded && start < length + padding) windows++;
        fc.pre(dilation <= length); // else a window may see padding only: below
        expect(outOf(length, kernel, { stride, dilation, padding, ceilMode })).toBe(windows);
      }),
      { ...RUNS, numRuns: 500 },
    );
  });
});

test("a pooling is refused exactly when one of its windows would see padding only, no pixel", () => {
  const seen = { refused: 0, taken: 0 };
  const range = (most: number) => Array.from({ length: most }, (_, i) => i + 1);
  for (const length of range(5))
    for (const kernel of range(3))
      for (const stride of range(4))
        for (const dilation of range(6)) {
          const span = dilation * (kernel - 1) + 1;
          for (let padding = 0; padding <= span / 2; padding++) {
            if (span > length + 2 * padding) continue;
            const options = { stride, dilation, padding };
            const windows = Math.floor((length + 2 * padding - span) / stride) + 1;
            const sees = (i: number) =>
              range(kernel).some((tap) => {
                const pixel = i * stride + (tap - 1) * dilation - padding;
                return pixel >= 0 && pixel < length;
              });
            if (range(windows).every((i) => sees(i - 1))) {
              expect(outOf(length, kernel, options)).toBe(windows);
              seen.taken++;
            } else {
              expect(() => outOf(length, kernel, options)).toThrow("sees padding only");
              seen.refused++;
            }
          }
        }
  expect(seen.refused).toBeGreaterThan(20);
  expect(seen.taken).toBeGreaterThan(200);
});

describe("poolGeometry", () => {
  test("by hand: the stride is the window's length; leading axes are planes", () => {
    expect(poolGeometry("avgPool2d", 2, [8, 3, 6, 9], [2, 3])).toEqual({
      planes: 24,
      inSize: [6, 9],
      kernelSize: [2, 3],
      outSize: [3, 3],
      stride: [2, 3],
      dilation: [1, 1],
      padding: [
        [0, 0],
        [0, 0],
      ],
      countIncludePad: true,
      divisorOverride: undefined,
      xShape: [8, 3, 6, 9],
      yShape: [8, 3, 3, 3],
    });
  });

  test("one leading axis is enough; a batch of 0 is fine", () => {
    expect(poolGeometry("maxPool2d", 2, [3, 4, 4], 2).yShape).toEqual([3, 2, 2]);
    expect(poolGeometry("maxPool2d", 2, [0, 3, 4, 4], 2).planes).toBe(0);
  });

  test("a divisorOverride of null is none, as in PyTorch", () => {
    expect(poolGeometry("avgPool1d", 1, [1, 4], 2, { divisorOverride: null }).divisorOverride).toBeUndefined();
    expect(poolGeometry("avgPool1d", 1, [1, 4], 2, { divisorOverride: 3 }).divisorOverride).toBe(3);
  });

  test("what does not fit is an error", () => {
    const pool =
      (shape: number[], kernel: unknown, options = {}) =>
      () =>
        poolGeometry("maxPool2d", 2, shape, kernel as never, options);
    expect(pool([4, 4], 2)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: maxPool2d: x must have at least 3 axes, [N, C, …] with 2 spatial, but its shape is [4, 4]. Reshape it.]`,
    );
    expect(pool([1, 4, 4], 5)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: maxPool2d: the window spans 5 pixels along spatial axis 0, but x [1, 4, 4] with padding [0, 0] has 4. Use a smaller kernelSize.]`,
    );
    expect(pool([1, 4, 4], 2, { padding: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: maxPool2d: padding [2, 2] exceeds half of the window, which spans 2 pixels along spatial axis 0. Use at most 1, or pad first, with mode "constant".]`,
    );
    expect(pool([1, 4, 4], 3, { padding: [0, [0, 2]] })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: maxPool2d: padding [0, 2] exceeds half of the window, which spans 3 pixels along spatial axis 1. Use at most 1, or pad first, with mode "constant".]`,
    );
    expect(pool([1, 0, 4], 1)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: maxPool2d: x [1, 0, 4] has no pixels along spatial axis 0 to pool.]`,
    );
    expect(pool([1, 4, 4], [2, 2, 2])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: maxPool2d: kernelSize must be one number or an array of 2, got [2, 2, 2].]`,
    );
    expect(pool([1, 4, 4], 0)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: maxPool2d: kernelSize must be a positive integer, got 0.]`,
    );
    expect(pool([1, 4, 4], undefined)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: maxPool2d: kernelSize must be a positive integer, got undefined.]`,
    );
    expect(pool([1, 4, 4], 2, { stride: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: maxPool2d: stride must be a positive integer, got 0.]`,
    );
    expect(pool([1, 4, 4], 2, { divisorOverride: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: maxPool2d: divisorOverride must be a positive integer, got 0.]`,
    );
    expect(pool([1, 4, 4], 2, { padding: "full" })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: maxPool2d: padding must be numbers, "same" or "valid", got "full".]`,
    );
    expect(pool([1, 4, 4], 2, { dilation: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: maxPool2d: dilation must be a positive integer, got 0.]`,
    );
    expect(pool([1, 4, 4], 2, { ceilMode: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: maxPool2d: ceilMode must be true or false, got 1.]`,
    );
    expect(pool([1, 4, 4], 2, { countIncludePad: null })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: maxPool2d: countIncludePad must be true or false, got null.]`,
    );
    expect(pool([1, 4, 1], [3, 2], { dilation: [1, 4], padding: [1, 2] })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: maxPool2d: window 0 along spatial axis 1 sees padding only, no pixel (dilation 4, padding [2, 2], 1 pixel). Use less padding or a smaller dilation.]`,
    );
    expect(pool([1, 4, 0], [3, 2], { padding: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: maxPool2d: x [1, 4, 0] has no pixels along spatial axis 1 to pool.]`,
    );
  });
});
