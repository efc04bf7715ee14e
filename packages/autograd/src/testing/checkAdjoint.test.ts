import { createRandom, type Tensor, tensor } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import { describe, expect, test } from "vitest";
import {
  cast,
  checkAdjoint,
  conv2d,
  defineOp,
  exp,
  mul,
  relu,
  reshape,
  sum,
  type Variable,
  variable,
} from "../index.js";

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

  test("notices a map that only scales: relu is linear between 0 and x, but nowhere else; and one that draws anew", () => {
    expect(() => checkAdjoint((x) => relu(x), [8])).toThrowErrorMatchingInlineSnapshot(
      `[Error: checkAdjoint: A (x + z) is not A x + A z, for x and z [8]: the map is not linear, though its adjoint fits it at x.]`,
    );
    const random = createRandom(0);
    expect(() => checkAdjoint((x) => mul(x, random.normal([8], { dtype: "float64" })), [8])).toThrow("is not linear");
  });

  test("takes any linear map of Variables, of any shapes", () => {
    const w = createRandom(1).normal([2, 3, 3, 2], { dtype: "float64" });
    const { forward, adjoint } = checkAdjoint((x) => conv2d(x, w, { stride: 2, padding: 1 }), [2, 3, 5, 4]);
    expect(Math.abs(forward - adjoint)).toBeLessThan(FLOAT64_SUM * 100);
    expect(() => checkAdjoint((x) => sum(reshape(x, [-1])), [2, 2])).not.toThrow();
  });

  test("takes maps of scalars and of nothing", () => {
    expect(checkAdjoint((x) => mul(x, 3), []).forward).not.toBe(0);
    expect(checkAdjoint((x) => mul(x, 3), [0, 2])).toMatchObject({ forward: 0, adjoint: 0, allowedError: 0 });
    expect(checkAdjoint((x) => mul(x, 0), [2])).toMatchObject({ forward: 0, adjoint: 0, allowedError: 0 });
  });

  test("notices an adjoint that is not 0 though the map is", () => {
    const nothing = defineOp({
      name: "nothing",
      inputs: ["x"],
      forward: ({ x }) => kernels.mul(x, tensor(Float64Array.of(0))),
      adjoint: { x: (gradY) => gradY },
    });
    expect(() => checkAdjoint(nothing, [3])).toThrow("checkAdjoint: ⟨A x, y⟩ = 0, but ⟨x, Aᵀ y⟩ = ");
  });

  test("the seed decides the numbers", () => {
    const inner = (seed?: number) => checkAdjoint(product(transpose), [3], { seed }).forward;
    expect(inner()).toBe(inner(0));
    expect(inner(1)).not.toBe(inner(0));
  });
});

describe("the report of checkAdjoint", () => {
  test("allows the rounding of a float64 sum: a share of ‖A x‖·‖y‖", () => {
    const random = createRandom(0);
    const [x, y] = [random.normal([2], { dtype: "float64" }), random.normal([2], { dtype: "float64" })];
    const norm = (v: Tensor) => Math.hypot(...v.dataSync());
    const { allowedError } = checkAdjoint((v) => mul(v, 1000), [2]);
    expect(allowedError / (1000 * norm(x) * norm(y))).toBeCloseTo(FLOAT64_SUM, 20);
  });

  test("is a line to read", () => {
    expect(String(checkAdjoint(product(transpose), [3]))).toMatchInlineSnapshot(
      `"checkAdjoint: ⟨A x, y⟩ = -0.5325991886904266, and ⟨x, Aᵀ y⟩ = -0.5325991886904264, for x [3] and y [2]."`,
    );
    expect(String(checkAdjoint((x) => sum(x), [2, 2]))).toMatchInlineSnapshot(
      `"checkAdjoint: ⟨A x, y⟩ = -1.247604226824176, and ⟨x, Aᵀ y⟩ = -1.247604226824176, for x [2, 2] and y []."`,
    );
  });
});

describe("checkAdjoint refuses", () => {
  test("what is no map of Variables", () => {
    expect(() => checkAdjoint("conv2d" as never, [3])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: checkAdjoint: map must be a function of one Variable, got "conv2d".]`,
    );
    expect(() => checkAdjoint((x) => x.value as never, [3])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: checkAdjoint: map must return a Variable, got a tensor [3]. Use operators of @conv/autograd.]`,
    );
  });

  test("shapes that are none", () => {
    expect(() => checkAdjoint((x) => x, 3 as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: checkAdjoint: xShape must be an array of axes such as [2, 3], got 3.]`,
    );
    expect(() => checkAdjoint((x) => x, [2, -1])).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: checkAdjoint: each axis of xShape [2, -1] must be an integer of at least 0, got -1.]`,
    );
    expect(() => checkAdjoint((x) => x, undefined as never)).toThrow("checkAdjoint: xShape must be");
  });

  test("options that do not exist, and seeds that are none", () => {
    expect(() => checkAdjoint((x) => x, [3], { sed: 1 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: checkAdjoint: unknown option sed. It takes seed.]`,
    );
    expect(() => checkAdjoint((x) => x, [3], { seed: 0.5 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: checkAdjoint: seed must be an integer of at least 0, got 0.5.]`,
    );
    expect(() => checkAdjoint((x) => x, [3], 1 as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: checkAdjoint: the last argument is the options, got 1. Pass an object: { seed: 1 }.]`,
    );
  });

  test("maps that are constant, or not in float64, in its own name", () => {
    expect(() => checkAdjoint((x) => x.detach(), [3])).toThrow("checkAdjoint:");
    expect(() => checkAdjoint((x) => cast(x, "float32"), [3])).toThrow("checkAdjoint:");
  });
});

/** x ↦ x, with an adjoint that halves. */
const halved: (x: Variable) => Variable = defineOp({
  name: "halved",
  inputs: ["x"],
  forward: ({ x }) => kernels.mul(x, tensor(Float64Array.of(1))),
  adjoint: { x: (gradY) => mul(gradY, 0.5) },
});
