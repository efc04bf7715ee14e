import { sum as sumTensor, type Tensor, tensor } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import { describe, expect, test } from "vitest";
import { checkGradient, defineOp, exp, log, mul, relu, sum, type Variable, variable } from "../index.js";

/** x², with the derivative that is given. */
const square = (derivative: (x: Variable) => Variable) =>
  defineOp({
    name: "square",
    inputs: ["x"],
    forward: ({ x }) => kernels.mul(x, x),
    adjoint: { x: (gradY, { x }) => mul(gradY, derivative(x)) },
  });

const right = square((x) => mul(x, 2));
const points = tensor([
  [0.5, -1, 2],
  [3, -0.25, 1.5],
]);

/** 1 everywhere but at one entry. */
const onesBut = (at: number, value: number): Tensor =>
  tensor(
    Float64Array.from({ length: 6 }, (_, i) => (i === at ? value : 1)),
    [2, 3],
  );

/** What central differences with step 1e-5 leave of a smooth function in float64: step² and rounding/step. */
const CENTRAL_DIFFERENCE = 1e-8;

describe("checkGradient", () => {
  test("by hand: the gradient of x² is 2x, at six entries, up to the error of the differences", () => {
    const { entries, largestError } = checkGradient(right, [points]);
    expect(entries).toBe(6);
    expect(largestError).toBeLessThan(CENTRAL_DIFFERENCE);
  });

  test("notices a flipped sign", () => {
    const flipped = square((x) => mul(x, -2));
    expect(() => checkGradient(flipped, [tensor([1])])).toThrowErrorMatchingInlineSnapshot(
      `[Error: checkGradient: the order-1 gradient at entry [0] of input 1 [1] is -1.982275358508065, but central differences give 1.9822753585085893: they differ by 3.964550717016654, more than 0.000001982275358508065.]`,
    );
  });

  test.each([0, 1, 2, 3, 4, 5])("names the entry that is wrong, the one at %i, its input and the difference", (at) => {
    const wrong = square((x) => mul(mul(x, 2), onesBut(at, 1.01)));
    const [row, column] = [Math.floor(at / 3), at % 3];
    const text = new RegExp(
      `checkGradient: the order-1 gradient at entry \\[${row}, ${column}\\] of input 1 \\[2, 3\\] is .*, ` +
        "but central differences give .*: they differ by .*, more than .*\\.",
    );
    expect(() => checkGradient(wrong, [points])).toThrow(text);
  });

  test("names the worst entry of all inputs", () => {
    const wrong = square((x) => mul(x, tensor(Float64Array.of(2, 2.5, 2.1)))); // off by 0.5·x and 0.1·x
    const fn = (a: Variable, b: Variable) => mul(right(a), wrong(b));
    expect(() => checkGradient(fn, [tensor([1, 1, 1]), tensor([1, 1, 1])])).toThrow("entry [1] of input 2 [3]");
  });

  test("order 2 notices a rule whose value is right but whose derivative is not", () => {
    const frozen = square((x) => mul(x.detach(), 2)); // 2x, but a constant to the second sweep
    expect(() => checkGradient(frozen, [tensor([1, 2])])).not.toThrow();
    expect(() => checkGradient(frozen, [tensor([1])], { order: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[Error: checkGradient: the order-2 gradient at entry [0] of input 1 [1] is 0, but central differences give 0.7540590013066505: they differ by 0.7540590013066505, more than 0.000001.]`,
    );
    expect(() => checkGradient(right, [points], { order: 2 })).not.toThrow();
  });

  test("a tolerance is relative to the largest gradient, or to 1", () => {
    const off = (by: number) => square((x) => mul(x, 2 + by));
    const check = (by: number, at: number, tolerance?: number) => () =>
      checkGradient((x) => sum(off(by)(x)), [tensor([at])], { tolerance });
    expect(check(1e-7, 1)).not.toThrow();
    expect(check(1e-4, 1)).toThrow();
    expect(check(1e-4, 1, 1e-3)).not.toThrow();
    expect(check(1e-7, 1000)).not.toThrow(); // off by 1e-4, of gradients near 1000
  });

  test("a central difference that is NaN is never close enough", () => {
    expect(() => checkGradient(log, [tensor([-1])])).toThrow("is -"); // −1 is the rule's, ln −1 has none
    expect(() => checkGradient(log, [tensor([-1])])).toThrow("but central differences give NaN");
  });

  test.each([
    ["NaN", Number.NaN],
    ["infinite", Number.POSITIVE_INFINITY],
  ])("a gradient that is %s is never close enough", (_, slope) => {
    const wrong = square((x) => mul(x, slope));
    expect(() => checkGradient(wrong, [tensor([1, 2])])).toThrow("checkGradient: the order-1 gradient");
  });

  test("notices a bend: relu at 0 has no derivative for differences to find", () => {
    expect(() => checkGradient(relu, [tensor([0])])).toThrow("entry [0] of input 1 [1] is 0");
  });

  test("turns inputs into float64, whether Variables or Tensors, and leaves them alone", () => {
    const x = variable(tensor([0.1, 0.2]));
    const { largestError } = checkGradient((v) => exp(v), [x]);
    expect(largestError).toBeLessThan(CENTRAL_DIFFERENCE); // float32 would leave about 1e-2
    expect([x.dtype, x.grad, x.version]).toEqual(["float32", undefined, 0]);
  });

  test("checks operators of several inputs, an input it does not depend on included", () => {
    const fn = (a: Variable, _: Variable, c: Variable) => mul(a, exp(c));
    expect(checkGradient(fn, [tensor([1, 2]), tensor([5]), tensor([[1], [2]])]).entries).toBe(2 + 1 + 2);
    expect(checkGradient(fn, [tensor([1, 2]), tensor([5]), tensor([[1], [2]])], { order: 2 }).entries).toBe(5);
  });

  test("notices a gradient with fewer entries than its input", () => {
    const total = defineOp({
      name: "total",
      inputs: ["x"],
      forward: ({ x }) => sumTensor(x),
      adjoint: { x: (gradY) => mul(gradY, 1) }, // forgot to broadcast to x's shape
    });
    expect(() => checkGradient((x) => total(x), [tensor([1, 2, 3])])).toThrow(/shape \[\].*\[3\]/);
  });
});
