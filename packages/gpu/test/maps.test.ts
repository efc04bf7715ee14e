import {
  type ConvGeometry,
  convGeometry,
  createRandom,
  mul,
  type PadMode,
  type Shape,
  sum,
  type Tensor,
  tensor,
} from "@conv/core";
import * as kernels from "@conv/core/kernels";
import { adaptivePoolGeometry, padGeometry, poolGeometry, type StridedGeometry } from "@conv/core/operators";
import { allClose, plain } from "@conv/core/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkedDevice } from "./checked.js";

// Sources run as JavaScript here, so that random geometries are cheap and every read beyond an array is an error, and so are two texts under one key.
const { device } = checkedDevice();
/** The same, where every convolution has its border as zeros. */
const { device: bordered } = checkedDevice({ manyProducts: 0 });
const random = createRandom(11);
const RUNS = { numRuns: 150 };
/** Sums of some hundred float32 products around 1. */
const SUM = { rtol: 1e-4, atol: 1e-4 };

/** The kernel here and the plain one agree. */
async function expectSame(compute: (...tensors: Tensor[]) => Tensor, ...tensors: Tensor[]): Promise<void> {
  const expected = compute(...tensors.map((x) => x.to(plain)));
  const room = expected.dtype === "int32" ? { rtol: 0, atol: 0 } : SUM;
  for (const here of [device, bordered]) {
    const y = compute(...tensors.map((x) => x.to(here)));
    expect(allClose(tensor(await y.data(), y.shape, { dtype: y.dtype }), expected, room)).toBeUndefined();
  }
}

/** ⟨A x, y⟩ = ⟨x, Aᵀ y⟩, both sides on the device. */
async function expectAdjoint(
  map: (x: Tensor) => Tensor,
  adjoint: (gradY: Tensor) => Tensor,
  xShape: Shape,
  yShape: Shape,
): Promise<void> {
  const [x, y] = [random.normal(xShape).to(device), random.normal(yShape).to(device)];
  const [left, right] = [sum(mul(map(x), y)), sum(mul(x, adjoint(y)))];
  const [[l], [r]] = [await left.data(), await right.data()];
  expect(Math.abs(l - r)).toBeLessThanOrEqual(1e-4 * (10 + Math.abs(l)));
}

const small = (min: number, max: number) => fc.integer({ min, max });
const pair = fc.tuple(small(0, 4), small(0, 4));

/** One axis of a window: kernels larger than the image where padding allows, strides beyond the kernel. */
const axis = fc
  .record({ length: small(1, 9), taps: small(1, 4), stride: small(1, 6), dilation: small(1, 3), padding: pair })
  .filter(({ length, taps, dilation, padding: [a, b] }) => length + a + b >= dilation * (taps - 1) + 1);
const axes = fc.array(axis, { minLength: 1, maxLength: 3 }).filter((all) => {
  const count = all.reduce((product, { length, padding: [a, b], taps }) => product * (length + a + b) * taps, 1);
  return count < 20_000;
});

const conv = fc
  .record({ axes, batch: small(0, 3), groups: small(1, 3), channels: small(1, 2), filters: small(1, 2) })
  .map(
    ({ axes: all, batch, groups, channels, filters }): ConvGeometry =>
      convGeometry(
        [batch, groups * channels, ...all.map(({ length }) => length)],
        [groups * filters, channels, ...all.map(({ taps }) => taps)],
        {
          groups,
          stride: all.map(({ stride }) => stride),
          dilation: all.map(({ dilation }) => dilation),
          padding: all.map(({ padding }) => padding),
        },
      ),
  );

describe("convolution of random geometries", () => {
  test("equals the plain one, with and without a bias, and so do its adjoints", async () => {
    await fc.assert(
      fc.asyncProperty(conv, fc.boolean(), async (geometry, hasBias) => {
        const [x, w, gradY] = [geometry.xShape, geometry.wShape, geometry.yShape].map((shape) => random.normal(shape));
        const bias = hasBias ? [random.normal([geometry.outChannels])] : [];
        await expectSame((a, b, c) => kernels.conv(a, b, geometry, c), x, w, ...bias);
        await expectSame((g, b) => kernels.convAdjointX(g, b, geometry), gradY, w);
        await expectSame((a, g) => kernels.convAdjointW(a, g, geometry), x, gradY);
        await expectSame((a) => kernels.im2col(a, geometry), x);
      }),
      RUNS,
    );
  });

  test("the adjoints are adjoint", async () => {
    await fc.assert(
      fc.asyncProperty(conv, async (geometry) => {
        const { xShape, wShape, yShape } = geometry;
        const [x, w] = [random.normal(xShape).to(device), random.normal(wShape).to(device)];
        const [ofX, ofW] = [(t: Tensor) => kernels.conv(t, w, geometry), (t: Tensor) => kernels.conv(x, t, geometry)];
        await expectAdjoint(ofX, (g) => kernels.convAdjointX(g, w, geometry), xShape, yShape);
        await expectAdjoint(ofW, (g) => kernels.convAdjointW(x, g, geometry), wShape, yShape);
        const columns = kernels.im2col(x, geometry).shape;
        const [unfold, fold] = [kernels.im2col, kernels.col2im];
        await expectAdjoint(
          (t) => unfold(t, geometry),
          (g) => fold(g, geometry),
          xShape,
          columns,
        );
      }),
      RUNS,
    );
  });
});

describe("poolings of random geometries", () => {
  const pools = fc
    .record({
      axes: fc.array(
        fc.record({ length: small(1, 9), taps: small(1, 4), stride: small(1, 6), dilation: small(1, 3) }),
        {
          minLength: 1,
          maxLength: 3,
        },
      ),
      isPadded: fc.boolean(),
      ceilMode: fc.boolean(),
      countIncludePad: fc.boolean(),
      planes: fc.tuple(small(0, 2), small(1, 3)),
    })
    .filter(({ axes: all, isPadded }) =>
      all.every(({ length, taps, dilation }) => {
        const padding = isPadded ? Math.floor(taps / 2) : 0;
        return length + 2 * padding >= dilation * (taps - 1) + 1;
      }),
    );

  test("maxima and averages equal the plain ones", async () => {
    await fc.assert(
      fc.asyncProperty(pools, async ({ axes: all, isPadded, ceilMode, countIncludePad, planes }) => {
        const xShape = [...planes, ...all.map(({ length }) => length)];
        const taps = all.map((a) => a.taps);
        const options = {
          ceilMode,
          stride: all.map(({ stride }) => stride),
          padding: taps.map((k) => (isPadded ? Math.floor(k / 2) : 0)),
        };
        const dilation = all.map((a) => (isPadded ? 1 : a.dilation)); // no window may see padding only
        const max = poolGeometry("pool", all.length, xShape, taps, { ...options, dilation });
        const x = tensor(Float32Array.from(random.normal(xShape).dataSync(), Math.round), xShape); // with ties
        await expectSame((a) => kernels.maxPoolIndices(a, max), x);
        const avg = poolGeometry("pool", all.length, xShape, taps, { ...options, countIncludePad });
        await expectSame((a) => kernels.avgPool(a, avg), random.normal(xShape));
        await expectSame((g) => kernels.avgPoolAdjoint(g, avg), random.normal(avg.yShape));
        const { avgPool, avgPoolAdjoint } = kernels;
        await expectAdjoint(
          (a) => avgPool(a, avg),
          (g) => avgPoolAdjoint(g, avg),
          xShape,
          avg.yShape,
        );
      }),
      RUNS,
    );
  });

  test("adaptive ones too, to fewer windows and to more", async () => {
    const sizes = fc.array(fc.tuple(small(1, 9), small(1, 13)), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(sizes, small(0, 2), async (all, batch) => {
        const xShape = [batch, 2, ...all.map(([length]) => length)];
        const size = all.map(([, windows]) => windows);
        const geometry = adaptivePoolGeometry("pool", all.length, xShape, size);
        const x = tensor(Float32Array.from(random.normal(xShape).dataSync(), Math.round), xShape);
        const { adaptiveAvgPool, adaptiveAvgPoolAdjoint, adaptiveMaxPoolIndices } = kernels;
        await expectSame((a) => adaptiveMaxPoolIndices(a, geometry), x);
        await expectSame((a) => adaptiveAvgPool(a, geometry), random.normal(xShape));
        await expectSame((g) => adaptiveAvgPoolAdjoint(g, geometry), random.normal(geometry.yShape));
        const [map, adjoint] = [adaptiveAvgPool, adaptiveAvgPoolAdjoint];
        await expectAdjoint(
          (a) => map(a, geometry),
          (g) => adjoint(g, geometry),
          xShape,
          geometry.yShape,
        );
      }),
      RUNS,
    );
  });
});

describe("borders", () => {
  const borders = fc.record({
    mode: fc.constantFrom<PadMode>("zeros", "constant", "circular", "reflect", "replicate", "mean"),
    value: fc.constantFrom(0, -2, 1e-7, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
    axes: fc.array(fc.tuple(small(1, 5), small(0, 12), small(0, 12)), { minLength: 1, maxLength: 3 }),
    planes: small(0, 3),
  });

  test("of all modes, wider than the image where the mode allows, equal the plain ones, and their adjoints", async () => {
    await fc.assert(
      fc.asyncProperty(borders, async ({ mode, value, axes: all, planes }) => {
        const most = (length: number, n: number) => (mode === "reflect" ? Math.min(n, length - 1) : n);
        const padding = all.map(([length, a, b]) => [most(length, a), most(length, b)] as const);
        const options = mode === "constant" ? { mode, value } : { mode };
        const geometry = padGeometry([planes, ...all.map(([length]) => length)], padding, options);
        const { xShape, yShape } = geometry;
        await expectSame((x) => kernels.pad(x, geometry), random.normal(xShape));
        await expectSame((g) => kernels.padAdjoint(g, geometry), random.normal(yShape));
        if (mode === "constant") return; // affine
        const { pad, padAdjoint } = kernels;
        await expectAdjoint(
          (x) => pad(x, geometry),
          (g) => padAdjoint(g, geometry),
          xShape,
          yShape,
        );
      }),
      RUNS,
    );
  });
});

describe("other strides", () => {
  /** A tensor read in another order, of which some axes run backwards, some are cut, and some are repeated. */
  const reads = fc
    .array(fc.record({ length: small(1, 5), isFlipped: fc.boolean(), start: small(0, 2), step: small(1, 2), repeats: small(1, 2) }), { minLength: 1, maxLength: 4 }) // biome-ignore format: one line
    .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all.map((_, a) => a), { minLength: all.length }))) // biome-ignore format: one line
    .map(([all, order]): StridedGeometry => {
      const xShape = all.map(({ length }) => length);
      const steps = xShape.map((_, a) => xShape.slice(a + 1).reduce((product, length) => product * length, 1));
      let offset = 0;
      const kept = all.map(({ length, isFlipped, start, step, repeats }, a) => {
        const first = Math.min(start, length - 1);
        const count = Math.ceil((length - first) / step);
        offset += (isFlipped ? first + (count - 1) * step : first) * steps[a];
        return { count, stride: (isFlipped ? -step : step) * steps[a], repeats };
      });
      const inOrder = order.flatMap((a) => [
        { length: kept[a].repeats, stride: 0 },
        { length: kept[a].count, stride: kept[a].stride },
      ]);
      const [yShape, strides] = [inOrder.map(({ length }) => length), inOrder.map(({ stride }) => stride)];
      return { xShape, yShape, offset, strides };
    });

  test.each([2 ** 23, 20])("equal the plain ones, and their adjoints: %i elements at a time", async (maxElements) => {
    const here = checkedDevice({ maxElements }).device;
    const expectSameOrRefused = async (compute: (x: Tensor) => Tensor, x: Tensor) => {
      const y = compute(x.to(here));
      const got = await y.data().catch((error: Error) => {
        if (maxElements > 20 || !error.message.includes("belong together")) throw error;
      });
      if (got) expect(allClose(tensor(got, y.shape), compute(x.to(plain)), SUM)).toBeUndefined();
    };
    await fc.assert(
      fc.asyncProperty(reads, async (geometry) => {
        await expectSameOrRefused((x) => kernels.strided(x, geometry), random.normal(geometry.xShape));
        await expectSameOrRefused((g) => kernels.stridedAdjoint(g, geometry), random.normal(geometry.yShape));
      }),
      RUNS,
    );
  });
});
