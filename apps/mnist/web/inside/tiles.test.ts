import { expect, test } from "vitest";
import { paintTiles, paletteOf } from "./paintTiles.js";
import { cornerOf, gridOf, moved, placeOf, tilesOf, unitAt } from "./tiles.js";

const SHAPES = [[1, 28, 28], [8, 28, 28], [16, 14, 14], [64, 7, 7], [5, 3, 4], [784], [128], [10], [33]];

test("every number has its pixel, and pointing at the pixel finds the number", () => {
  for (const shape of SHAPES) {
    for (const direction of ["down", "across"] as const) {
      const layout = tilesOf(shape, direction, 330);
      const size = shape.reduce((a, b) => a * b, 1);
      const seen = new Set<number>();
      for (let y = 0; y < layout.canvasHeight; y++) {
        for (let x = 0; x < layout.canvasWidth; x++) {
          const unit = unitAt(layout, x + 0.5, y + 0.5);
          if (unit === undefined) continue;
          seen.add(unit);
          const { map, row, column } = placeOf(layout, unit);
          const [left, top] = cornerOf(layout, map);
          expect([left + column, top + row]).toEqual([x, y]);
        }
      }
      expect(seen.size, `${shape} ${direction}`).toBe(size);
      expect((direction === "down" ? layout.canvasHeight : layout.canvasWidth) * layout.scale).toBeLessThanOrEqual(330);
    }
  }
});

test("outside there is nothing", () => {
  const layout = tilesOf([8, 28, 28], "down", 470);
  for (const [x, y] of [
    [-1, 0],
    [0, -1],
    [28, 3],
    [3, 28],
    [29, 0],
    [0, 8 * 29],
  ])
    expect(unitAt(layout, x, y)).toBeUndefined();
});

test("keys move to neighbours and to other maps, and stop at the edge", () => {
  const layout = tilesOf([2, 3, 4], "down", 100);
  expect(
    ["ArrowRight", "ArrowDown", "ArrowLeft", "PageDown", "PageUp", "a"].map((key) => moved(layout, 0, key)),
  ).toEqual([1, 4, 0, 12, 0, undefined]);
});

test("tiles are painted where they lie, with nothing between them", () => {
  const layout = gridOf(2, 1, 2, 2, 1);
  const pixels = new Uint32Array(layout.canvasWidth * layout.canvasHeight);
  const palette = paletteOf(true, false);
  paintTiles(pixels, layout, () => ({ values: [1, -1, 0, 9], largest: 1, palette }));
  const [plus, minus, paper] = [palette[254], palette[0], palette[127]];
  expect([...pixels]).toEqual([plus, minus, 0, paper, plus]);
});
