import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { list, RUNS } from "../../test/samples.js";
import { expectPlain, expectSameForThreads, mixed } from "../../test/wasm.js";
import { tensor } from "../create.js";
import { adaptiveAvgPoolAdjointKernel, adaptiveAvgPoolKernel } from "../pool/adaptiveAvgPool.js";
import { adaptivePoolGeometry } from "../pool/adaptiveGeometry.js";
import { adaptiveMaxPoolIndicesKernel } from "../pool/adaptiveMaxPool.js";
import { avgPoolAdjointKernel, avgPoolKernel } from "../pool/avgPool.js";
import { poolGeometry } from "../pool/geometry.js";
import { maxPool2d, maxPoolIndicesKernel } from "../pool/maxPool.js";
import type { Shape } from "../shape.js";
import { plain } from "../testing/index.js";
import { maxPoolIndices } from "./pool.js";

const upTo = (min: number, max: number) => fc.integer({ min, max });

/** A pooling of rank 1 to 3, everything unequal, along the last axis often of many windows. */
const anyPool = fc
  .record({
    axes: fc.array(
      fc
        .record({
          kernel: upTo(1, 5),
          stride: upTo(1, 4),
          dilation: fc.constantFrom(1, 1, 2, 3),
          before: upTo(0, 2),
          after: upTo(0, 2),
          extra: upTo(0, 5),
          isLong: fc.boolean(),
        })
        .map(({ extra, before, after, isLong, ...axis }) => {
          const span = axis.dilation * (axis.kernel - 1) + 1;
          const half = Math.floor(span / 2);
          return {
            ...axis,
            padding: [Math.min(before, half), Math.min(after, half)] as const,
            length: span + extra + (isLong ? 11 : 0),
          };
        }),
      { minLength: 1, maxLength: 3 },
    ),
    leading: fc.array(upTo(1, 3), { minLength: 1, maxLength: 2 }),
    ceilMode: fc.boolean(),
    countIncludePad: fc.boolean(),
    divisorOverride: fc.constantFrom(undefined, undefined, 3),
    special: fc.constantFrom(0, 0.05, 0.5),
    seed: fc.nat(),
  })
  .map(({ axes, leading, ...rest }) => ({
    ...rest,
    rank: axes.length,
    shape: [...leading, ...axes.map(({ length }) => length)] as Shape,
    kernel: axes.map((axis) => axis.kernel),
    stride: axes.map((axis) => axis.stride),
    dilation: axes.map((axis) => axis.dilation),
    padding: axes.map((axis) => axis.padding),
  }));

describe("pooling equals the plain one", () => {
  test("by hand", () => {
    const x = tensor([1, 2, 9, 4, 5, 9, 7, 8], [1, 2, 4]);
    expect(list(maxPoolIndices(x, poolGeometry("test", 2, x.shape, 2)) as never)).toEqual([4 + 1, 2]);
  });

  test("the places of the largest, for every geometry: ties, NaN and infinities", () => {
    fc.assert(
      fc.property(anyPool, ({ rank, shape, kernel, stride, dilation, padding, ceilMode, special, seed }) => {
        const geometry = poolGeometry("test", rank, shape, kernel, { stride, dilation, padding, ceilMode });
        expectPlain(maxPoolIndicesKernel, [mixed(shape, seed, special), geometry]);
      }),
      { ...RUNS, numRuns: 500 },
    );
  });

  test("means and their adjoint, for every geometry", () => {
    fc.assert(
      fc.property(anyPool, ({ rank, shape, kernel, stride, padding, special, seed, ...options }) => {
        const { ceilMode, countIncludePad, divisorOverride } = options;
        const borders = padding.map(
          (pair, a) => pair.map((p) => Math.min(p, Math.floor(kernel[a] / 2))) as [number, number],
        );
        const all = { stride, padding: borders, ceilMode, countIncludePad, divisorOverride };
        const geometry = poolGeometry("test", rank, shape, kernel, all);
        expectPlain(avgPoolKernel, [mixed(shape, seed, special / 5), geometry]);
        expectPlain(avgPoolAdjointKernel, [mixed(geometry.yShape, seed, special / 5), geometry], 1);
      }),
      { ...RUNS, numRuns: 500 },
    );
  });

  test("windows that cover the image evenly", () => {
    const anyAdaptive = fc.array(fc.tuple(upTo(1, 20), upTo(1, 9)), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(anyAdaptive, upTo(1, 3), fc.nat(), fc.constantFrom(0, 0.1), (axes, planes, seed, special) => {
        const shape = [planes, ...axes.map(([length]) => length)];
        const sizes = axes.map(([, size]) => size);
        const geometry = adaptivePoolGeometry("test", axes.length, shape, sizes);
        expectPlain(adaptiveMaxPoolIndicesKernel, [mixed(shape, seed, special), geometry]);
        expectPlain(adaptiveAvgPoolKernel, [mixed(shape, seed, special), geometry]);
        expectPlain(adaptiveAvgPoolAdjointKernel, [mixed(geometry.yShape, seed, special), geometry], 1);
      }),
      RUNS,
    );
  });

  test.each([
    [[16, 32, 28, 28], 2, {}],
    [[4, 64, 13, 13], 3, { stride: 2, padding: 1 }],
    [[2, 3, 60, 61], 3, { stride: 1, padding: 1 }],
    [[1, 1, 300, 301], 7, { stride: 3, ceilMode: true }],
  ] as const)("%j, %i, %j, by any number of threads", async (shape, kernel, options) => {
    const geometry = poolGeometry("test", 2, shape, kernel, options);
    const [x, gradY] = [mixed(shape, 1), mixed(geometry.yShape, 2)];
    expectPlain(maxPoolIndicesKernel, [x, geometry]);
    expectPlain(avgPoolKernel, [x, geometry]);
    await expectSameForThreads(() => maxPoolIndicesKernel(x, geometry));
    await expectSameForThreads(() => avgPoolKernel(x, geometry));
    await expectSameForThreads(() => avgPoolAdjointKernel(gradY, geometry));
  });

  test("a window of 961 pixels needs no table of them", () => {
    const x = mixed([1, 1, 128, 128], 3);
    for (const image of [x, x.to(plain)]) {
      const before = process.memoryUsage().arrayBuffers;
      maxPool2d(image, 31, { stride: 1, padding: 15 });
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4e6); // a table would have 63 MB
    }
  });

  test("int32 and float64, and nothing, are left to the plain ones", () => {
    const geometry = poolGeometry("test", 1, [1, 1, 2], 2);
    expect(maxPoolIndices(tensor(Int32Array.of(1, 2), [1, 1, 2]), geometry)).toBeUndefined();
    expect(maxPoolIndices(tensor(Float64Array.of(1, 2), [1, 1, 2]), geometry)).toBeUndefined();
    const none = poolGeometry("test", 1, [0, 1, 2], 2);
    expect(maxPoolIndices(tensor(new Float32Array(0), [0, 1, 2]), none)).toBeUndefined();
  });
});
