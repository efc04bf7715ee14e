import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { list, RUNS } from "../../test/samples.js";
import { expectPlain, expectSameForThreads, mixed } from "../../test/wasm.js";
import { tensor } from "../create.js";
import { cast } from "../maps/cast.js";
import { stridedAdjointKernel, stridedKernel } from "../maps/strided.js";
import {
  broadcastGeometry,
  flipGeometry,
  permuteGeometry,
  type StridedGeometry,
  sliceGeometry,
} from "../maps/stridedGeometry.js";
import { type Shape, sizeOf } from "../shape.js";
import { strided, stridedAdjoint } from "./strided.js";

const anyShape = (longest: number) =>
  fc.array(fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: longest })), {
    minLength: 1,
    maxLength: 4,
  });

const anyGeometry: fc.Arbitrary<StridedGeometry> = fc.oneof(
  anyShape(21).chain((shape) =>
    fc
      .shuffledSubarray(
        shape.map((_, a) => a),
        { minLength: shape.length },
      )
      .map((dims) => permuteGeometry(shape, dims)),
  ),
  fc
    .tuple(anyShape(21), fc.nat(), fc.nat(20), fc.nat(20), fc.integer({ min: 1, max: 3 }))
    .map(([shape, any, start, end, step]) =>
      sliceGeometry(shape, { dim: any % shape.length, start: start % shape[any % shape.length], end: end + 1, step }),
    ),
  anyShape(21).chain((shape) => fc.subarray(shape.map((_, a) => a)).map((dims) => flipGeometry(shape, dims))),
  fc
    .tuple(anyShape(9), fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }), fc.integer({ min: 1, max: 3 }))
    .map(([shape, isOne, more]) =>
      broadcastGeometry(
        shape.map((n, a) => (isOne[a] ? 1 : n)),
        [more, ...shape],
      ),
    ),
  // not made by any map: an offset, strides that are neither sorted nor whole, elements that are read twice
  anyShape(9).chain((shape) =>
    fc.tuple(...shape.map(() => fc.integer({ min: -3, max: 40 }))).map((strides) => {
      const ends = shape.map((n, a) => (n - 1) * strides[a]);
      const offset = -ends.reduce((sum, end) => sum + Math.min(0, end), 0) + 2;
      const size = offset + ends.reduce((sum, end) => sum + Math.max(0, end), 0) + 1;
      return { xShape: [size], yShape: shape as Shape, offset, strides };
    }),
  ),
);

describe("reading with strides equals the plain one", () => {
  test("by hand: a transpose", () => {
    const geometry = permuteGeometry([2, 3], [1, 0]);
    expect(list(strided(tensor([1, 2, 3, 4, 5, 6], [2, 3]), geometry) as never)).toEqual([1, 4, 2, 5, 3, 6]);
    expect(list(stridedAdjoint(tensor([1, 4, 2, 5, 3, 6], [3, 2]), geometry) as never)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test("both directions, for every geometry, to the bit", () => {
    fc.assert(
      fc.property(anyGeometry, fc.nat(), fc.constantFrom(0, 0.1), (geometry, seed, special) => {
        const x = mixed(geometry.xShape, seed, special);
        expectPlain(stridedKernel, [x, geometry]);
        const y = mixed(geometry.yShape, seed, special);
        expectPlain(stridedAdjointKernel, [y, geometry], 1);
        if (special > 0) return;
        expectPlain(stridedKernel, [cast(x, "int32"), geometry]);
        expectPlain(stridedAdjointKernel, [cast(y, "int32"), geometry]);
      }),
      { ...RUNS, numRuns: 1000 },
    );
  });

  test.each<[string, StridedGeometry]>([
    ["NCHW to NHWC", permuteGeometry([4, 30, 28, 29], [0, 2, 3, 1])],
    ["NHWC to NCHW", permuteGeometry([4, 28, 29, 30], [0, 3, 1, 2])],
    ["a matrix", permuteGeometry([301, 303], [1, 0])],
    ["a flipped image", flipGeometry([8, 3, 40, 40], [3])],
    ["a vector for every pixel", broadcastGeometry([32, 1, 1], [8, 32, 20, 20])],
    ["a row for every sample", broadcastGeometry([300], [400, 300])],
    ["a slice of every row", sliceGeometry([500, 200], { dim: 1, start: 3, end: 150 })],
  ])("%s, by any number of threads", async (_, geometry) => {
    const [x, gradY] = [mixed(geometry.xShape, 1), mixed(geometry.yShape, 2)];
    expect(stridedAdjoint(gradY, geometry)?.size).toBe(sizeOf(geometry.xShape));
    expectPlain(stridedKernel, [x, geometry]);
    expectPlain(stridedAdjointKernel, [gradY, geometry], 1);
    await expectSameForThreads(() => stridedKernel(x, geometry));
    await expectSameForThreads(() => stridedAdjointKernel(gradY, geometry));
  });

  test("float64, nothing, and sums of what overlaps otherwise are left to the plain ones", () => {
    const geometry = permuteGeometry([2], [0]);
    expect(strided(tensor(Float64Array.of(1, 2)), geometry)).toBeUndefined();
    expect(strided(tensor([1, 2]), sliceGeometry([2], { end: 0 }))).toBeUndefined();
    const windows = { xShape: [4], yShape: [3, 2], offset: 0, strides: [1, 1] };
    expect(stridedAdjoint(tensor([1, 2, 3, 4, 5, 6], [3, 2]), windows)).toBeUndefined();
  });
});
