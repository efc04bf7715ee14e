import { expect, test } from "vitest";
import { HANDS } from "../../test/hands.js";
import { centreOfMass, rasterise, type Stroke } from "./rasterise.js";

const moved = (strokes: readonly Stroke[], scale: number, dx: number, dy: number): Stroke[] =>
  strokes.map((stroke) => stroke.map(([x, y]) => [scale * x + dx, scale * y + dy] as const));
const difference = (a: Float32Array, b: Float32Array) => Math.max(...a.map((ink, i) => Math.abs(ink - b[i])));
/** Rows and columns from the first with ink to the last. */
function box(pixels: Float32Array): readonly [rows: number, columns: number] {
  const inked = [...pixels.keys()].filter((i) => pixels[i] >= 0.5);
  const length = (places: readonly number[]) => Math.max(...places) - Math.min(...places) + 1;
  return [length(inked.map((i) => Math.floor(i / 28))), length(inked.map((i) => i % 28))];
}

test("nothing drawn is blank", () => {
  expect(rasterise([])).toEqual(new Float32Array(784));
});

test.each(HANDS)("$digit, $name: fills 20 × 20 pixels, its centre of mass in the middle", ({ strokes }) => {
  const pixels = rasterise(strokes);
  expect(Math.max(...box(pixels))).toBeGreaterThanOrEqual(19);
  expect(Math.max(...box(pixels))).toBeLessThanOrEqual(21); // 20, between pixels
  for (const middle of centreOfMass(pixels)) expect(Math.abs(middle - 14)).toBeLessThan(0.3);
  expect(Math.min(...pixels)).toBe(0);
  expect(Math.max(...pixels)).toBe(1);
});

test("where on the pad, and how large, makes no difference", () => {
  for (const { strokes } of HANDS) {
    const pixels = rasterise(strokes);
    expect(difference(rasterise(moved(strokes, 0.4, 0.05, 0.5)), pixels)).toBeLessThan(1e-4);
  }
});

test("proportions stay: a line is as wide as the pen", () => {
  const [rows, columns] = box(
    rasterise([
      [
        [0.5, 0.1],
        [0.5, 0.9],
      ],
    ]),
  );
  expect(rows).toBe(20);
  expect(columns).toBeLessThanOrEqual(5);
});

test("a dot is a dot, wherever it is", () => {
  const dot = rasterise([[[0.9, 0.1]]]);
  expect(Math.max(...box(dot))).toBeLessThanOrEqual(5);
  const [x, y] = centreOfMass(dot);
  expect([x, y].map((middle) => middle.toFixed(3))).toEqual(["14.000", "14.000"]);
});

test("there is somewhat more ink in it than in the digits that are learned from, 0.16", () => {
  const all = HANDS.reduce((sum, { strokes }) => sum + rasterise(strokes).reduce((ink, pixel) => ink + pixel, 0), 0);
  expect(all / HANDS.length / 784).toBeCloseTo(0.19, 1.3);
});
