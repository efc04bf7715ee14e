import { createRandom, tensor } from "@conv/core";
import { expect, test } from "vitest";
import { randomAffine } from "./randomAffine.js";
import { randomRotate } from "./randomRotate.js";

const y = tensor(Int32Array.of(0));
const image = createRandom(1).normal([2, 3, 6, 5]);
const plane = tensor(
  Float32Array.from({ length: 25 }, (_, i) => i + 1),
  [1, 1, 5, 5],
);
/** The rows of the image [1, 1, 5, 5] after a transform. */
function rows(transform: ReturnType<typeof randomAffine>): number[][] {
  const values = [...transform({ x: plane, y }, createRandom(0)).x.dataSync()];
  return [0, 1, 2, 3, 4].map((row) => values.slice(5 * row, 5 * row + 5));
}

test.each([0, 30, 90, -135])("turned by %i°, it is randomRotate's", (angle) => {
  const turned = randomAffine([angle, angle])({ x: image, y }, createRandom(0)).x.dataSync();
  expect(turned).toEqual(randomRotate([angle, angle])({ x: image, y }, createRandom(0)).x.dataSync());
});

test("by hand: twice as large, the middle is spread", () => {
  expect(rows(randomAffine(0, { scale: [2, 2] }))).toEqual([
    [7, 7.5, 8, 8.5, 9],
    [9.5, 10, 10.5, 11, 11.5],
    [12, 12.5, 13, 13.5, 14],
    [14.5, 15, 15.5, 16, 16.5],
    [17, 17.5, 18, 18.5, 19],
  ]);
});

test("by hand: leaning by 45°, rows above the middle move to the right, those below to the left", () => {
  expect(rows(randomAffine(0, { shear: [45, 45], interpolation: "nearest" }))).toEqual([
    [0, 0, 1, 2, 3],
    [0, 6, 7, 8, 9],
    [11, 12, 13, 14, 15],
    [17, 18, 19, 20, 0],
    [23, 24, 25, 0, 0],
  ]);
});

test("moves within its part of height and width, both ways, and fills what comes in", () => {
  const n = 2000;
  const bright = Float32Array.from({ length: 25 * n }, (_, i) => (i % 25 === 12 ? 1 : 0));
  const batch = { x: tensor(bright, [n, 1, 5, 5]), y };
  const moved = randomAffine(0, { translate: [0.4, 0.2] })(batch, createRandom(3)).x.dataSync();
  const centres = Array.from({ length: n }, (_, i) => {
    let [h, w] = [0, 0];
    for (let p = 0; p < 25; p++) {
      h += moved[25 * i + p] * (Math.floor(p / 5) - 2);
      w += moved[25 * i + p] * ((p % 5) - 2);
    }
    return [h, w];
  });
  for (const [axis, most] of [2, 1].entries()) {
    const along = centres.map((centre) => centre[axis]);
    const variance = along.reduce((sum, at) => sum + at * at, 0) / n;
    expect(Math.max(...along.map(Math.abs))).toBeLessThanOrEqual(most + 1e-5);
    expect(variance / (most ** 2 / 3)).toBeCloseTo(1, 0.8); // of the uniform distribution
    expect(Math.abs(along.reduce((sum, at) => sum + at, 0) / n)).toBeLessThan(0.1 * most);
  }
  const filled = randomAffine(45, { scale: [0.5, 0.5], fill: 9 })({ x: plane, y }, createRandom(0)).x.dataSync();
  expect(filled[0]).toBe(9);
});

test("all together: a ramp is read at A⁻¹ (p − t)", () => {
  // A ramp is affine, so "bilinear" is exact inside, and three pixels tell the whole map.
  const side = 41;
  const at = (p: number) => p - (side - 1) / 2;
  const ramp = (slopeH: number, slopeW: number) =>
    tensor(
      Float64Array.from({ length: side * side }, (_, i) => slopeH * at(Math.floor(i / side)) + slopeW * at(i % side)),
      [1, 1, side, side],
      { dtype: "float64" },
    );
  const transform = randomAffine([20, 20], { scale: [1.5, 1.5], shear: [10, 10], translate: 0.1 });
  const seen = (x: ReturnType<typeof ramp>) => transform({ x, y }, createRandom(5)).x.dataSync();
  const [h, w] = [seen(ramp(1, 0)), seen(ramp(0, 1))];
  const pixel = (row: number, column: number) => (row + 20) * side + column + 20;
  const source = (row: number, column: number) => [h[pixel(row, column)], w[pixel(row, column)]];
  const [[h0, w0], [hDown, wDown], [hRight, wRight]] = [source(0, 0), source(1, 0), source(0, 1)];
  const [cos, sin, lean] = [Math.cos(Math.PI / 9), Math.sin(Math.PI / 9), Math.tan(Math.PI / 18)];
  // By its definition, A (h, w) = s R K (h, w); this must lead from the source of a pixel back to it.
  const forward = (sourceH: number, sourceW: number) => {
    const [kh, kw] = [sourceH, sourceW - sourceH * lean];
    return [1.5 * (kh * cos - kw * sin), 1.5 * (kh * sin + kw * cos)];
  };
  const back = forward(hDown - h0, wDown - w0);
  expect(back[0]).toBeCloseTo(1, 9);
  expect(back[1]).toBeCloseTo(0, 9);
  const right = forward(hRight - h0, wRight - w0);
  expect(right[0]).toBeCloseTo(0, 9);
  expect(right[1]).toBeCloseTo(1, 9);
  for (const moved of forward(-h0, -w0)) expect(Math.abs(moved)).toBeLessThanOrEqual(0.1 * side);
});

test("errors", () => {
  expect(() => randomAffine(-1)).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: randomAffine: degrees must be a number of at least 0 or a range [from, to], got -1.]`,
  );
  expect(() => randomAffine(0, { shear: 90 })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: randomAffine: shear must stay below 90 degrees, got 90.]`,
  );
  expect(() => randomAffine(0, { shear: [2, 1] })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: randomAffine: shear must be a number of at least 0 or a range [from, to], got [2, 1].]`,
  );
  expect(() => randomAffine(0, { scale: [0, 1] })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: randomAffine: scale must be a range [from, to] of positive numbers, got [0, 1].]`,
  );
  expect(() => randomAffine(0, { scale: 2 as never })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: randomAffine: scale must be a range [from, to] of positive numbers, got 2.]`,
  );
  expect(() => randomAffine(0, { translate: 1.5 })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: randomAffine: translate must be a part of the image from 0 to 1, or [rows, columns], got 1.5.]`,
  );
  expect(() => randomAffine(0, { translate: "a" as never })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: randomAffine: translate must be a part of the image from 0 to 1, or [rows, columns], got "a".]`,
  );
  expect(() => randomAffine(0, { interpolation: "cubic" as never })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: randomAffine: interpolation must be one of "bilinear", "nearest", got "cubic".]`,
  );
  expect(() => randomAffine(0, { zoom: 1 } as never)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: randomAffine: unknown option zoom. It takes translate, scale, shear, interpolation, fill, random.]`,
  );
  expect(() => randomAffine(0)({ x: image, y })).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: randomAffine: it draws from random, which is missing. Pass random: createRandom(seed) to the DataLoader, or a generator as the second argument.]`,
  );
});
