import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dot, indicesOf, integers, list, RUNS } from "../../test/samples.js";
import { type WindowGeometry, windowTable } from "../conv/window.js";
import { ones, tensor, zeros } from "../create.js";
import { gatherAdjointKernel, gatherKernel } from "../maps/gather.js";
import { sizeOf } from "../shape.js";
import { pickGeometry, poolGeometry } from "./geometry.js";
import {
  maxPool1d,
  maxPool1dWithIndices,
  maxPool2d,
  maxPool2dWithIndices,
  maxPool3d,
  maxPool3dWithIndices,
} from "./maxPool.js";

const pools = [maxPool1dWithIndices, maxPool2dWithIndices, maxPool3dWithIndices];

const signal = (...values: number[]) => tensor(values, [1, 1, values.length]);

const axis = fc.record({
  kernel: fc.nat(2),
  stride: fc.nat(3),
  dilation: fc.nat(1),
  padding: fc.nat(2),
  extra: fc.nat(4),
});

/** For each index of planes [planes, windows], whether it is a pixel that its window sees. */
function areSeen(indices: readonly number[], windows: WindowGeometry): boolean[] {
  const [table, count] = [windowTable(windows), sizeOf(windows.outSize)];
  return indices.map((pixel, at) => table.some((seen, tap) => tap % count === at % count && seen === pixel));
}

/** A pooling of rank 1 to 3 with everything unequal; every window has a pixel, as no image is shorter than the dilation. */
const poolCase = fc
  .record({
    axes: fc.array(axis, { minLength: 1, maxLength: 3 }),
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

  test("NaN beside padding and in every window that sees it", () => {
    const { y, indices } = maxPool1dWithIndices(signal(Number.NaN, 5, 1), 2, { stride: 1, padding: 1 });
    expect(list(y)).toEqual([Number.NaN, Number.NaN, 5, 1]);
    expect(list(indices)).toEqual([0, 0, 1, 2]);
  });

  test("it equals a naive loop over every window, with its index", () => {
    const seen = { ties: 0, ceil: 0, dilated: 0, rank3: 0 };
    fc.assert(
      fc.property(poolCase, ({ xShape, kernel, span, seed, ...options }) => {
        const x = integers(xShape, seed); // integers from −9 to 9: ties are common
        const [planes, channels, ...inSize] = xShape;
        const { y, indices } = pools[inSize.length - 1](x, kernel, options);
        const { stride, padding, dilation, ceilMode } = options;
        const starts = inSize.map((length, a) => {
          const [all, end]: [number[], number] = [[], length + padding[a]];
          for (let start = -padding[a]; ; start += stride[a]) {
            const previous = all.at(-1);
            const isRest = ceilMode && previous !== undefined && previous + span[a] < end && start < length;
            if (start + span[a] > end && !isRest) return all;
            all.push(start);
          }
        });
        const [expected, places]: [number[], number[]] = [[], []];
        for (let plane = 0; plane < planes * channels; plane++) {
          const image = list(x).slice(plane * sizeOf(inSize), (plane + 1) * sizeOf(inSize));
          for (const window of indicesOf(starts.map(({ length }) => length))) {
            const pixels = indicesOf(kernel)
              .map((tap) => tap.map((k, a) => starts[a][window[a]] + k * dilation[a]))
              .filter((pixel) => pixel.every((p, a) => p >= 0 && p < inSize[a]))
              .map((pixel) => pixel.reduce((position, p, a) => position * inSize[a] + p, 0));
            const best = Math.max(...pixels.map((position) => image[position]));
            const equals = pixels.filter((position) => image[position] === best);
            expected.push(best);
            places.push(equals[0]);
            if (equals.length > 1) seen.ties++;
          }
        }
        expect(list(indices)).toEqual(places);
        expect(list(y)).toEqual(expected);
        if (ceilMode) seen.ceil++;
        if (dilation.some((d, a) => d > 1 && kernel[a] > 1)) seen.dilated++;
        if (inSize.length === 3) seen.rank3++;
      }),
      RUNS,
    );
    for (const [kind, count] of Object.entries(seen)) expect(count, kind).toBeGreaterThan(30);
  });

  test("int32 stays int32; a batch of 0, and images without channels, are empty", () => {
    const { y } = maxPool1dWithIndices(tensor(Int32Array.of(3, 2 ** 31 - 1), [1, 1, 2]), 2);
    expect([y.dtype, y.item()]).toEqual(["int32", 2 ** 31 - 1]);
    const none = maxPool2dWithIndices(zeros([0, 3, 4, 4]), 2);
    expect([none.y.shape, none.indices.shape]).toEqual(new Array(2).fill([0, 3, 2, 2]));
    expect(maxPool2d(zeros([2, 0, 4, 4]), 2).shape).toEqual([2, 0, 2, 2]);
  });

  test("what cannot be is an error", () => {
    expect(() => maxPool2d(ones([1, 1, 4, 4]), 2, 2 as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: maxPool2d: the last argument is the options, got 2. Pass an object: { stride: 2 }.]`,
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
      `[ShapeError: maxPool1d: window 0 along spatial axis 0 sees padding only, no pixel (dilation 4, padding [2, 2], 1 pixel). Use less padding or a smaller dilation.]`,
    );
    expect(() => maxPool1d([1, 2] as never, 2)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: maxPool1d: x must be a tensor, got [1, 2]. Make a tensor with tensor(values, shape).]`,
    );
    expect(() => maxPool3d(ones([4, 4, 4]), 2)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: maxPool3d: x must have at least 4 axes, [N, C, …] with 3 spatial, but its shape is [4, 4, 4]. Reshape it.]`,
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

  test("by hand: a pixel that its window sees, and one that it does not", () => {
    const windows = poolGeometry("maxPool", 1, [2, 4], 2); // 0 and 1; 2 and 3
    expect(areSeen([1, 2, 2, 3], windows)).toEqual([true, true, false, true]);
  });

  test("⟨S x, g⟩ = ⟨x, Sᵀ g⟩ for the indices of every pooling", () => {
    fc.assert(
      fc.property(poolCase, ({ xShape, kernel, seed, span: _, ...options }) => {
        const rank = kernel.length;
        const pool = pickGeometry(poolGeometry("maxPool", rank, xShape, kernel, options));
        const x = integers(xShape, seed);
        const { y, indices: picked } = pools[rank - 1](x, kernel, options);
        const g = integers(y.shape, seed + 1);
        const gradX = gatherAdjointKernel(g, picked, pool);
        expect(gradX.shape).toEqual(xShape);
        expect(areSeen(list(picked), pool.windows as WindowGeometry)).not.toContain(false);
        expect(dot(y, g)).toBe(dot(x, gradX));
        const other = integers(xShape, seed + 2); // the map is linear for fixed indices
        expect(dot(gatherKernel(other, picked, pool), g)).toBe(dot(other, gradX));
      }),
      RUNS,
    );
  });
});
