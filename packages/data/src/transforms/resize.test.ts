import { tensor } from "@conv/core";
import { goldens } from "@tooling/goldens";
import { remoteDevice } from "@tooling/remote";
import fc from "fast-check";
import { expect, test } from "vitest";
import { resize } from "./resize.js";

const y = tensor(Int32Array.of(0));
const image = (values: number[][]) => ({ x: tensor([[values]]), y });

test("by hand: two pixels become four, a quarter and three quarters of the way", () => {
  const batch = resize([1, 4])(image([[0, 4]]));
  expect([batch.x.shape, batch.x.dataSync()]).toEqual([[1, 1, 1, 4], Float32Array.of(0, 1, 3, 4)]);
  expect(batch.y).toBe(y);
});

test("by hand: four pixels become two: bilinear takes the two next to each, antialias all with weights 3 3 1", () => {
  expect(resize([1, 2])(image([[0, 8, 16, 30]])).x.dataSync()).toEqual(Float32Array.of(4, 23));
  const means = resize([1, 2], { antialias: true })(image([[0, 8, 16, 30]])).x.dataSync();
  expect(means[0]).toBeCloseTo((3 * 0 + 3 * 8 + 1 * 16) / 7, 5);
  expect(means[1]).toBeCloseTo((1 * 8 + 3 * 16 + 3 * 30) / 7, 5);
});

test("by hand: nearest repeats pixels, and leaves integers integers", () => {
  const batch = { x: tensor(Int32Array.of(1, 2), [1, 1, 2]), y };
  const { x } = resize(5, { mode: "nearest" })(batch);
  expect([x.shape, x.dataSync()]).toEqual([[1, 1, 5], Int32Array.of(1, 1, 1, 2, 2)]);
});

test("by hand: nearest, of integers on a device without float64", async () => {
  const batch = {
    x: tensor(Int32Array.of(1, 2), [1, 1, 2], { device: remoteDevice("remote", { float64: false }) }),
    y,
  };
  const { x } = resize(5, { mode: "nearest" })(batch);
  expect([x.dtype, await x.data()]).toEqual(["int32", Int32Array.of(1, 1, 1, 2, 2)]);
});

test.each(goldens("transforms", ["resize"]))("$id is PyTorch's", ({ inputs, params, outputs, tolerance }) => {
  const { size, ...options } = params;
  const { x } = resize(size, options)({ x: tensor(inputs.x.values, inputs.x.shape), y });
  expect(x.shape).toEqual(outputs.y.shape);
  x.dataSync().forEach((value, i) => {
    const expected = outputs.y.values[i];
    expect(Math.abs(value - expected)).toBeLessThanOrEqual(tolerance.atol + tolerance.rtol * Math.abs(expected));
  });
});

test("a constant image stays constant; the same size is the same image", () => {
  const length = fc.integer({ min: 1, max: 9 });
  const options = fc.constantFrom({}, { antialias: true }, { mode: "nearest" as const });
  fc.assert(
    fc.property(length, length, length, length, options, (h, w, height, width, option) => {
      const constant = { x: tensor(new Float32Array(h * w).fill(0.3), [1, 1, h, w]), y };
      for (const value of resize([height, width], option)(constant).x.dataSync()) expect(value).toBeCloseTo(0.3, 6);
      const ramp = {
        x: tensor(
          Float32Array.from({ length: h * w }, (_, i) => i),
          [1, 1, h, w],
        ),
        y,
      };
      expect(resize([h, w], option)(ramp).x.dataSync()).toEqual(ramp.x.dataSync());
    }),
  );
});

test("errors", () => {
  expect(() => resize(0)).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: resize: size must be a positive integer, got 0.]`,
  );
  expect(() => resize(2, { mode: "cubic" as never })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: resize: mode must be one of "bilinear", "nearest", got "cubic".]`,
  );
  expect(() => resize(2, { mode: "nearest", antialias: true })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: resize: antialias is of mode "bilinear". Leave one of them out.]`,
  );
  expect(() => resize(2)({ x: tensor(Int32Array.of(1), [1, 1, 1]), y })).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: resize: x is int32, but "bilinear" makes fractions. Use mode: "nearest" or cast x.]`,
  );
  expect(() => resize(2)({ x: tensor([[1, 2]]), y })).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: resize: x [1, 2] must be [N, C, H, W] or [N, C, L].]`,
  );
  expect(() => resize([2, 2])({ x: tensor([[[1, 2]]]), y })).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: resize: size must be one number or an array of 1, got [2, 2].]`,
  );
});
