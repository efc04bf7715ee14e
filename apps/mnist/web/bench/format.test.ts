import { expect, test } from "vitest";
import { figureOf } from "./figure.js";
import { json, short, sumOf } from "./format.js";
import { startingPlane } from "./images.js";
import { DEFAULTS } from "./settings.js";
import { windowAt } from "./window.js";

test("numbers fit into cells", () => {
  expect([0, -0, 1, -2, 1 / 9, -0.5, 12.346, -7.45, -123.4, Number.NEGATIVE_INFINITY].map(short)).toEqual([
    "0",
    "0",
    "1",
    "−2",
    ".11",
    "−.5",
    "12.3",
    "−7.4",
    "−123",
    "−∞",
  ]);
});

test("the sum is written as one writes it", () => {
  const kernel = Float64Array.from([2, -1]);
  const settings = { ...DEFAULTS, size: 2, shape: "row", padding: 0, preset: "own" } as const;
  const image = startingPlane("ramp", 0);
  const sum = (changes: object) => {
    const other = { ...settings, ...changes };
    return sumOf(other, windowAt(figureOf(other, image, kernel), 3));
  };
  expect(sum({})).toBe("3·2 + 4·(−1) = 2");
  expect(sum({ operation: "average" })).toBe("(3 + 4) / 2 = 3.5");
  expect(sum({ operation: "max" })).toBe("max(3, 4) = 4");
  expect(sum({ operation: "l2" })).toBe("√(3² + 4²) = 5");
});

test("of a long sum only what is not zero is told", () => {
  const settings = { ...DEFAULTS, size: 5, padding: 2, preset: "own" } as const;
  const kernel = new Float64Array(25);
  kernel[12] = 1;
  const figure = figureOf(settings, startingPlane("seven", 0), kernel);
  expect(sumOf(settings, windowAt(figure, 9))).toBe("1·1 + 0 + … = 1");
});

test("attributes hold JSON", () => {
  expect(json(Float64Array.from([1 / 3, -1]))).toBe("[0.333333,-1]");
});
