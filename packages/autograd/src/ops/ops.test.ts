import { createRandom } from "@conv/core";
import { expect, test } from "vitest";
import { avgPool2d, checkAdjoint, conv2d, convTranspose2d, type Variable } from "../index.js";

// Derivatives of every operator over small geometries are in test/derivatives; these maps are larger.

const random = createRandom(7);
const normal = (...shape: number[]) => random.normal(shape, { dtype: "float64" });

const [images, grouped, wide, back] = [
  normal(2, 8, 17, 18),
  normal(8, 4, 3, 3),
  normal(9, 3, 5, 5),
  normal(6, 5, 4, 4),
];

const linear: [string, (x: Variable) => Variable, number[]][] = [
  ["conv2d in x", (x) => conv2d(x, grouped, { stride: 2, padding: 1, groups: 2 }), [2, 8, 17, 18]],
  ["conv2d in w", (w) => conv2d(images, w, { dilation: 2, groups: 2 }), [8, 4, 3, 3]],
  ["conv2d with a border, in x", (x) => conv2d(x, wide, { padding: 2, paddingMode: "reflect" }), [3, 3, 16, 11]],
  ["convTranspose2d in x", (x) => convTranspose2d(x, back, { stride: 2, padding: 1 }), [2, 6, 9, 7]],
  ["avgPool2d", (x) => avgPool2d(x, 3, { stride: 2, padding: 1, ceilMode: true }), [2, 5, 16, 17]],
];

test.each(linear)("a larger map and its adjoint have equal inner products: %s", (_, map, shape) => {
  const { forward, adjoint } = checkAdjoint(map, shape);
  expect(adjoint).toBeCloseTo(forward, 9);
});
