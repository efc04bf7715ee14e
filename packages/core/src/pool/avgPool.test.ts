import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dot, FLOAT64_SUM, indicesOf, integers, list, RUNS, scaleOf } from "../../test/samples.js";
import { ones, tensor, zeros } from "../create.js";
import { sizeOf } from "../shape.js";
import { avgPool1d, avgPool2d, avgPool3d, avgPoolAdjointKernel, avgPoolKernel } from "./avgPool.js";
import { poolGeometry } from "./geometry.js";

const pools = [avgPool1d, avgPool2d, avgPool3d];
const signal = (...values: number[]) => tensor(values, [1, 1, values.length]);

const axis = fc.record({ kernel: fc.nat(3), stride: fc.nat(3), before: fc.nat(2), after: fc.nat(2), extra: fc.nat(4) });

/** An average pooling of rank 1 to 3 with everything unequal, windows within the padded image. */
const poolCase = fc
  .record({
    axes: fc.array(axis, { minLength: 1, maxLength: 3 }),
    ceilMode: fc.boolean(),
    countIncludePad: fc.boolean(),
    divisorOverride: fc.constantFrom(undefined, null, 1, 7),
    planes: fc.nat(2),
    seed: fc.nat(),
  })
  .map(({ axes, planes, ...rest }) => {
    const [kernel, stride] = [axes.map((a) => a.kernel + 1), axes.map((a) => a.stride + 1)];
    const most = (k: number, p: number) => Math.min(p, Math.floor(k / 2));
    const padding = axes.map(({ before, after }, i) => [most(kernel[i], before), most(kernel[i], after)] as const);
    const inSize = axes.map(({ extra }, i) => Math.max(1, kernel[i] - padding[i][0] - padding[i][1]) + extra);
    return { ...rest, xShape: [planes, 2, ...inSize], kernel, stride, padding };
  });

describe("average pooling", () => {
  test("by hand: the mean of every 2×2 window", () => {
    const x = tensor([1, 5, 2, 0, 3, 3, 1, 1, 8, 8, 1, 1, 0, 0, 1, 2], [1, 1, 4, 4]);
    expect(list(avgPool2d(x, 2))).toEqual([3, 1, 4, 1.25]);
  });

  test("by hand: other ranks, a stride of its own, unequal windows", () => {
    expect(list(avgPool1d(signal(1, 3, 5, 7), 2, { stride: 1 }))).toEqual([2, 4, 6]);
    expect(list(avgPool3d(tensor([1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 2, 2]), 2))).toEqual([4.5]);
    expect(
      list(
        avgPool2d(
          tensor([
            [
              [1, 2, 3],
              [6, 5, 4],
            ],
          ]),
          [1, 3],
        ),
      ),
    ).toEqual([2, 5]);
  });

  test("by hand: countIncludePad counts padding as pixels of value 0", () => {
    expect(list(avgPool1d(signal(6, 2, 4), 2, { padding: 1 }))).toEqual([3, 3]);
    expect(list(avgPool1d(signal(6, 2, 4), 2, { padding: 1, countIncludePad: false }))).toEqual([6, 3]);
    const corner = avgPool2d(ones([1, 2, 2]), 2, { padding: 1, countIncludePad: true });
    expect(list(corner)).toEqual([0.25, 0.25, 0.25, 0.25]);
  });

  test("by hand: in ceilMode what lies beyond the padding never counts", () => {
    // windows 6 2 and 4 –: the second has one pixel, with or without countIncludePad
    expect(list(avgPool1d(signal(6, 2, 4), 2, { ceilMode: true }))).toEqual([4, 4]);
    expect(list(avgPool1d(signal(6, 2, 4), 2, { ceilMode: true, countIncludePad: false }))).toEqual([4, 4]);
    // padded 0 6 2 4 8 0, windows of 4 every 3: 0 6 2 4, then 4 8 0 –: three pixels with padding, two without
    expect(list(avgPool1d(signal(6, 2, 4, 8), 4, { stride: 3, padding: 1, ceilMode: true }))).toEqual([3, 4]);
    const inside = { stride: 3, padding: 1, ceilMode: true, countIncludePad: false };
    expect(list(avgPool1d(signal(6, 2, 4, 8), 4, inside))).toEqual([4, 6]);
  });

  test("by hand: divisorOverride divides every window, whatever it holds", () => {
    expect(list(avgPool1d(signal(6, 2, 4), 2, { divisorOverride: 4, ceilMode: true }))).toEqual([2, 1]);
    expect(list(avgPool1d(signal(6, 2, 4), 2, { divisorOverride: null }))).toEqual([4]);
  });

  test("it equals a naive loop that counts the pixels of every window", () => {
    const seen = { ceil: 0, uneven: 0, overridden: 0, withoutPadding: 0, rank3: 0 };
    fc.assert(
      fc.property(poolCase, ({ xShape, kernel, seed, ...options }) => {
        const x = integers(xShape, seed);
        const [planes, channels, ...inSize] = xShape;
        const { padding, stride, ceilMode, countIncludePad, divisorOverride } = options;
        const starts = inSize.map((length, a) => {
          const [before, after] = padding[a];
          const all: number[] = [];
          for (let start = -before; ; start += stride[a]) {
            const previous = all.at(-1);
            const hasRest = previous !== undefined && previous + kernel[a] < length + after;
            if (start + kernel[a] > length + after && !(ceilMode && hasRest && start < length)) return all;
            all.push(start);
          }
        });
        const expected: number[] = [];
        for (let plane = 0; plane < planes * channels; plane++) {
          const image = list(x).slice(plane * sizeOf(inSize), (plane + 1) * sizeOf(inSize));
          for (const window of indicesOf(starts.map(({ length }) => length))) {
            const seenBy = indicesOf(kernel).map((tap) => tap.map((k, a) => starts[a][window[a]] + k));
            const pixels = seenBy.filter((pixel) => pixel.every((p, a) => p >= 0 && p < inSize[a]));
            const padded = seenBy.filter((pixel) => pixel.every((p, a) => p < inSize[a] + padding[a][1])); // none before
            const positions = pixels.map((pixel) => pixel.reduce((position, p, a) => position * inSize[a] + p, 0));
            const sum = positions.reduce((total, position) => total + image[position], 0);
            expected.push(sum / (divisorOverride ?? (countIncludePad ? padded : pixels).length));
          }
        }
        expect(list(pools[inSize.length - 1](x, kernel, options))).toEqual(expected);
        if (ceilMode) seen.ceil++;
        if (padding.some(([before, after]) => before !== after)) seen.uneven++;
        if (divisorOverride != null) seen.overridden++;
        if (!countIncludePad && divisorOverride == null) seen.withoutPadding++;
        if (inSize.length === 3) seen.rank3++;
      }),
      RUNS,
    );
    for (const [kind, count] of Object.entries(seen)) expect(count, kind).toBeGreaterThan(30);
  });

  test("⟨A x, g⟩ = ⟨x, Aᵀ g⟩", () => {
    fc.assert(
      fc.property(poolCase, ({ xShape, kernel, seed, ...options }) => {
        const geometry = poolGeometry("avgPool", kernel.length, xShape, kernel, options);
        const [x, g] = [integers(xShape, seed), integers(geometry.yShape, seed + 1)];
        const [y, gradX] = [avgPoolKernel(x, geometry), avgPoolAdjointKernel(g, geometry)];
        expect(gradX.shape).toEqual(xShape);
        const error = Math.abs(dot(y, g) - dot(x, gradX));
        expect(error).toBeLessThanOrEqual(FLOAT64_SUM * (scaleOf(y, g) + scaleOf(x, gradX)));
      }),
      RUNS,
    );
  });

  test("by hand: the adjoint spreads each window's gradient over its pixels", () => {
    const geometry = poolGeometry("avgPool1d", 1, [1, 3], 2, { stride: 1 });
    expect(list(avgPoolAdjointKernel(tensor([[2, 6]]), geometry))).toEqual([1, 4, 3]);
  });

  test("NaN stays in the windows that see it", () => {
    expect(list(avgPool1d(signal(Number.NaN, 1, 3, 5), 2))).toEqual([Number.NaN, 4]);
  });

  test("sums run in float64 and are rounded once", () => {
    expect(avgPool1d(signal(2 ** 24, 1, 1, 1, 1), 5, { divisorOverride: 1 }).item()).toBe(2 ** 24 + 4);
  });

  test("a batch of 0 is empty", () => {
    expect(avgPool2d(zeros([0, 3, 4, 4]), 2).shape).toEqual([0, 3, 2, 2]);
    expect(avgPool2d(zeros([2, 0, 4, 4]), 2).shape).toEqual([2, 0, 2, 2]);
  });

  test("what cannot be is an error", () => {
    const x = ones([1, 1, 4, 4]);
    expect(() => avgPool2d(x, 2, { dilation: 2 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: avgPool2d: unknown option dilation. It takes stride, padding, ceilMode, countIncludePad, divisorOverride.]`,
    );
    expect(() => avgPool2d(x, 2, { count_include_pad: true } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: avgPool2d: unknown option count_include_pad. Did you mean countIncludePad?]`,
    );
    expect(() => avgPool2d(x, 2, { divisorOverride: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: avgPool2d: divisorOverride must be a positive integer, got 0.]`,
    );
    expect(() => avgPool2d(x, { kernelSize: 2 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: avgPool2d: kernelSize must be a positive integer, got an object.]`,
    );
    expect(() => avgPool3d(zeros([4, 4, 4]), 2)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: avgPool3d: x must have at least 4 axes, [N, C, …] with 3 spatial, but its shape is [4, 4, 4]. Reshape it.]`,
    );
    expect(() => avgPool2d([1] as never, 2)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: avgPool2d: x must be a tensor, got [1]. Make a tensor with tensor(values, shape).]`,
    );
    expect(() => avgPool2d(ones([1, 1, 4, 4], { dtype: "int32" }), 2)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: avgPool2d: its tensors are int32, but it computes in floats. Use cast(x, "float32").]`,
    );
    expect(() => avgPool2d(x, 2, 2 as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: avgPool2d: the last argument is the options, got 2. Pass an object: { stride: 2 }.]`,
    );
    expect(() => avgPool2d(x, 2, { divisorOverride: 0.5 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: avgPool2d: divisorOverride must be a positive integer, got 0.5.]`,
    );
    expect(() => avgPool2d(x, 5)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: avgPool2d: the window spans 5 pixels along spatial axis 0, but x [1, 1, 4, 4] with padding [0, 0] has 4. Use a smaller kernelSize.]`,
    );
    expect(() => avgPool2d(x, 3, { padding: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: avgPool2d: padding [2, 2] exceeds half of the window, which spans 3 pixels along spatial axis 0. Use at most 1, or pad first, with mode "constant".]`,
    );
  });
});
