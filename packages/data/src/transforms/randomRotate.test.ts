import { createRandom, tensor } from "@conv/core";
import { goldens } from "@tooling/goldens";
import { expect, test } from "vitest";
import { randomRotate } from "./randomRotate.js";

const y = tensor(Int32Array.of(0));
const square = tensor([
  [
    [
      [1, 2],
      [3, 4],
    ],
  ],
]);
/** Turns by exactly so many degrees. */
const turned = (degrees: number, x = square, interpolation: "bilinear" | "nearest" = "bilinear") =>
  randomRotate([degrees, degrees], { interpolation })({ x, y }, createRandom(0)).x.dataSync();

test("by hand: 90° counter-clockwise moves the top row into the left column", () => {
  expect(turned(90)).toEqual(Float32Array.of(2, 4, 1, 3));
});

test.each(["bilinear", "nearest"] as const)("multiples of 90° are exact: %s", (interpolation) => {
  const x = createRandom(1).normal([2, 3, 5, 5]);
  const values = x.dataSync();
  for (const whole of [0, 360, -720]) expect(turned(whole, x, interpolation)).toEqual(values);
  const half = values.map((_, i) => values[i - (i % 25) + 24 - (i % 25)]);
  for (const degrees of [180, -180]) expect(turned(degrees, x, interpolation)).toEqual(half);
  const quarter = values.map((_, i) => {
    const [row, column] = [Math.floor((i % 25) / 5), i % 5];
    return values[i - (i % 25) + 5 * column + (4 - row)];
  });
  for (const degrees of [90, -270, 450, 360_000_000_090]) expect(turned(degrees, x, interpolation)).toEqual(quarter);
});

test.each(goldens("transforms", ["rotate"]))("$id is PyTorch's", ({ inputs, params, outputs, tolerance }) => {
  const values = turned(params.degrees, tensor(inputs.x.values, inputs.x.shape), params.interpolation);
  values.forEach((value, i) => {
    const expected = outputs.y.values[i];
    expect(Math.abs(value - expected)).toBeLessThanOrEqual(tolerance.atol + tolerance.rtol * Math.abs(expected));
  });
});

test("fill comes in at the corners, and only there", () => {
  const ones = tensor(new Float32Array(49).fill(1), [1, 1, 7, 7]);
  const { x } = randomRotate([45, 45], { fill: 9 })({ x: ones, y }, createRandom(0));
  const values = x.dataSync();
  expect([values[0], values[6], values[42], values[48]]).toEqual([9, 9, 9, 9]);
  for (const h of [2, 3, 4]) for (const w of [2, 3, 4]) expect(values[7 * h + w]).toBeCloseTo(1, 6);
});

test("each example is turned by an angle of its own, uniform in the range; y passes through", () => {
  // One bright pixel, at h = 0 and w = 1 from the centre. Turned by θ, |θ| < 30°, its value there is (1 − |sin θ|) cos θ,
  // which falls with |θ|; a part of it is above for θ > 0, below for θ < 0.
  const n = 4000;
  const plane = [0, 0, 0, 0, 0, 1, 0, 0, 0];
  const x = tensor(
    Float32Array.from({ length: 9 * n }, (_, i) => plane[i % 9]),
    [n, 1, 3, 3],
  );
  const batch = randomRotate(30)({ x, y }, createRandom(2));
  const values = batch.x.dataSync();
  const up = Array.from({ length: n }, (_, i) => values[9 * i + 2] > values[9 * i + 8]).filter(Boolean).length;
  expect(Math.abs(up / n - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / n));
  const small = Array.from({ length: n }, (_, i) => values[9 * i + 5]).filter(
    (value) => value > (1 - Math.sin(Math.PI / 12)) * Math.cos(Math.PI / 12),
  ).length;
  expect(Math.abs(small / n - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / n)); // |θ| < 15° is half of the range
  expect(batch.y).toBe(y);
});

test("the seed decides", () => {
  const x = createRandom(1).normal([4, 1, 6, 6]);
  const run = (seed: number) => randomRotate(20)({ x, y }, createRandom(seed)).x.dataSync();
  expect(run(5)).toEqual(run(5));
  expect(run(6)).not.toEqual(run(5));
});

test("errors", () => {
  expect(() => randomRotate(-1)).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: randomRotate: degrees must be a number of at least 0 or a range [from, to], got -1.]`,
  );
  expect(() => randomRotate("10" as never)).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: randomRotate: degrees must be a number of at least 0 or a range [from, to], got "10".]`,
  );
  expect(() => randomRotate([20, 10])).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: randomRotate: degrees must be a number of at least 0 or a range [from, to], got [20, 10].]`,
  );
  expect(() => randomRotate(10, { interpolation: "cubic" as never })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: randomRotate: interpolation must be one of "bilinear", "nearest", got "cubic".]`,
  );
  expect(() => randomRotate(10)({ x: square, y })).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: randomRotate: it draws from random, which is missing. Pass random: createRandom(seed) to the DataLoader, or a generator as the second argument.]`,
  );
  expect(() => randomRotate(10)({ x: tensor([[[1]]]), y }, createRandom(0))).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: randomRotate: x [1, 1, 1] has no two axes to turn. Pass x [N, C, H, W].]`,
  );
  const whole = tensor(Int32Array.of(1), [1, 1, 1, 1]);
  expect(() => randomRotate(10)({ x: whole, y }, createRandom(0))).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: randomRotate: x is int32, but "bilinear" makes fractions. Use interpolation: "nearest" or cast x.]`,
  );
});
