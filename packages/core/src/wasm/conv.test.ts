import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { convAdjointWKernel, convAdjointXKernel, convKernel } from "../conv/conv.js";
import { type ConvSizeOptions, convGeometry } from "../conv/geometry.js";
import { ones, tensor, zeros } from "../create.js";
import { cpu } from "../device/cpu.js";
import { reshape } from "../maps/reshape.js";
import { createRandom } from "../random.js";
import type { Tensor } from "../tensor.js";
import { allClose } from "../testing/allClose.js";
import { plain } from "../testing/specification.js";
import { currentEngine } from "./engine.js";

/** float32 sums of some thousand products in another order; Winograd's are ten times less exact. */
const FLOAT32_SUM = { rtol: 1e-4, atol: 2e-4 };

const random = createRandom(8);

/** The three maps of a convolution are those of the plain kernels. */
function check(xShape: readonly number[], wShape: readonly number[], options: ConvSizeOptions<"zeros">): void {
  const geometry = convGeometry(xShape, wShape, options);
  const scale = 1 / Math.sqrt(geometry.inChannels);
  const [x, g] = [random.normal(xShape), random.normal(geometry.yShape)];
  const w = random.normal(wShape, { std: scale });
  const onPlain = (t: Tensor) => t.to(plain);
  const [px, pw, pg] = [x, w, g].map(onPlain);
  const y = convKernel(x, w, geometry);
  expect(allClose(y, convKernel(px, pw, geometry).dataSync(), FLOAT32_SUM), "conv").toBeUndefined();
  const gradX = convAdjointXKernel(g, w, geometry);
  const larger = { ...FLOAT32_SUM, atol: FLOAT32_SUM.atol * Math.max(1, wShape[0] / xShape[1]) };
  expect(allClose(gradX, convAdjointXKernel(pg, pw, geometry).dataSync(), larger), "convAdjointX").toBeUndefined();
  const gradW = convAdjointWKernel(x, g, geometry);
  const size = Math.sqrt(geometry.yShape.slice(2).reduce((a, b) => a * b, geometry.batch));
  const room = { rtol: 1e-4, atol: 1e-4 * Math.max(1, size) };
  expect(allClose(gradW, convAdjointWKernel(px, pg, geometry).dataSync(), room), "convAdjointW").toBeUndefined();
}

describe("the three maps of a convolution in WebAssembly are the plain ones", () => {
  test.each<[string, number[], number[], ConvSizeOptions<"zeros">]>([
    ["Winograd, tiles that are whole", [2, 16, 16, 24], [16, 16, 3, 3], { padding: 1 }],
    ["Winograd, tiles that are not", [3, 17, 19, 21], [21, 17, 3, 3], { padding: [[0, 2], 1] }], // biome-ignore format: a table
    ["Winograd, padding beyond the kernel", [1, 16, 15, 15], [16, 16, 3, 3], { padding: 3 }],
    ["Winograd, one image of few tiles", [1, 40, 13, 14], [70, 40, 3, 3], {}],
    ["Winograd, so many rows that they are cut", [1, 16, 16, 16], [260, 16, 3, 3], { padding: 1 }],
    ["Winograd, dilated", [1, 16, 30, 27], [18, 16, 3, 3], { padding: 2, dilation: 2 }],
    ["Winograd, dilated unevenly", [2, 18, 21, 40], [16, 18, 3, 3], { padding: [1, 4], dilation: [1, 4] }],
    ["Winograd, a dilation with empty tiles", [2, 16, 11, 19], [16, 16, 3, 3], { padding: 5, dilation: 5 }],
    ["a batch that is cut into slices", [5, 64, 130, 120], [3, 64, 3, 3], { padding: 1 }],
    ["sums longer than a step", [1, 300, 5, 6], [9, 300, 1, 1], {}],
    ["blocks of rows and columns", [1, 20, 40, 40], [130, 20, 2, 2], { stride: 1 }],
    ["a stride with phases that no tap sees", [2, 6, 17, 18], [5, 6, 2, 2], { stride: 3 }],
    ["depthwise, rows of every length", [2, 3, 5, 37], [3, 1, 3, 3], { groups: 3, padding: 1 }],
    ["depthwise, 5 × 5, stride 3, dilation 2", [2, 4, 29, 31], [8, 1, 5, 5], { groups: 4, stride: 3, padding: 4, dilation: 2 }], // biome-ignore format: a table
    ["depthwise, a volume", [1, 3, 6, 7, 9], [6, 1, 3, 3, 3], { groups: 3, padding: 1, stride: [1, 2, 2] }],
    ["linear", [70, 500], [130, 500], {}],
  ])("%s", (_, xShape, wShape, options) => check(xShape, wShape, options));

  test("whatever the sizes", () => {
    const size = (min: number, max: number) => fc.integer({ min, max });
    const sizes = fc.record({
      batch: size(1, 3),
      groups: fc.constantFrom(1, 1, 2, 3),
      channels: size(1, 20),
      filters: size(1, 20),
      image: fc.array(size(7, 20), { minLength: 2, maxLength: 2 }),
      kernel: fc.constantFrom(1, 2, 3, 3, 3, 5),
      stride: fc.constantFrom(1, 1, 1, 2, 3),
      dilation: fc.constantFrom(1, 1, 2),
      padding: size(0, 3),
    });
    fc.assert(
      fc.property(sizes, ({ batch, groups, channels, filters, image, kernel, stride, dilation, padding }) => {
        fc.pre(image.every((length) => length + 2 * padding > dilation * (kernel - 1)));
        const wShape = [filters * groups, channels, kernel, kernel];
        check([batch, channels * groups, ...image], wShape, { groups, stride, dilation, padding });
      }),
      { numRuns: 150, seed: 1 },
    );
  });
});

describe("what a reviewer found", () => {
  /** A map gives what the plain kernels give, with the same filters as often as they are asked. */
  const same = (got: Tensor, expected: Tensor) =>
    expect(allClose(got, expected.dataSync(), { rtol: 1e-4, atol: 1e-3 })).toBeUndefined();

  test.each([
    ["a product", [8, 4, 3, 3], [4, 8, 3, 3], 9],
    ["Winograd", [16, 32, 3, 3], [32, 16, 3, 3], 16],
  ])("filters reshaped are other filters: %s", (_, shape, other, size) => {
    const w = random.normal(shape);
    const reshaped = reshape(w, other);
    const [x, z] = [random.normal([1, shape[1], size, size]), random.normal([1, other[1], size, size])];
    const g = convGeometry(x.shape, w.shape);
    for (let i = 0; i < 2; i++) convKernel(x, w, g);
    const h = convGeometry(z.shape, other);
    for (let i = 0; i < 2; i++) same(convKernel(z, reshaped, h), convKernel(z.to(plain), reshaped.to(plain), h));
  });

  test("filters that two sizes of image see in other phases", () => {
    const w = random.normal([8, 8, 2, 2]);
    for (const inSize of [
      [9, 9],
      [9, 9],
      [9, 1],
      [9, 1],
    ]) {
      const g = convGeometry([1, 8, ...inSize], w.shape, { stride: 2, padding: 1 });
      const gradY = random.normal(g.yShape);
      same(convAdjointXKernel(gradY, w, g), convAdjointXKernel(gradY.to(plain), w.to(plain), g));
    }
  });

  test.each<[string, number[], number[], ConvSizeOptions<"zeros">]>([
    ["the only window sees padding", [2, 3, 1, 1], [4, 3, 1, 1], { padding: 1, stride: 3 }],
    ["no tap sees any pixel of an axis", [2, 4, 1, 8], [4, 4, 1, 3], { stride: [3, 1], padding: [1, 0] }],
    ["a long stride over a whole memory", [1, 2, 4001], [3, 2, 1], { stride: 1000 }],
  ])("%s", (_, xShape, wShape, options) => check(xShape, wShape, options));

  test("an operator that fails in one thread leaves the next one right", async () => {
    await cpu.configure({ threads: 2 });
    const [x, w] = [random.normal([1, 24, 30, 30]), random.normal([32, 24, 5, 5])];
    const g = convGeometry(x.shape, w.shape);
    const expected = convKernel(x.to(plain), w.to(plain), g);
    const task = currentEngine()?.functions.get("product") as { call: (...args: number[]) => void };
    const { call } = task;
    let traps = 0;
    for (let i = 0; i < 20; i++) {
      task.call = () => {
        traps++;
        throw new Error("a trap");
      };
      try {
        convKernel(x, w, g); // unless the other thread does it all
      } catch (error) {
        expect((error as Error).message).toBe("a trap");
      }
      task.call = call;
      same(convKernel(x, w, g), expected);
    }
    expect(traps).toBeGreaterThan(0);
    await cpu.configure({ threads: 1 });
  });

  test("tables have no more than their share of the memory", async () => {
    const w = random.normal([2, 1, 3, 3]);
    const before = cpu.info().memory.used;
    for (let width = 300; width < 420; width++) {
      const x = zeros([1, 1, 256, width]);
      convKernel(x, w, convGeometry(x.shape, w.shape)).dispose();
      x.dispose();
    }
    expect(cpu.info().memory.used - before).toBeLessThan(2 ** 30 / 32 + 2 ** 22);
  });

  test("without Winograd an infinity stays where it is seen", async () => {
    const values = new Float32Array(16 * 20 * 20).fill(1);
    values[210] = Number.POSITIVE_INFINITY;
    const [x, w] = [tensor(values, [1, 16, 20, 20]), ones([16, 16, 3, 3])];
    const g = convGeometry(x.shape, w.shape, { padding: 1 });
    await cpu.configure({ winograd: "off" });
    const y = convKernel(x, w, g).dataSync();
    await cpu.configure({ winograd: "auto" });
    expect(y).toEqual(convKernel(x.to(plain), w.to(plain), g).dataSync());
    expect(y.filter((v) => v === Number.POSITIVE_INFINITY)).toHaveLength(16 * 9);
  });
});

describe("what is made of filters", () => {
  const [x, other] = [random.normal([1, 32, 20, 20]), random.normal([1, 32, 18, 18])];
  const used = () => cpu.info().memory.used;
  const filters = () => random.normal([64, 32, 3, 3]);
  const call = (image: Tensor, w: Tensor, padding: number) =>
    convKernel(image, w, convGeometry(image.shape, w.shape, { padding })).dispose();

  test("is not kept for filters that are used once, as in training", () => {
    const w = filters();
    call(x, filters(), 1); // the plan is kept
    const before = used();
    call(x, w, 1);
    expect(used()).toBe(before);
  });

  test("is kept from the second call on, for every size of image, and goes with the filters", () => {
    call(other, filters(), 2);
    const before = used();
    const w = filters();
    call(x, w, 1);
    call(x, w, 1);
    const kept = used();
    expect(kept - before).toBeGreaterThan(36 * 4 * 64 * 32);
    call(x, w, 1);
    call(other, w, 2);
    expect(used()).toBe(kept);
    w.dispose();
    expect(used()).toBe(before);
  });
});
