import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { list, RUNS } from "../../test/samples.js";
import { expectPlain, expectSameForThreads, mixed } from "../../test/wasm.js";
import { tensor } from "../create.js";
import { cast } from "../maps/cast.js";
import { gatherAdjointKernel, gatherKernel } from "../maps/gather.js";
import type { GatherGeometry } from "../maps/gatherGeometry.js";
import { indices } from "../testing/samples.js";
import { gather, gatherAdjoint } from "./gather.js";

const geometryOf = (outer: number, length: number, count: number, inner: number): GatherGeometry => ({
  ...{ outer, length, count, inner },
  ...{ xShape: [outer, length, inner], yShape: [outer, count, inner] },
});

const anyGather = fc.record({
  outer: fc.integer({ min: 1, max: 4 }),
  length: fc.integer({ min: 1, max: 40 }),
  count: fc.integer({ min: 1, max: 40 }),
  inner: fc.constantFrom(1, 1, 2, 5, 9),
  special: fc.constantFrom(0, 0.1),
  seed: fc.nat(),
});

describe("gathering equals the plain one", () => {
  test("by hand", () => {
    const at = tensor(Int32Array.of(2, 2, 0), [1, 3, 1]);
    const geometry = geometryOf(1, 3, 3, 1);
    expect(list(gather(tensor([5, 6, 7], [1, 3, 1]), at, geometry) as never)).toEqual([7, 7, 5]);
    expect(list(gatherAdjoint(tensor([1, 2, 3], [1, 3, 1]), at, geometry) as never)).toEqual([3, 0, 3]);
  });

  test("both directions, to the bit", () => {
    fc.assert(
      fc.property(anyGather, ({ outer, length, count, inner, special, seed }) => {
        const geometry = geometryOf(outer, length, count, inner);
        const at = indices(geometry.yShape, length);
        const x = mixed(geometry.xShape, seed, special);
        expectPlain(gatherKernel, [x, at, geometry]);
        if (special === 0) expectPlain(gatherKernel, [cast(x, "int32"), at, geometry]);
        expectPlain(gatherAdjointKernel, [mixed(geometry.yShape, seed, special), at, geometry]);
      }),
      RUNS,
    );
  });

  test.each([
    [300, 784, 196, 1],
    [1, 200_000, 500, 3],
    [1, 5000, 700, 40],
    [3, 2, 40_000, 1],
  ])("%i × %i → %i, × %i, by any number of threads", async (outer, length, count, inner) => {
    const geometry = geometryOf(outer, length, count, inner);
    const at = indices(geometry.yShape, length);
    const [x, gradY] = [mixed(geometry.xShape, 1), mixed(geometry.yShape, 2)];
    expectPlain(gatherKernel, [x, at, geometry]);
    expectPlain(gatherAdjointKernel, [gradY, at, geometry]);
    await expectSameForThreads(() => gatherKernel(x, at, geometry));
    await expectSameForThreads(() => gatherAdjointKernel(gradY, at, geometry));
  });

  test("float64, sums of int32, and nothing, are left to the plain ones", () => {
    const geometry = geometryOf(1, 2, 1, 1);
    const at = tensor(Int32Array.of(1), [1, 1, 1]);
    expect(gather(tensor(Float64Array.of(1, 2), [1, 2, 1]), at, geometry)).toBeUndefined();
    expect(gatherAdjoint(tensor(Int32Array.of(1), [1, 1, 1]), at, geometry)).toBeUndefined();
    const none = tensor(new Int32Array(0), [1, 0, 1]);
    expect(gather(tensor([1, 2], [1, 2, 1]), none, geometryOf(1, 2, 0, 1))).toBeUndefined();
  });
});
