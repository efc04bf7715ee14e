import { createRandom, type Shape, sum as sumTensor, type Tensor, tensor } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import { describe, expect, expectTypeOf, test } from "vitest";
import {
  add,
  checkAdjoint,
  checkGradient,
  defineLinear,
  exp,
  grad,
  type LinearOp,
  mul,
  sum,
  Variable,
  variable,
} from "./index.js";

const values = (x: Variable | Tensor | undefined) => x && [...x.dataSync()];

/** A = [[1, 2, 3], [4, 5, 6]] times s: a map from three numbers to two. */
const matrix = defineLinear({
  name: "matrix",
  forward: (x, { s }: { s: number }) => {
    const [a, b, c] = x.dataSync();
    return tensor(Float64Array.of(s * (a + 2 * b + 3 * c), s * (4 * a + 5 * b + 6 * c)));
  },
  adjoint: (gradY, { s }) => {
    const [a, b] = gradY.dataSync();
    return tensor(Float64Array.of(s * (a + 4 * b), s * (2 * a + 5 * b), s * (3 * a + 6 * b)));
  },
});

/** The sum of all, and its adjoint: the same number everywhere. The plan is the shape. */
const total = defineLinear<Shape>({
  name: "total",
  forward: (x) => sumTensor(x),
  adjoint: (gradY, shape) => kernels.mul(gradY, tensor(Array<number>(shape[0]).fill(1))),
});

describe("defineLinear", () => {
  const x = () => variable(tensor(Float64Array.of(1, 10, 100)));

  test("by hand: 2A at (1, 10, 100) is (642, 1308), and its gradient for (1, −1) is 2Aᵀ(1, −1) = (−6, −6, −6)", () => {
    const v = x();
    const y = matrix(v, { s: 2 });
    expect(values(y)).toEqual([642, 1308]);
    y.backward(tensor(Float64Array.of(1, -1)));
    expect(values(v.grad)).toEqual([-6, -6, -6]);
  });

  test("gives the adjoint as an operator, whose gradient is the map", () => {
    const g = variable(tensor(Float64Array.of(1, -1)));
    const y = matrix.adjoint(g, { s: 2 });
    expect(values(y)).toEqual([-6, -6, -6]);
    y.backward(tensor(Float64Array.of(1, 10, 100)));
    expect(values(g.grad)).toEqual([642, 1308]);
  });

  test("the adjoint of the adjoint is the map itself", () => {
    expect(matrix.adjoint.adjoint).toBe(matrix);
    expect(matrix.adjoint.adjoint.adjoint).toBe(matrix.adjoint);
  });

  test("map and adjoint belong together, both ways", () => {
    expect(() => checkAdjoint((v) => matrix(v, { s: 3 }), [3])).not.toThrow();
    expect(() => checkAdjoint((v) => matrix.adjoint(v, { s: 3 }), [2])).not.toThrow();
    const wrong = defineLinear({ name: "wrong", forward: (v) => v, adjoint: (gradY) => kernels.neg(gradY) });
    expect(() => checkAdjoint((v) => wrong(v), [3])).toThrow("is not the transpose of the map");
  });

  test("errors name the map, or its adjoint", () => {
    expect(() => matrix(1 as never, { s: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: matrix: x must be a tensor, got 1. Make a tensor with tensor(values, shape).]`,
    );
    expect(() => matrix.adjoint(1 as never, { s: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: matrixAdjoint: x must be a tensor, got 1. Make a tensor with tensor(values, shape).]`,
    );
    const short = defineLinear({ name: "short", forward: (v) => v, adjoint: () => tensor(Float64Array.of(1)) });
    expect(() => short(x()).backward(x())).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: short: the gradient that its adjoint gives for x has shape [1], but these sizes need [3]. Give it that shape.]`,
    );
  });
});

describe("gradients of a linear map", () => {
  const random = createRandom(5);

  test("of every order agree with differences, through what comes before and after", () => {
    const fn = (v: Variable) => mul(exp(matrix(mul(v, v), { s: 0.1 })), 0.1);
    for (const order of [1, 2, 3]) checkGradient(fn, [random.normal([3], { dtype: "float64" })], { order });
    const back = (g: Variable) => exp(matrix.adjoint(mul(g, g), { s: 0.1 }));
    for (const order of [1, 2]) checkGradient(back, [random.normal([2], { dtype: "float64" })], { order });
  });

  test("by hand, of second order: Σ (A x)² has the second derivative 2AᵀA v in the direction v", () => {
    const v = variable(tensor(Float64Array.of(1, 10, 100)));
    const y = matrix(v, { s: 1 });
    const [gradX] = grad(sum(mul(y, y)), [v], { createGraph: true });
    expect(values(gradX)).toEqual([2 * (321 + 4 * 654), 2 * (2 * 321 + 5 * 654), 2 * (3 * 321 + 6 * 654)]);
    const [along] = grad(gradX, [v], { gradY: tensor(Float64Array.of(1, 0, 0)) });
    expect(values(along)).toEqual([2 * 17, 2 * 22, 2 * 27]); // AᵀA (1, 0, 0) = Aᵀ (1, 4)
  });

  test("need nothing of the values: nothing is kept, and new values do no harm", () => {
    const v = variable(tensor(Float64Array.of(1, 2, 3)));
    const y = matrix(v, { s: 1 });
    expect([y.vertex?.operator, y.vertex?.saved]).toEqual(["matrix", []]);
    const [gradX] = grad(sum(mul(y, y)), [v], { createGraph: true });
    const [step] = gradX.vertex?.inputs ?? []; // what made the gradient
    expect([step?.operator, step?.saved]).toEqual(["matrixAdjoint", []]);
    const z = add(matrix(v, { s: 1 }), tensor(Float64Array.of(0, 0)));
    v.value = tensor(Float64Array.of(7, 8, 9));
    z.backward(tensor(Float64Array.of(1, 0)));
    expect(values(v.grad)).toEqual([1, 2, 3]);
  });

  test("have the plan of their call: the adjoint may need it for sizes", () => {
    const v = variable(tensor([1, 2, 3, 4]));
    total(v, v.shape).backward(tensor(5));
    expect(values(v.grad)).toEqual([5, 5, 5, 5]);
  });
});

describe("the types of a linear map", () => {
  const negative = defineLinear({
    name: "negative",
    forward: (x) => kernels.neg(x),
    adjoint: (gradY) => kernels.neg(gradY),
  });
  const x = tensor(Float64Array.of(1, 2, 3));

  test("follow from its definition: of a plan, and of none", () => {
    expectTypeOf(matrix).toEqualTypeOf<LinearOp<{ s: number }>>();
    expectTypeOf(total).toEqualTypeOf<LinearOp<Shape>>();
    expectTypeOf(negative).toEqualTypeOf<LinearOp>();
    expectTypeOf(negative.adjoint(x)).toEqualTypeOf<Variable>();
    expectTypeOf(matrix.adjoint.adjoint).toEqualTypeOf<LinearOp<{ s: number }>>();
    expect(negative(x)).toBeInstanceOf(Variable);
    expect([values(negative(x)), values(negative.adjoint(x))]).toEqual([
      [-1, -2, -3],
      [-1, -2, -3],
    ]);
  });

  test("keep out other plans, and plans where there are none", () => {
    // @ts-expect-error the plan is missing
    const missing = () => matrix(x);
    // @ts-expect-error s is a number
    const wrongType = () => matrix.adjoint(x, { s: "1" });
    // @ts-expect-error it has no plan
    const none = () => negative(x, { s: 1 });
    // @ts-expect-error it has one input
    const two = () => negative(x, x);
    expect([missing, wrongType, none, two]).toHaveLength(4);
  });

  test("keep out definitions that lack a map or give no Tensor", () => {
    // @ts-expect-error the adjoint is missing
    const missing = () => defineLinear({ name: "half", forward: (v) => v });
    // @ts-expect-error a map gives a Tensor
    const number = () => defineLinear({ name: "number", forward: () => 1, adjoint: (gradY) => gradY });
    // @ts-expect-error it is called adjoint
    const misspelt = () => defineLinear({ name: "id", forward: (v) => v, transpose: (gradY: Tensor) => gradY });
    expect([missing, number]).toHaveLength(2);
    expect(misspelt).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: defineLinear: unknown option transpose. It takes name, forward, adjoint.]`,
    );
  });

  test("and so does defineLinear itself, for those who write JavaScript", () => {
    expect(() => defineLinear({ name: "half", forward: (x: Tensor) => x } as never)).toThrow("defineLinear:");
    expect(() => defineLinear({ forward: (x: Tensor) => x, adjoint: (x: Tensor) => x } as never)).toThrow(
      "defineLinear:",
    );
  });
});
