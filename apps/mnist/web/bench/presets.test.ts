import { expect, test } from "vitest";
import { type PRESETS, presetKernel, recentred } from "./presets.js";

const nine = (preset: Parameters<typeof presetKernel>[0]) => [...presetKernel(preset, [1, 1, 3, 3], 0)];

test("the kernels of the textbooks", () => {
  expect(nine("identity")).toEqual([0, 0, 0, 0, 1, 0, 0, 0, 0]);
  expect(nine("edgeHorizontal")).toEqual([-1, -1, -1, 0, 0, 0, 1, 1, 1]);
  expect(nine("edgeVertical")).toEqual([-1, 0, 1, -1, 0, 1, -1, 0, 1]);
  expect(nine("sharpen")).toEqual([-1, -1, -1, -1, 9, -1, -1, -1, -1]);
  expect(nine("emboss")).toEqual([-2, -1, 0, -1, 1, 1, 0, 1, 2]);
  expect(nine("blur").every((value) => value === 1 / 9)).toBe(true);
});

test("what keeps a constant image: identity, blur and sharpen sum to 1; what sees only changes: edges sum to 0", () => {
  const sum = (preset: (typeof PRESETS)[number], size: number) =>
    presetKernel(preset, [1, 1, size, size], 0).reduce((total, value) => total + value, 0);
  for (const size of [2, 3, 4, 5]) {
    for (const preset of ["identity", "blur", "sharpen", "emboss"] as const) expect(sum(preset, size)).toBeCloseTo(1);
    for (const preset of ["edgeHorizontal", "edgeVertical"] as const) expect(sum(preset, size)).toBe(0);
  }
});

test("the second filter is the first one turned", () => {
  const two = presetKernel("edgeHorizontal", [2, 1, 3, 3], 0);
  expect([...two.subarray(9)]).toEqual(nine("edgeVertical"));
});

test("one seed, one random kernel of whole numbers", () => {
  const shape = [2, 2, 5, 5] as const;
  expect(presetKernel("random", shape, 7)).toEqual(presetKernel("random", shape, 7));
  expect(presetKernel("random", shape, 7)).not.toEqual(presetKernel("random", shape, 8));
  expect(presetKernel("random", shape, 7).every((value) => Number.isInteger(value) && Math.abs(value) <= 2)).toBe(true);
});

test("a kernel of one's own keeps its middle when the window grows, and comes back when it shrinks", () => {
  const own = Float64Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const grown = recentred(own, [1, 1, 3, 3], [2, 1, 5, 5]);
  expect(grown[12]).toBe(5);
  expect(grown[25 + 12]).toBe(5);
  expect(recentred(grown, [2, 1, 5, 5], [1, 1, 3, 3])).toEqual(own);
  expect([...recentred(own, [1, 1, 3, 3], [1, 1, 1, 3])]).toEqual([4, 5, 6]);
});
