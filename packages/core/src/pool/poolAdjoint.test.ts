import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dot, FLOAT64_SUM, integers, list, RUNS, scaleOf } from "../../test/samples.js";
import { full, ones, tensor, zeros } from "../create.js";
import { gather } from "../maps/gather.js";
import { reshape } from "../maps/reshape.js";
import { sizeOf } from "../shape.js";
import { adaptiveAvgPool1d, adaptiveAvgPool2d, adaptiveAvgPool3d, adaptiveAvgPoolAdjoint } from "./adaptiveAvgPool.js";
import {
  adaptiveMaxPool1dWithIndices,
  adaptiveMaxPool2dWithIndices,
  adaptiveMaxPool3dWithIndices,
} from "./adaptiveMaxPool.js";
import { avgPool1d, avgPool2d, avgPool3d, avgPoolAdjoint } from "./avgPool.js";
import { maxPool1dWithIndices, maxPool2dWithIndices, maxPool3dWithIndices, maxPoolAdjoint } from "./maxPool.js";

const avgPools = [avgPool1d, avgPool2d, avgPool3d];
const maxPools = [maxPool1dWithIndices, maxPool2dWithIndices, maxPool3dWithIndices];
const adaptiveAvgPools = [adaptiveAvgPool1d, adaptiveAvgPool2d, adaptiveAvgPool3d];
const adaptiveMaxPools = [adaptiveMaxPool1dWithIndices, adaptiveMaxPool2dWithIndices, adaptiveMaxPool3dWithIndices];
const int32 = (...values: number[]) => tensor(Int32Array.from(values), [1, 1, values.length]);

describe("by hand", () => {
  test("a mean's gradient goes evenly to the pixels of its window, and to none beyond the last", () => {
    expect(list(avgPoolAdjoint(tensor([[[2, 8]]]), 2, { inSize: [5] }))).toEqual([1, 1, 4, 4, 0]);
    expect(list(avgPoolAdjoint(tensor([[[2, 8, 3]]]), 2, { inSize: [5], ceilMode: true }))).toEqual([1, 1, 4, 4, 3]);
  });

  test("what goes to padding is lost, unless padding did not count", () => {
    const [g, options] = [tensor([[[6, 4]]]), { inSize: [2], padding: 1 }];
    expect(list(avgPoolAdjoint(g, 2, options))).toEqual([3, 2]);
    expect(list(avgPoolAdjoint(g, 2, { ...options, countIncludePad: false }))).toEqual([6, 4]);
    expect(list(avgPoolAdjoint(g, 2, { ...options, divisorOverride: 1 }))).toEqual([6, 4]);
  });

  test("adaptive windows share their middle pixel, whose gradients add up", () => {
    expect(list(adaptiveAvgPoolAdjoint(tensor([[[3, 6]]]), { inSize: [5] }))).toEqual([1, 1, 3, 2, 2]);
    expect(list(adaptiveAvgPoolAdjoint(tensor([[[3, 6]]]), { inSize: [4] }))).toEqual([1.5, 1.5, 3, 3]); // even ones
  });

  test("a maximum's gradient goes where it stood; windows that share it add up", () => {
    const { indices } = maxPool1dWithIndices(tensor([[[1, 9, 2, 3]]]), 2, { stride: 1 });
    expect(list(maxPoolAdjoint(tensor([[[5, 6, 7]]]), indices, { inSize: [4] }))).toEqual([0, 11, 0, 7]);
  });

  test("in every image of its own", () => {
    const indices = reshape(int32(0, 1), [2, 1, 1]);
    expect(list(maxPoolAdjoint(tensor([[[5]], [[6]]]), indices, { inSize: [2] }))).toEqual([5, 0, 0, 6]);
  });
});

const axis = fc.record({
  kernel: fc.integer({ min: 1, max: 3 }),
  stride: fc.integer({ min: 1, max: 4 }),
  before: fc.nat(1),
  after: fc.nat(1),
  extra: fc.nat(3),
  out: fc.integer({ min: 0, max: 5 }),
});

/** A pooling of rank 1 to 3 with everything unequal, within the padded image. */
const poolCase = fc
  .record({
    axes: fc.array(axis, { minLength: 1, maxLength: 3 }),
    ceilMode: fc.boolean(),
    countIncludePad: fc.boolean(),
    divisorOverride: fc.constantFrom(undefined, null, 3),
    batch: fc.nat(2),
    seed: fc.nat(),
  })
  .map(({ axes, ...rest }) => {
    const padding = axes.map(({ kernel, before, after }) =>
      kernel === 1 ? ([0, 0] as const) : ([before, after] as const),
    );
    const inSize = axes.map(({ kernel, extra }, a) => Math.max(1, kernel - padding[a][0] - padding[a][1]) + extra);
    const [kernel, stride] = [axes.map((a) => a.kernel), axes.map((a) => a.stride)];
    return { ...rest, rank: axes.length, inSize, kernel, stride, padding, outSize: axes.map(({ out }) => out) };
  });

describe("⟨A x, g⟩ = ⟨x, Aᵀ g⟩", () => {
  test("for average pooling of every rank with every option", () => {
    const seen = { single: 0, skipping: 0, overhanging: 0, uneven: 0, ceil: 0, noImages: 0, rank3: 0 };
    fc.assert(
      fc.property(poolCase, ({ rank, inSize, kernel, batch, seed, outSize: _, ...options }) => {
        const x = integers([batch, 2, ...inSize], seed);
        const y = avgPools[rank - 1](x, kernel, options);
        const g = integers(y.shape, seed + 1);
        const gradX = avgPoolAdjoint(g, kernel, { ...options, inSize });
        expect(gradX.shape).toEqual(x.shape);
        const room = FLOAT64_SUM * (scaleOf(y, g) + scaleOf(x, gradX)); // means are rounded
        expect(Math.abs(dot(y, g) - dot(x, gradX))).toBeLessThanOrEqual(room);

        if (y.shape.slice(2).includes(1)) seen.single++;
        if (kernel.some((k, a) => options.stride[a] > k)) seen.skipping++;
        if (kernel.some((k, a) => k > inSize[a])) seen.overhanging++;
        if (options.padding.some(([before, after]) => before !== after)) seen.uneven++;
        if (options.ceilMode) seen.ceil++;
        if (batch === 0) seen.noImages++;
        if (rank === 3) seen.rank3++;
      }),
      RUNS,
    );
    for (const [kind, count] of Object.entries(seen)) expect(count, kind).toBeGreaterThan(20);
  });

  test("for max pooling at fixed indices, exactly, and so for every other image that is read at them", () => {
    let shared = 0;
    fc.assert(
      fc.property(poolCase, ({ rank, inSize, outSize, kernel, stride, padding, ceilMode, batch, seed }) => {
        const x = integers([batch, 2, ...inSize], seed);
        for (const { y, indices } of [
          maxPools[rank - 1](x, kernel, { stride, padding, ceilMode }),
          adaptiveMaxPools[rank - 1](x, outSize),
        ]) {
          const g = integers(y.shape, seed + 1);
          const gradX = maxPoolAdjoint(g, indices, { inSize });
          expect(gradX.shape).toEqual(x.shape);
          expect(dot(y, g)).toBe(dot(x, gradX));
          const other = integers([batch, 2, sizeOf(inSize)], seed + 2);
          const picked = gather(other, 2, reshape(indices, [batch, 2, sizeOf(y.shape.slice(2))]));
          expect(dot(reshape(picked, y.shape), g)).toBe(dot(reshape(other, x.shape), gradX));
          if (new Set(list(indices)).size < indices.size / Math.max(1, batch * 2)) shared++;
        }
      }),
      RUNS,
    );
    expect(shared).toBeGreaterThan(20); // windows that picked the same pixel
  });

  test("for adaptive average pooling, even and not, to more pixels and to none", () => {
    const seen = { even: 0, more: 0, none: 0 };
    fc.assert(
      fc.property(poolCase, ({ rank, inSize, outSize, batch, seed }) => {
        const x = integers([batch, 2, ...inSize], seed);
        const y = adaptiveAvgPools[rank - 1](x, outSize);
        const g = integers(y.shape, seed + 1);
        const gradX = adaptiveAvgPoolAdjoint(g, { inSize });
        expect(gradX.shape).toEqual(x.shape);
        const room = FLOAT64_SUM * (scaleOf(y, g) + scaleOf(x, gradX)); // means are rounded
        expect(Math.abs(dot(y, g) - dot(x, gradX))).toBeLessThanOrEqual(room);
        if (outSize.every((out, a) => inSize[a] % out === 0)) seen.even++;
        if (outSize.some((out, a) => out > inSize[a])) seen.more++;
        if (outSize.includes(0)) seen.none++;
      }),
      RUNS,
    );
    for (const [kind, count] of Object.entries(seen)) expect(count, kind).toBeGreaterThan(10);
  });
});

describe("what does not fit is an error, in the name of the adjoint", () => {
  const g = ones([1, 1, 2]);

  test("gradY", () => {
    expect(() => avgPoolAdjoint([1] as never, 2, { inSize: [4] })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: avgPoolAdjoint: gradY must be a tensor, got [1]. Make a tensor with tensor(values, shape).]`,
    );
    expect(() => adaptiveAvgPoolAdjoint(ones([2]), { inSize: [4] })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: adaptiveAvgPoolAdjoint: gradY [2] must have a channel axis before its 1 spatial ones. Reshape it.]`,
    );
    expect(() => avgPoolAdjoint(g, 2, { inSize: [6] })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: avgPoolAdjoint: gradY has shape [1, 1, 2], but these sizes need [1, 1, 3]. Give it that shape.]`,
    );
    const whole = ones([1, 1, 2], { dtype: "int32" });
    expect(() => avgPoolAdjoint(whole, 2, { inSize: [4] })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: avgPoolAdjoint: its tensors are int32, but it computes in floats. Use cast(x, "float32").]`,
    );
    expect(() => adaptiveAvgPoolAdjoint(whole, { inSize: [4] })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: adaptiveAvgPoolAdjoint: its tensors are int32, but it computes in floats. Use cast(x, "float32").]`,
    );
  });

  test("inSize", () => {
    expect(() => avgPoolAdjoint(g, 2, { inSize: 4 as never })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: avgPoolAdjoint: inSize must be an array with the lengths of the image's spatial axes, got 4.]`,
    );
    expect(() => avgPoolAdjoint(g, 2, { inSize: [] })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: avgPoolAdjoint: inSize must be an array with the lengths of the image's spatial axes, got [].]`,
    );
    expect(() => adaptiveAvgPoolAdjoint(g, { inSize: [2.5] })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: adaptiveAvgPoolAdjoint: inSize must be an integer of at least 0, got 2.5.]`,
    );
    expect(() => adaptiveAvgPoolAdjoint(g, { inSize: [0] })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: adaptiveAvgPoolAdjoint: x [1, 1, 0] has no pixels along spatial axis 0 to pool.]`,
    );
    expect(() => avgPoolAdjoint(g, 5, { inSize: [4] })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: avgPoolAdjoint: the window spans 5 pixels along spatial axis 0, but x [1, 1, 4] with padding [0, 0] has 4. Use a smaller kernelSize.]`,
    );
    expect(() => maxPoolAdjoint(g, int32(0, 1), {} as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: maxPoolAdjoint: inSize must be an array with the lengths of the image's spatial axes, got undefined.]`,
    );
  });

  test("options", () => {
    expect(() => avgPoolAdjoint(g, 2, undefined as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: avgPoolAdjoint: the last argument is the options, got undefined. Pass an object: { inSize: … }.]`,
    );
    expect(() => avgPoolAdjoint(g, 2, { inSize: [4], dilation: 2 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: avgPoolAdjoint: unknown option dilation. It takes inSize, stride, padding, ceilMode, countIncludePad, divisorOverride.]`,
    );
    expect(() => adaptiveAvgPoolAdjoint(g, { outputSize: 2 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: adaptiveAvgPoolAdjoint: unknown option outputSize. Did you mean inSize?]`,
    );
    expect(() =>
      maxPoolAdjoint(g, int32(0, 1), { inSize: [4], stride: 2 } as never),
    ).toThrowErrorMatchingInlineSnapshot(`[TypeError: maxPoolAdjoint: unknown option stride. It takes inSize.]`);
  });

  test("indices", () => {
    expect(() => maxPoolAdjoint(g, full([1, 1, 2], 0.5), { inSize: [4] })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: maxPoolAdjoint: indices has the element 0.5, but every one must be an integer from 0 to 3.]`,
    );
    expect(() => maxPoolAdjoint(g, [0, 1] as never, { inSize: [4] })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: maxPoolAdjoint: indices must be a tensor, got [0, 1]. Make a tensor with tensor(values, shape).]`,
    );
    expect(() => maxPoolAdjoint(g, int32(0, 1, 2), { inSize: [4] })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: maxPoolAdjoint: indices has shape [1, 1, 3], but these sizes need [1, 1, 2]. Give it that shape.]`,
    );
    expect(() => maxPoolAdjoint(g, int32(0, 4), { inSize: [4] })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: maxPoolAdjoint: indices has the element 4, but every one must be an integer from 0 to 3.]`,
    );
    const rows = reshape(int32(-1, 0), [1, 1, 1, 2]);
    expect(() => maxPoolAdjoint(zeros(rows.shape), rows, { inSize: [2, 2] })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: maxPoolAdjoint: indices has the element -1, but every one must be an integer from 0 to 3.]`,
    );
  });
});
