import { createRandom, type Tensor, tensor } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import { describe, expect, test } from "vitest";
import { checkAdjoint, conv2d, defineOp, exp, mul, relu, reshape, sum, type Variable, variable } from "../index.js";

/** x ↦ A x for A = [[1, 2, 3], [4, 5, 6]], with an adjoint made of the matrix that is given. */
function product(adjointMatrix: readonly (readonly number[])[]) {
  const matrix = [
    [1, 2, 3],
    [4, 5, 6],
  ];
  const times = (rows: readonly (readonly number[])[], x: Tensor) => {
    const xs = x.dataSync();
    return tensor(Float64Array.from(rows, (row) => row.reduce((total, a, i) => total + a * xs[i], 0)));
  };
  return defineOp({
    name: "product",
    inputs: ["x"],
    forward: ({ x }) => times(matrix, x),
    adjoint: { x: (gradY) => variable(times(adjointMatrix, gradY.value), { requiresGrad: false }) },
  });
}

const transpose = [
  [1, 4],
  [2, 5],
  [3, 6],
];

/** The transpose with one entry changed. */
const withEntry = (row: number, column: number, value: number) =>
  transpose.map((entries, i) => entries.map((entry, j) => (i === row && j === column ? value : entry)));

/** Rounding of a float64 sum of a few products. */
const FLOAT64_SUM = 1e-12;

describe("checkAdjoint", () => {
  test("by hand: a matrix and its transpose have equal inner products", () => {
    const { forward, adjoint } = checkAdjoint(product(transpose), [3]);
    const random = createRandom(0);
    const [x, y] = [[...random.normal([3], { dtype: "float64" }).dataSync()], random.normal([2], { dtype: "float64" })];
    const [a, b] = y.dataSync();
    const expected = a * (x[0] + 2 * x[1] + 3 * x[2]) + b * (4 * x[0] + 5 * x[1] + 6 * x[2]);
    expect(Math.abs(forward - expected)).toBeLessThan(FLOAT64_SUM);
    expect(Math.abs(adjoint - expected)).toBeLessThan(FLOAT64_SUM);
  });

  test("notices a flipped sign", () => {
    const flipped = transpose.map((row) => row.map((entry) => -entry));
    expect(() => checkAdjoint(product(flipped), [3])).toThrowErrorMatchingInlineSnapshot(
      `[Error: checkAdjoint: ⟨A x, y⟩ = -0.5325991886904266, but ⟨x, Aᵀ y⟩ = 0.5325991886904264, for x [3] and y [2]. The adjoint rule is not the transpose of the map, or the map is not linear.]`,
    );
  });

  test.each([0, 1, 2].flatMap((row) => [0, 1].map((column) => [row, column] as const)))(
    "notices one wrong entry, at [%i, %i], even by a millionth",
    (row, column) => {
      const wrong = transpose[row][column] + 1e-6;
      expect(() => checkAdjoint(product(withEntry(row, column, wrong)), [3])).toThrow("is not the transpose");
    },
  );

  test("notices rows that are exchanged, a factor, and NaN", () => {
    const [first, second, third] = transpose;
    expect(() => checkAdjoint(product([second, first, third]), [3])).toThrow("is not the transpose");
    expect(() => checkAdjoint((x) => halved(x), [4])).toThrow("is not the transpose");
    expect(() => checkAdjoint(product(withEntry(1, 1, Number.NaN)), [3])).toThrow("NaN");
  });

  test("notices a map that is not linear", () => {
    expect(() => checkAdjoint((x) => exp(x), [2])).toThrowErrorMatchingInlineSnapshot(
      `[Error: checkAdjoint: ⟨A x, y⟩ = 0.03455119709502352, but ⟨x, Aᵀ y⟩ = -0.6872752515944547, for x [2] and y [2]. The adjoint rule is not the transpose of the map, or the map is not linear.]`,
    );
    expect(() => checkAdjoint((x) => mul(x, x), [3])).toThrow("the map is not linear");
  });

  test("takes any linear map of Variables, of any shapes, and a fixed relu pattern is one", () => {
    const w = createRandom(1).normal([2, 3, 3, 2], { dtype: "float64" });
    const { forward, adjoint } = checkAdjoint((x) => conv2d(x, w, { stride: 2, padding: 1 }), [2, 3, 5, 4]);
    expect(Math.abs(forward - adjoint)).toBeLessThan(FLOAT64_SUM * 100);
    expect(() => checkAdjoint((x) => relu(x), [8])).not.toThrow(); // linear between 0 and x, which is all it looks at
    expect(() => checkAdjoint((x) => sum(reshape(x, [-1])), [2, 2])).not.toThrow();
  });

  test("the seed decides the numbers", () => {
    const inner = (seed?: number) => checkAdjoint(product(transpose), [3], { seed }).forward;
    expect(inner()).toBe(inner(0));
    expect(inner(1)).not.toBe(inner(0));
  });
});

/** x ↦ x, with an adjoint that halves. */
const halved: (x: Variable) => Variable = defineOp({
  name: "halved",
  inputs: ["x"],
  forward: ({ x }) => kernels.mul(x, tensor(Float64Array.of(1))),
  adjoint: { x: (gradY) => mul(gradY, 0.5) },
});
