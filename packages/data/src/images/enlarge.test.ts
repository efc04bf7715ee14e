import { expect, test } from "vitest";
import { enlarge } from "./enlarge.js";

const image = (value: (h: number, w: number) => number) =>
  Float32Array.from({ length: 64 }, (_, i) => value(Math.floor(i / 8), i % 8));
const row = (y: Float32Array, h: number) => Array.from(y.subarray(28 * h, 28 * h + 28));
const rounded = (values: number[]) => values.map((value) => Math.round(value * 1e4) / 1e4);

test("a ramp along w: pixel j of the box is (j + ½) · 0.4 − ½, clamped to 0 … 7", () => {
  const ramp = [0, 0.1, 0.5, 0.9, 1.3, 1.7, 2.1, 2.5, 2.9, 3.3, 3.7, 4.1, 4.5, 4.9, 5.3, 5.7, 6.1, 6.5, 6.9, 7];
  const y = enlarge(image((_, w) => w));
  for (let h = 4; h < 24; h++) expect(rounded(row(y, h))).toEqual([0, 0, 0, 0, ...ramp, 0, 0, 0, 0]);
});

test("h and w are treated alike", () => {
  const [across, down] = [enlarge(image((_, w) => w * w)), enlarge(image((h) => h * h))];
  for (let h = 0; h < 28; h++) for (let w = 0; w < 28; w++) expect(down[28 * w + h]).toBe(across[28 * h + w]);
});

test("a constant image fills the box; the border of four pixels is 0", () => {
  const y = enlarge(image(() => 255));
  const inBox = (i: number) => i >= 4 && i < 24;
  y.forEach((value, i) => {
    expect(value).toBe(inBox(Math.floor(i / 28)) && inBox(i % 28) ? 255 : 0);
  });
});

test("images are enlarged one by one", () => {
  const [a, b] = [image((h, w) => h + w), image((h, w) => h * w)];
  expect(enlarge(Float32Array.of(...a, ...b))).toEqual(Float32Array.of(...enlarge(a), ...enlarge(b)));
});

test("many images are enlarged in parts, each in its place", () => {
  const x = Float32Array.from({ length: 64 * 2100 }, (_, i) => Math.floor(i / 64));
  const y = enlarge(x);
  for (const n of [0, 1023, 1024, 2099]) expect(y[n * 784 + 14 * 28 + 14]).toBe(n);
  expect(y.length).toBe(784 * 2100);
});
