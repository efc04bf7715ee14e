import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { dot, FLOAT64_SUM, indicesOf, integers, list, RUNS, scaleOf } from "../../test/samples.js";
import { ones, tensor, zeros } from "../create.js";
import type { GatherGeometry } from "../maps/gatherGeometry.js";
import { sizeOf } from "../shape.js";
import type { Tensor } from "../tensor.js";
import {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveAvgPoolAdjointKernel,
  adaptiveAvgPoolKernel,
} from "./adaptiveAvgPool.js";
import { adaptivePoolGeometry, binsOf, evenPool } from "./adaptiveGeometry.js";
import {
  adaptiveMaxPool1d,
  adaptiveMaxPool1dWithIndices,
  adaptiveMaxPool2d,
  adaptiveMaxPool2dWithIndices,
  adaptiveMaxPool3d,
  adaptiveMaxPool3dWithIndices,
  adaptiveMaxPoolIndicesKernel,
  adaptiveMaxPooling,
  maxSteps,
} from "./adaptiveMaxPool.js";
import { avgPool2d } from "./avgPool.js";
import { maxPool2dWithIndices } from "./maxPool.js";

const avgPools = [adaptiveAvgPool1d, adaptiveAvgPool2d, adaptiveAvgPool3d];
const maxPools = [adaptiveMaxPool1dWithIndices, adaptiveMaxPool2dWithIndices, adaptiveMaxPool3dWithIndices];
const signal = (...values: number[]) => tensor(values, [1, 1, values.length]);

/** For every image and every window: the flat positions of its pixels, ⌊i·in/out⌋ up to ⌈(i + 1)·in/out⌉ along each axis. */
function windowsOf(inSize: readonly number[], outSize: readonly number[]): number[][] {
  return indicesOf(outSize).map((window) => {
    const starts = window.map((i, a) => Math.floor((i * inSize[a]) / outSize[a]));
    const lengths = window.map((i, a) => Math.ceil(((i + 1) * inSize[a]) / outSize[a]) - starts[a]);
    return indicesOf(lengths).map((tap) => tap.reduce((at, k, a) => at * inSize[a] + starts[a] + k, 0));
  });
}

/** What `reduce` makes of the pixels of every window, as a naive loop finds them. */
function naive<R>(
  x: Tensor,
  rank: number,
  outSize: readonly number[],
  reduce: (pixels: number[], at: number[]) => R,
): R[] {
  const inSize = x.shape.slice(-rank);
  const pixels = sizeOf(inSize);
  return Array.from({ length: x.size / pixels }, (_, plane) =>
    list(x).slice(plane * pixels, (plane + 1) * pixels),
  ).flatMap((image) =>
    windowsOf(inSize, outSize).map((at) =>
      reduce(
        at.map((position) => image[position]),
        at,
      ),
    ),
  );
}

describe("by hand", () => {
  test("5 pixels in 2 windows: 1 2 3 and 3 4 5 share the middle one", () => {
    expect(binsOf(5, 2)).toEqual([
      [0, 3],
      [2, 5],
    ]);
    expect(list(adaptiveAvgPool1d(signal(1, 2, 3, 4, 5), 2))).toEqual([2, 4]);
    const { y, indices } = adaptiveMaxPool1dWithIndices(signal(1, 9, 3, 4, 5), 2);
    expect([list(y), list(indices), indices.dtype]).toEqual([[9, 5], [1, 4], "int32"]);
    expect(list(adaptiveMaxPool1d(signal(1, 9, 3, 4, 5), 2))).toEqual([9, 5]);
  });

  test("2 pixels in 3 windows: each window has one or both", () => {
    expect(list(adaptiveAvgPool1d(signal(2, 4), 3))).toEqual([2, 3, 4]);
    expect(list(adaptiveMaxPool1d(signal(2, 4), 3))).toEqual([2, 4, 4]);
  });

  test("an image to one pixel is its mean; null keeps an axis; one number is for all axes", () => {
    const x = tensor([1, 2, 3, 4, 5, 9], [1, 1, 2, 3]);
    expect(list(adaptiveAvgPool2d(x, 1))).toEqual([4]);
    expect(list(adaptiveAvgPool2d(x, [1, null]))).toEqual([2.5, 3.5, 6]);
    expect(list(adaptiveMaxPool2d(x, [null, 1]))).toEqual([3, 9]);
    expect(list(adaptiveAvgPool2d(x, [null, null]))).toEqual(list(x));
    expect(list(adaptiveAvgPool3d(tensor([1, 2, 3, 6], [1, 1, 1, 2, 2]), 1))).toEqual([3]);
    expect(list(adaptiveMaxPool3d(tensor([1, 2, 3, 6], [1, 1, 1, 2, 2]), 1))).toEqual([6]);
  });

  test("the first of equals wins, and NaN over numbers", () => {
    expect(list(adaptiveMaxPool1dWithIndices(signal(7, 7, 1, 7, 7), 2).indices)).toEqual([0, 3]);
    const { y, indices } = adaptiveMaxPool1dWithIndices(signal(1, Number.NaN, 2, 5, 9), 2);
    expect([list(y), list(indices)]).toEqual([
      [Number.NaN, 9],
      [1, 4],
    ]);
    expect(list(adaptiveAvgPool1d(signal(1, Number.NaN, 2, 5, 8), 2))).toEqual([Number.NaN, 5]);
  });
});

const axis = fc.record({ length: fc.integer({ min: 1, max: 6 }), out: fc.nat(7), isKept: fc.boolean() });
const adaptiveCase = fc.record({
  axes: fc.array(axis, { minLength: 1, maxLength: 3 }),
  planes: fc.nat(2),
  seed: fc.nat(),
});

test("they equal naive loops over every window, for every rank, and the adjoint is one", () => {
  const seen = { even: 0, more: 0, none: 0, kept: 0, noImages: 0, rank3: 0 };
  fc.assert(
    fc.property(adaptiveCase, ({ axes, planes, seed }) => {
      const [rank, inSize] = [axes.length, axes.map(({ length }) => length)];
      const outputSize = axes.map(({ out, isKept }) => (isKept ? null : out));
      const outSize = outputSize.map((out, a) => out ?? inSize[a]);
      const x = integers([planes, 2, ...inSize], seed);
      const y = avgPools[rank - 1](x, outputSize);
      expect(y.shape).toEqual([planes, 2, ...outSize]);
      const mean = (pixels: number[]) => pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
      expect(list(y)).toEqual(naive(x, rank, outSize, mean));

      const most = maxPools[rank - 1](x, outputSize);
      expect([most.y.shape, most.indices.shape]).toEqual([y.shape, y.shape]);
      expect(list(most.y)).toEqual(naive(x, rank, outSize, (pixels) => Math.max(...pixels)));
      const firstOf = (pixels: number[], at: number[]) => at[pixels.indexOf(Math.max(...pixels))];
      expect(list(most.indices)).toEqual(naive(x, rank, outSize, firstOf));

      // even windows are left to the even pooling: the kernels must agree where both can
      const geometry = adaptivePoolGeometry("adaptiveAvgPool", rank, x.shape, outSize);
      expect(list(adaptiveAvgPoolKernel(x, geometry))).toEqual(list(y));
      expect(list(adaptiveMaxPoolIndicesKernel(x, geometry))).toEqual(list(most.indices));
      const g = integers(y.shape, seed + 1);
      const gradX = adaptiveAvgPoolAdjointKernel(g, geometry);
      const room = FLOAT64_SUM * (scaleOf(y, g) + scaleOf(x, gradX));
      expect(Math.abs(dot(y, g) - dot(x, gradX))).toBeLessThanOrEqual(room);

      if (evenPool(geometry) !== undefined) seen.even++;
      if (outSize.some((out, a) => out > inSize[a])) seen.more++;
      if (outSize.includes(0)) seen.none++;
      if (outputSize.includes(null)) seen.kept++;
      if (planes === 0) seen.noImages++;
      if (rank === 3) seen.rank3++;
    }),
    { ...RUNS, numRuns: 400 },
  );
  for (const [kind, count] of Object.entries(seen)) expect(count, kind).toBeGreaterThan(20);
});

describe("evenPool", () => {
  test("where every size divides, it is a pooling with kernel and stride in/out, and the operators use it", () => {
    const even = evenPool(adaptivePoolGeometry("adaptiveAvgPool2d", 2, [2, 3, 6, 4], [3, 4]));
    expect(even).toMatchObject({ kernelSize: [2, 1], stride: [2, 1], outSize: [3, 4] });
    const x = integers([2, 3, 6, 4], 1);
    expect(list(adaptiveAvgPool2d(x, [3, 4]))).toEqual(list(avgPool2d(x, [2, 1])));
    expect(list(adaptiveMaxPool2dWithIndices(x, [3, 4]).indices)).toEqual(
      list(maxPool2dWithIndices(x, [2, 1]).indices),
    );
  });

  test("the gathering of even windows knows them, that of others knows none", () => {
    const gather = vi.fn((x: Tensor, _indices: Tensor, _geometry: GatherGeometry) => x);
    const pool = adaptiveMaxPooling<Tensor>(1, { ...maxSteps, gather });
    for (const length of [6, 5]) pool(ones([1, 1, length]), 2);
    const [[, , even], [, , other]] = gather.mock.calls;
    expect(even.windows).toMatchObject({ inSize: [6], kernelSize: [3], outSize: [2], stride: [3] });
    expect(other).toMatchObject({ length: 5, count: 2, windows: undefined });
  });

  test("where one does not divide, there is none; nor for an output of no pixels", () => {
    const of = (outSize: number[]) => evenPool(adaptivePoolGeometry("adaptiveAvgPool2d", 2, [1, 6, 4], outSize));
    expect([of([3, 3]), of([12, 4]), of([0, 4])]).toEqual([undefined, undefined, undefined]);
  });
});

test("as in PyTorch an output size of 0 is empty, a batch of 0 stays one, one leading axis is enough", () => {
  expect(adaptiveAvgPool2d(ones([1, 2, 4, 4]), 0).shape).toEqual([1, 2, 0, 0]);
  expect(adaptiveMaxPool2d(ones([1, 2, 4, 4]), [0, 2]).shape).toEqual([1, 2, 0, 2]);
  expect(adaptiveAvgPool2d(zeros([0, 2, 4, 4]), 3).shape).toEqual([0, 2, 3, 3]);
  expect(adaptiveAvgPool2d(zeros([2, 0, 4, 4]), 2).shape).toEqual([2, 0, 2, 2]);
  expect(adaptiveMaxPool2d(zeros([0, 2, 4, 4]), 3).shape).toEqual([0, 2, 3, 3]);
  expect(adaptiveAvgPool1d(ones([3, 4]), 2).shape).toEqual([3, 2]);
});

describe("what cannot be is an error", () => {
  const x = ones([1, 2, 4, 4]);

  test("the image", () => {
    expect(() => adaptiveAvgPool2d([1] as never, 2)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: adaptiveAvgPool2d: x must be a tensor, got [1]. Make a tensor with tensor(values, shape).]`,
    );
    expect(() => adaptiveMaxPool1d(undefined as never, 2)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: adaptiveMaxPool1d: x must be a tensor, got undefined. Make a tensor with tensor(values, shape).]`,
    );
    expect(() => adaptiveAvgPool2d(ones([4, 4]), 2)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: adaptiveAvgPool2d: x must have at least 3 axes, [N, C, …] with 2 spatial, but its shape is [4, 4]. Reshape it.]`,
    );
    expect(() => adaptiveMaxPool3d(ones([4, 4, 4]), 2)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: adaptiveMaxPool3d: x must have at least 4 axes, [N, C, …] with 3 spatial, but its shape is [4, 4, 4]. Reshape it.]`,
    );
    expect(() => adaptiveAvgPool2d(zeros([1, 2, 0, 4]), 2)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: adaptiveAvgPool2d: x [1, 2, 0, 4] has no pixels along spatial axis 0 to pool.]`,
    );
    expect(() => adaptiveMaxPool2d(zeros([1, 2, 4, 0]), 0)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: adaptiveMaxPool2d: x [1, 2, 4, 0] has no pixels along spatial axis 1 to pool.]`,
    );
    expect(() => adaptiveAvgPool2d(ones([1, 2, 4, 4], { dtype: "int32" }), 2)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: adaptiveAvgPool2d: its tensors are int32, but it computes in floats. Use cast(x, "float32").]`,
    );
    expect(adaptiveMaxPool2d(ones([1, 2, 4, 4], { dtype: "int32" }), 2).dtype).toBe("int32");
  });

  test("the output size", () => {
    expect(() => adaptiveAvgPool2d(x, [2, 2, 2])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: adaptiveAvgPool2d: outputSize must be one number or an array of 2, got [2, 2, 2].]`,
    );
    expect(() => adaptiveAvgPool2d(x, -1)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: adaptiveAvgPool2d: outputSize must be an integer of at least 0, got -1.]`,
    );
    expect(() => adaptiveMaxPool2d(x, [2, 1.5])).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: adaptiveMaxPool2d: outputSize must be an integer of at least 0, got 1.5.]`,
    );
    expect(() => adaptiveMaxPool2d(x, undefined as never)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: adaptiveMaxPool2d: outputSize must be an integer of at least 0, got undefined.]`,
    );
    expect(() => adaptiveAvgPool2d(x, { outputSize: 2 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: adaptiveAvgPool2d: outputSize must be an integer of at least 0, got an object.]`,
    );
  });
});
