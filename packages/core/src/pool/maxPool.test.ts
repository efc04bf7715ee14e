import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { at, dot, integers, list, RUNS } from "../../test/samples.js";
import { ones, tensor } from "../create.js";
import { gatherAdjointKernel, gatherKernel } from "../maps/gather.js";
import { pickGeometry, poolGeometry } from "./geometry.js";
import { maxPool1d, maxPool1dWithIndices, maxPool2d, maxPool2dWithIndices, maxPool3d } from "./pool.js";

const signal = (...values: number[]) => tensor(values, [1, 1, values.length]);

const axis = fc.record({
  kernel: fc.nat(2),
  stride: fc.nat(3),
  dilation: fc.nat(1),
  padding: fc.nat(2),
  extra: fc.nat(4),
});

/** A pooling of rank 2 with everything unequal; every window has a pixel, as no image is shorter than the dilation. */
const poolCase = fc
  .record({
    axes: fc.tuple(axis, axis),
    ceilMode: fc.boolean(),
    planes: fc.nat(2),
    seed: fc.nat(),
  })
  .map(({ axes, planes, ...rest }) => {
    const [kernel, stride, dilation] = (["kernel", "stride", "dilation"] as const).map((name) =>
      axes.map((a) => a[name] + 1),
    );
    const span = kernel.map((k, axis) => dilation[axis] * (k - 1) + 1);
    const padding = axes.map((a, axis) => Math.min(a.padding, Math.floor(kernel[axis] / 2)));
    const inSize = axes.map((a, axis) => Math.max(dilation[axis], span[axis] - 2 * padding[axis]) + a.extra);
    return { ...rest, xShape: [planes, 2, ...inSize], kernel, stride, dilation, padding, span };
  });

describe("max pooling", () => {
  test("by hand: the largest of every 2×2 window, and where it stands", () => {
    const x = tensor([1, 5, 2, 0, 3, 4, 9, 8, 7, 7, 1, 1, 7, 7, 1, 2], [1, 1, 4, 4]);
    const { y, indices } = maxPool2dWithIndices(x, 2);
    expect(y.shape).toEqual([1, 1, 2, 2]);
    expect(list(y)).toEqual([5, 9, 7, 2]);
    expect(list(indices)).toEqual([1, 6, 8, 15]);
    expect(indices.dtype).toBe("int32");
    expect(list(maxPool2d(x, 2))).toEqual([5, 9, 7, 2]);
  });

  test("by hand: other ranks, a stride of its own, unequal windows", () => {
    expect(list(maxPool1d(signal(1, 3, 2, 4), 2, { stride: 1 }))).toEqual([3, 3, 4]);
    expect(list(maxPool3d(tensor([1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 2, 2]), 2))).toEqual([8]);
    expect(
      list(
        maxPool2d(
          tensor([
            [
              [1, 2, 3],
              [6, 5, 4],
            ],
          ]),
          [1, 3],
        ),
      ),
    ).toEqual([3, 6]);
  });

  test("the first of equals wins, row by row", () => {
    const { indices } = maxPool2dWithIndices(
      tensor([
        [
          [0, 4],
          [4, 4],
        ],
      ]),
      2,
    );
    expect(list(indices)).toEqual([1]);
    expect(list(maxPool1dWithIndices(signal(-0, 0), 2).indices)).toEqual([0]);
  });

  test("NaN passes through, the first one, wherever it stands", () => {
    const NaNs = signal(1, Number.NaN, 2, Number.NaN, Number.POSITIVE_INFINITY, 0);
    const { y, indices } = maxPool1dWithIndices(NaNs, 3);
    expect(list(y)).toEqual([Number.NaN, Number.NaN]);
    expect(list(indices)).toEqual([1, 3]);
    expect(list(maxPool1dWithIndices(NaNs, 6).indices)).toEqual([1]);
  });

  test("padding never wins, also where all is negative or −∞", () => {
    expect(list(maxPool1d(signal(-3, -1, -2), 2, { padding: 1 }))).toEqual([-3, -1]);
    const bottom = signal(Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY);
    const { y, indices } = maxPool1dWithIndices(bottom, 3, { padding: 1, stride: 1 });
    expect(list(y)).toEqual([Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]);
    expect(list(indices)).toEqual([0, 0]);
  });

  test("by hand: ceilMode counts the last, partial window; dilation skips pixels", () => {
    expect(list(maxPool1d(signal(1, 2, 3), 2))).toEqual([2]);
    expect(list(maxPool1d(signal(1, 2, 3), 2, { ceilMode: true }))).toEqual([2, 3]);
    expect(list(maxPool1d(signal(1, 9, 3, 8, 5), 3, { dilation: 2 }))).toEqual([5]);
    expect(list(maxPool1d(signal(1, 9, 3, 8, 5), 2, { dilation: 2, stride: 1 }))).toEqual([3, 9, 5]);
  });

  test("it equals a naive loop over every window, with its index", () => {
    fc.assert(
      fc.property(poolCase, ({ xShape, kernel, span, seed, ...options }) => {
        const x = integers(xShape, seed); // integers from −9 to 9: ties are common
        const { y, indices } = maxPool2dWithIndices(x, kernel, options);
        const [planes, channels, height, width] = xShape;
        const [expected, places]: [number[], number[]] = [[], []];
        const starts = (axis: number, length: number) => {
          const [all, end]: [number[], number] = [[], length + options.padding[axis]];
          for (let start = -options.padding[axis]; ; start += options.stride[axis]) {
            const isWhole = start + span[axis] <= end;
            const previous = all.at(-1);
            const isRest = options.ceilMode && previous !== undefined && previous + span[axis] < end && start < length;
            if (!isWhole && !isRest) return all;
            all.push(start);
          }
        };
        for (let n = 0; n < planes; n++)
          for (let c = 0; c < channels; c++)
            for (const top of starts(0, height))
              for (const left of starts(1, width)) {
                let [best, place] = [Number.NEGATIVE_INFINITY, -1];
                for (let kh = 0; kh < kernel[0]; kh++)
                  for (let kw = 0; kw < kernel[1]; kw++) {
                    const [h, w] = [top + kh * options.dilation[0], left + kw * options.dilation[1]];
                    if (h < 0 || h >= height || w < 0 || w >= width || at(x, [n, c, h, w]) <= best) continue;
                    [best, place] = [at(x, [n, c, h, w]), h * width + w];
                  }
                expected.push(best);
                places.push(place);
              }
        expect(list(indices)).toEqual(places);
        expect(list(y)).toEqual(expected);
      }),
      RUNS,
    );
  });

  test("what cannot be is an error", () => {
    expect(() => maxPool2d(ones([1, 1, 4, 4]), 2, 2 as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: maxPool2d: the last argument is the options, got 2. Pass an object: { stride: … }.]`,
    );
    expect(() => maxPool2d(ones([1, 1, 4, 4]), 2, { strides: 1 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: maxPool2d: unknown option strides. Did you mean stride?]`,
    );
    expect(() => maxPool2d(ones([1, 1, 4, 4]), 2, { ceil_mode: true } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: maxPool2d: unknown option ceil_mode. Did you mean ceilMode?]`,
    );
    expect(() => maxPool2d(ones([1, 1, 4, 4]), 2, { padding: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: maxPool2d: padding [2, 2] exceeds half of the window, which spans 2 pixels along spatial axis 0. Use at most 1, or pad first, with mode "constant".]`,
    );
    expect(() => maxPool1d(signal(1), 2, { dilation: 4, padding: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: maxPool1d: window 0 along spatial axis 0 sees padding only, no pixel (dilation 4, padding [2, 2], 1 pixels). Use less padding or a smaller dilation.]`,
    );
    expect(() => maxPool1d(signal(1, 2), 2, { countIncludePad: true } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: maxPool1d: unknown option countIncludePad. It takes stride, padding, dilation, ceilMode.]`,
    );
  });
});

describe("gather and gatherAdjoint, for pixels", () => {
  const geometry = { outer: 2, length: 3, count: 2, inner: 1, xShape: [2, 3], yShape: [2, 2] };
  const indices = tensor(Int32Array.of(2, 0, 1, 1), [2, 2]);

  test("by hand: pixels are read at indices of their own image, gradients go back and add up", () => {
    expect(
      list(
        gatherKernel(
          tensor([
            [1, 2, 3],
            [10, 20, 30],
          ]),
          indices,
          geometry,
        ),
      ),
    ).toEqual([3, 1, 20, 20]);
    const gradX = gatherAdjointKernel(
      tensor([
        [1, 2],
        [3, 4],
      ]),
      indices,
      geometry,
    );
    expect(list(gradX)).toEqual([2, 0, 1, 0, 7, 0]);
  });

  test("⟨S x, g⟩ = ⟨x, Sᵀ g⟩ for the indices of every pooling", () => {
    fc.assert(
      fc.property(poolCase, ({ xShape, kernel, seed, span: _, ...options }) => {
        const pool = pickGeometry(poolGeometry("maxPool2d", 2, xShape, kernel, options));
        const x = integers(xShape, seed);
        const { y, indices: picked } = maxPool2dWithIndices(x, kernel, options);
        const g = integers(y.shape, seed + 1);
        const gradX = gatherAdjointKernel(g, picked, pool);
        expect(gradX.shape).toEqual(xShape);
        expect(dot(y, g)).toBe(dot(x, gradX));
        const other = integers(xShape, seed + 2); // the map is linear for fixed indices
        expect(dot(gatherKernel(other, picked, pool), g)).toBe(dot(other, gradX));
      }),
      RUNS,
    );
  });
});
