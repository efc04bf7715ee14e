import { expect, test } from "vitest";
import { drawShape, SHAPES, type ShapeName } from "./drawShape.js";
import { shapes } from "./shapes.js";

const names = Object.keys(SHAPES) as ShapeName[];
const all = (n: number) => Array.from({ length: n }, (_, i) => i);

/** An upright shape in the middle of 9 × 9 pixels, # where the pixel is more than half inside. */
const picture = (name: ShapeName, angle = 0) => {
  const pixels = new Float32Array(81);
  drawShape(pixels, 9, name, { x: 4.5, y: 4.5, radius: 4, angle }, 1);
  return all(9).map((row) => Array.from(pixels.subarray(9 * row, 9 * row + 9), (p) => (p > 0.5 ? "#" : ".")).join(""));
};

test("by hand: the four shapes", () => {
  expect(picture("square")).toEqual([
    ".........",
    ".........",
    "..#####..",
    "..#####..",
    "..#####..",
    "..#####..",
    "..#####..",
    ".........",
    ".........",
  ]);
  expect(picture("cross")).toEqual([
    ".........",
    "...###...",
    "...###...",
    ".#######.",
    ".#######.",
    ".#######.",
    "...###...",
    "...###...",
    ".........",
  ]);
  expect(picture("circle")).toMatchInlineSnapshot(`
    [
      ".........",
      "..#####..",
      ".#######.",
      ".#######.",
      ".#######.",
      ".#######.",
      ".#######.",
      "..#####..",
      ".........",
    ]
  `);
  expect(picture("triangle")).toMatchInlineSnapshot(`
    [
      ".........",
      "....#....",
      "...###...",
      "...###...",
      "..#####..",
      "..#####..",
      ".........",
      ".........",
      ".........",
    ]
  `);
});

test.each([
  ["circle", Math.PI],
  ["square", 2],
  ["triangle", (3 * Math.sqrt(3)) / 4],
  ["cross", 2 * 1.92 * 0.52 - 0.52 ** 2],
] as const)("the area of a %s of radius 1, whatever its angle, is %d", (name, area) => {
  const size = 200;
  for (const angle of [0, 0.3, 2]) {
    const pixels = new Float32Array(size * size);
    drawShape(pixels, size, name, { x: 100.2, y: 99.7, radius: 80, angle }, 0.5);
    const sum = pixels.reduce((total, pixel) => total + pixel, 0);
    expect(sum / 0.5 / 80 ** 2).toBeCloseTo(area, 2);
  }
});

test("an image is the same however it is asked for; other seeds, splits and indices give others", () => {
  const set = shapes({ length: 20 });
  const [first, second] = [set.get([3, 17]), set.get([17, 5, 3])];
  const image = (x: typeof first.x, n: number) => x.dataSync().slice(784 * n, 784 * (n + 1));
  expect(image(first.x, 0)).toEqual(image(second.x, 2));
  expect(image(first.x, 1)).toEqual(image(second.x, 0));
  expect(image(first.x, 0)).not.toEqual(image(first.x, 1));
  expect(shapes({ length: 4 }).get([3]).x.dataSync()).toEqual(image(first.x, 0));
  for (const options of [{ seed: 1 }, { split: "test" as const }]) {
    expect(shapes(options).get([3]).x.dataSync()).not.toEqual(image(first.x, 0));
  }
});

test("every class comes about equally often", () => {
  const set = shapes({ length: 2000, size: 8, noise: 0 });
  expect([set.classes, set.classNames, set.xShape]).toEqual([4, names, [1, 8, 8]]);
  const labels = Array.from(set.get(all(2000)).y.dataSync());
  for (const label of all(4)) {
    const share = labels.filter((other) => other === label).length / 2000;
    expect(Math.abs(share - 0.25)).toBeLessThan(4 * Math.sqrt(3 / 16 / 2000));
  }
});

test("pixels are from 0 to 1 without noise; noise has the standard deviation asked for", () => {
  const clean = shapes({ length: 50, noise: 0 }).get(all(50)).x.dataSync();
  expect([Math.min(...clean), clean.every((pixel) => pixel <= 1), Math.max(...clean) > 0.9]).toEqual([0, true, true]);
  const noisy = shapes({ length: 50, noise: 0.2 }).get(all(50)).x.dataSync();
  const squares = Array.from(noisy, (pixel, i) => (pixel - clean[i]) ** 2);
  expect(Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length)).toBeCloseTo(0.2, 2);
});

test("labels follow the classes that are asked for", () => {
  const set = shapes({ classes: ["cross", "circle"], length: 100 });
  expect([set.classes, set.classNames]).toEqual([2, ["cross", "circle"]]);
  expect(new Set(set.get(all(100)).y.dataSync())).toEqual(new Set([0, 1]));
});

test("errors", () => {
  expect(() => shapes({ classes: ["star" as never] })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: shapes: classes must be some of "circle", "square", "triangle", "cross", got ["star"].]`,
  );
  expect(() => shapes({ classes: ["circle", "circle"] })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: shapes: classes must be some of "circle", "square", "triangle", "cross", got ["circle", "circle"].]`,
  );
  expect(() => shapes({ size: 4 })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: shapes: size must be an integer of at least 8, got 4.]`,
  );
  expect(() => shapes({ noise: -1 })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: shapes: noise must be at least 0, got -1.]`,
  );
  expect(() => shapes({ split: "val" as never })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: shapes: split must be "train" or "test", got "val".]`,
  );
  expect(() => shapes({ length: 3 }).get([3])).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: get: indices[0] is 3, but shapes has the examples 0 to 2.]`,
  );
});
