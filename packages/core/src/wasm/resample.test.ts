import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { list, RUNS } from "../../test/samples.js";
import { expectPlain, expectSameForThreads, mixed } from "../../test/wasm.js";
import { tensor } from "../create.js";
import { interpolateGeometry } from "../interpolate/interpolateGeometry.js";
import { resampleKernel } from "../interpolate/resample.js";
import { resampleGeometry, resampleTransposed } from "../interpolate/resampleGeometry.js";
import type { Tap } from "../interpolate/taps.js";
import { createRandom } from "../random.js";
import { resample } from "./resample.js";

const along = (xShape: readonly number[], axis: number, rows: readonly (readonly Tap[])[]) =>
  resampleGeometry(xShape, axis, rows.length, (i) => rows[i]);

const anyMatrix = fc.record({
  outer: fc.integer({ min: 1, max: 9 }),
  inSize: fc.integer({ min: 1, max: 12 }),
  outSize: fc.integer({ min: 1, max: 12 }),
  inner: fc.constantFrom(1, 1, 1, 2, 7, 8, 9, 15, 16, 17, 40),
  most: fc.integer({ min: 0, max: 6 }),
  special: fc.constantFrom(0, 0.1),
  seed: fc.nat(),
});

describe("resampling equals the plain one", () => {
  test("by hand", () => {
    const geometry = along([1, 3, 1], 1, [[[0, 0.5], [2, 2]], [], [[1, -1]]]); // biome-ignore format: a matrix
    expect(list(resample(tensor([5, 6, 7], [1, 3, 1]), geometry) as never)).toEqual([16.5, 0, -6]);
  });

  test("for any matrix, to the bit: rows of nothing, NaN and infinities", () => {
    fc.assert(
      fc.property(anyMatrix, ({ outer, inSize, outSize, inner, most, special, seed }) => {
        const random = createRandom(seed);
        const tap = () => [random.integer(inSize), (random.integer(2001) - 1000) / 700] as const;
        const rows = Array.from({ length: outSize }, () => Array.from({ length: random.integer(most + 1) }, tap));
        const geometry = along([outer, inSize, inner], 1, rows);
        expectPlain(resampleKernel, [mixed(geometry.xShape, seed, special), geometry]);
        expectPlain(resampleKernel, [mixed(geometry.yShape, seed, special), resampleTransposed(geometry)]);
      }),
      { ...RUNS, numRuns: 500 },
    );
  });

  test.each([
    [[8, 32, 28, 28], { scaleFactor: 2, mode: "bilinear" }],
    [[3, 5, 61, 47], { size: [30, 90], mode: "bicubic" }],
    [[1, 2, 9000], { scaleFactor: 1.5 }],
  ] as const)("%j by %j, and back, by any number of threads", async (shape, options) => {
    for (const geometry of interpolateGeometry("test", shape, "float32", options)) {
      const [x, gradY] = [mixed(geometry.xShape, 1), mixed(geometry.yShape, 2)];
      expectPlain(resampleKernel, [x, geometry]);
      expectPlain(resampleKernel, [gradY, resampleTransposed(geometry)]);
      await expectSameForThreads(() => resampleKernel(x, geometry));
    }
  });

  test("float64, and nothing, are left to the plain one", () => {
    const geometry = along([2], 0, [[[0, 1]]]);
    expect(resample(tensor(Float64Array.of(1, 2)), geometry)).toBeUndefined();
    expect(resample(tensor(new Float32Array(0), [0, 2]), along([0, 2], 1, [[[0, 1]]]))).toBeUndefined();
  });
});
