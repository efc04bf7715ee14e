import { expect, test } from "vitest";
import { outlineOf } from "./outline.js";
import { gridOf, tilesOf } from "./tiles.js";

test("by hand: a rectangle in every map, several where there are holes", () => {
  const layout = gridOf(4, 5, 5, 2, 1);
  expect(outlineOf(layout, [[3], [1, 2], [0, 1, 2]])).toBe("M6 7h3v2h-3z");
  expect(outlineOf(layout, [[0, 1], [0], [0, 2]])).toBe("M0 0h1v1h-1zM2 0h1v1h-1zM6 0h1v1h-1zM8 0h1v1h-1z");
  expect(outlineOf(layout, [[0], [], [0]])).toBe("");
});

test("in a strip: its numbers, or all of it", () => {
  const layout = tilesOf([40], "down", 80);
  expect([layout.canvasWidth, layout.canvasHeight]).toEqual([2, 20]);
  expect(outlineOf(layout, [[5]])).toBe("M1 2h1v1h-1z");
  expect(outlineOf(layout, [Array.from({ length: 40 }, (_, i) => i)])).toBe("M0 0h2v20h-2z");
});
