import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { convCase, list, RUNS } from "../../test/samples.js";
import { expectPlain, expectSameForThreads, mixed } from "../../test/wasm.js";
import { convGeometry } from "../conv/geometry.js";
import { col2imKernel, im2colKernel } from "../conv/im2col.js";
import { padAdjointKernel, padKernel } from "../conv/pad.js";
import { PAD_MODES, padGeometry } from "../conv/padGeometry.js";
import { windowAxes } from "../conv/window.js";
import { tensor } from "../create.js";
import { cast } from "../maps/cast.js";
import { sizeOf } from "../shape.js";
import { patches, patchesAdjoint } from "./patches.js";

const upTo = (min: number, max: number) => fc.integer({ min, max });

/** A padding of some axes, in every mode, as far as the mode reaches. */
const anyPad = fc
  .record({
    mode: fc.constantFrom(...PAD_MODES),
    leading: fc.array(upTo(1, 3), { maxLength: 2 }),
    axes: fc.array(fc.tuple(upTo(1, 9), upTo(0, 20), upTo(0, 20), fc.boolean()), { minLength: 1, maxLength: 4 }),
    special: fc.constantFrom(0, 0, 0.05),
    seed: fc.nat(),
  })
  .map(({ mode, leading, axes, ...rest }) => {
    const most = (length: number) => (mode === "reflect" ? length - 1 : 5);
    const padding = axes.map(([length, before, after, isBare]): [number, number] =>
      isBare ? [0, 0] : [before % (most(length) + 1), after % (most(length) + 1)],
    );
    const shape = [...leading, ...axes.map(([length]) => length)];
    const options = mode === "constant" ? { mode, value: -2.5 } : { mode };
    return { ...rest, shape, geometry: padGeometry(shape, padding, options) };
  });

describe("padding and patches equal the plain ones", () => {
  test("by hand", () => {
    const geometry = convGeometry([1, 1, 4], [1, 1, 2], { padding: 1, stride: 2 });
    const of = { planes: 1, axes: windowAxes(geometry) };
    expect(list(patches(tensor([1, 2, 3, 4]), [2, 3], of) as never)).toEqual([0, 2, 4, 1, 3, 0]);
    expect(list(patchesAdjoint(tensor([7, 1, 2, 3, 4, 8]), [4], of) as never)).toEqual([3, 1, 4, 2]);
  });

  test("by hand: a kernel of one row sees [[0, 1], [1, 2], [3, 4], [4, 5]]; the columns are its taps, then rows and windows", () => {
    const geometry = convGeometry([1, 1, 2, 3], [1, 1, 1, 2], {});
    const of = { planes: 1, axes: windowAxes(geometry) };
    expect(list(patches(tensor([0, 1, 2, 3, 4, 5]), [2, 4], of) as never)).toEqual([0, 1, 3, 4, 1, 2, 4, 5]);
    expect(list(patchesAdjoint(tensor([1, 2, 3, 4, 5, 6, 7, 8]), [6], of) as never)).toEqual([1, 7, 6, 3, 11, 8]);
  });

  test("kernels that are 1 along some axes, without padding there", () => {
    const axis = fc.record({ length: upTo(1, 5), kernel: fc.constantFrom(1, 1, 2) });
    const anyKernel = fc.record({ axes: fc.array(axis, { minLength: 1, maxLength: 3 }), seed: fc.nat() });
    fc.assert(
      fc.property(anyKernel, ({ axes, seed }) => {
        const kernelSize = axes.map(({ kernel, length }) => Math.min(kernel, length));
        const x = mixed([2, 2, ...axes.map(({ length }) => length)], seed, 0);
        const geometry = convGeometry(x.shape, [1, 2, ...kernelSize], {});
        expectPlain(im2colKernel, [x, geometry]);
        expectPlain(col2imKernel, [mixed(im2colKernel(x, geometry).shape, seed, 0), geometry]);
      }),
      RUNS,
    );
  });

  test("pad and its adjoint, in every mode", () => {
    fc.assert(
      fc.property(anyPad, ({ shape, geometry, special, seed }) => {
        const x = mixed(shape, seed, special);
        expectPlain(padKernel, [x, geometry]);
        if (special === 0 && geometry.mode !== "mean") {
          expectPlain(padKernel, [cast(x, "int32"), { ...geometry, value: 3 }]);
        }
        expectPlain(padAdjointKernel, [mixed(geometry.yShape, seed, special), geometry], 1);
      }),
      { ...RUNS, numRuns: 500 },
    );
  });

  test("im2col and its adjoint, to the bit", () => {
    fc.assert(
      fc.property(convCase, fc.constantFrom(0, 0.05), ({ xShape, options, wShape, seed }, special) => {
        const [batch, channels, ...inSize] = xShape;
        const kernel = wShape.slice(2);
        const geometry = convGeometry(xShape, [1, channels, ...kernel], { ...options, groups: 1 });
        const columns = [batch, channels * sizeOf(kernel), sizeOf(geometry.outSize)];
        expect(inSize).toEqual(geometry.inSize);
        expectPlain(im2colKernel, [mixed(xShape, seed, special), geometry]);
        expectPlain(col2imKernel, [mixed(columns, seed, special), geometry]);
      }),
      { ...RUNS, numRuns: 500 },
    );
  });

  test.each([{ padding: 1 }, { padding: 1, stride: 2 }, { dilation: 2 }])(
    "%j, by any number of threads",
    async (options) => {
      const geometry = convGeometry([4, 8, 40, 41], [1, 8, 3, 3], options);
      const [x, columns] = [mixed([4, 8, 40, 41], 1), mixed([4, 72, sizeOf(geometry.outSize)], 2)];
      expectPlain(im2colKernel, [x, geometry]);
      expectPlain(col2imKernel, [columns, geometry]);
      await expectSameForThreads(() => im2colKernel(x, geometry));
      await expectSameForThreads(() => col2imKernel(columns, geometry));
    },
  );

  test.each(PAD_MODES)("%s of images, by any number of threads", async (mode) => {
    const geometry = padGeometry([4, 8, 40, 41], [2, [1, 3]], { mode });
    const [x, gradY] = [mixed([4, 8, 40, 41], 1), mixed(geometry.yShape, 2)];
    expectPlain(padKernel, [x, geometry]);
    expectPlain(padAdjointKernel, [gradY, geometry], 1);
    await expectSameForThreads(() => padKernel(x, geometry));
    await expectSameForThreads(() => padAdjointKernel(gradY, geometry));
  });

  test("float64, sums of int32, nothing, and four axes with a border are left to the plain ones", () => {
    const axis = { inSize: 2, taps: 1, windows: 2, pixels: Int32Array.of(1, 0) };
    const of = { planes: 1, axes: [axis] };
    expect(patches(tensor(Float64Array.of(1, 2)), [2], of)).toBeUndefined();
    expect(patchesAdjoint(tensor(Int32Array.of(1, 2)), [2], of)).toBeUndefined();
    expect(patches(tensor(new Float32Array(0), [0]), [0], { ...of, planes: 0 })).toBeUndefined();
    expect(patches(tensor(new Float32Array(16)), [16], { planes: 1, axes: [axis, axis, axis, axis] })).toBeUndefined();
  });
});
