import { createRandom, sum as sumTensor, type Tensor, tensor } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import { describe, expect, test } from "vitest";
import { add, checkGradient, defineOp, exp, log, mul, noGrad, relu, sum, type Variable, variable } from "../index.js";

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
      `[Error: checkGradient: the order-1 gradient at entry [0] of input 1 (shape [1]) is -1.982275358508065, but central differences give 1.9822753585085893: they differ by 3.96, and 0.00000198 is allowed.]`,
    );
  });

  test.each([0, 1, 2, 3, 4, 5])("names the entry that is wrong, the one at %i, its input and the difference", (at) => {
    const wrong = square((x) => mul(mul(x, 2), onesBut(at, 1.01)));
    const [row, column] = [Math.floor(at / 3), at % 3];
    const text = new RegExp(
      `checkGradient: the order-1 gradient at entry \\[${row}, ${column}\\] of input 1 \\(shape \\[2, 3\\]\\) is .*, ` +
        "but central differences give .*: they differ by .*, and .* is allowed\\.",
    );
    expect(() => checkGradient(wrong, [points])).toThrow(text);
  });

  test("names the worst entry of all inputs", () => {
    const wrong = square((x) => mul(x, tensor(Float64Array.of(2, 2.5, 2.1)))); // off by 0.5·x and 0.1·x
    const fn = (a: Variable, b: Variable) => mul(right(a), wrong(b));
    expect(() => checkGradient(fn, [tensor([1, 1, 1]), tensor([1, 1, 1])])).toThrow(
      "entry [1] of input 2 (shape [3]) is",
    );
  });

  test("order 2 notices a rule whose value is right but whose derivative is not", () => {
    const frozen = square((x) => mul(x.detach(), 2)); // 2x, but a constant to the second sweep
    expect(() => checkGradient(frozen, [tensor([1, 2])])).not.toThrow();
    expect(() => checkGradient(frozen, [tensor([1])], { order: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[Error: checkGradient: the order-2 gradient at entry [0] of input 1 (shape [1]) is 0, but central differences give 0.7540590013066505: they differ by 0.754, and 0.000001 is allowed.]`,
    );
    expect(() => checkGradient(right, [points], { order: 2 })).not.toThrow();
  });

  test("order 3 notices a rule whose second derivative is right but whose third is not", () => {
    const cube = (slope: (x: Variable) => Variable) =>
      defineOp({
        name: "cube",
        inputs: ["x"],
        forward: ({ x }) => kernels.mul(x, kernels.mul(x, x)),
        adjoint: { x: (gradY, { x }) => mul(gradY, slope(x)) },
      });
    const whole = cube((x) => mul(mul(x, x), 3));
    const half = square((x) => mul(x.detach(), 2)); // x², of which the slope 2x is a constant to the next sweep
    const frozen = cube((x) => mul(half(x), 3)); // 3x², then 6x, then nothing
    for (const order of [1, 2]) expect(() => checkGradient(frozen, [points], { order })).not.toThrow();
    expect(() => checkGradient(frozen, [points], { order: 3 })).toThrow("checkGradient: the order-3 gradient at entry");
    for (const order of [1, 2, 3, 4]) expect(() => checkGradient(whole, [points], { order })).not.toThrow();
  });

  test("by hand: the third derivative of a·x³ is 6a, at every x, up to the random factors", () => {
    const fn = (x: Variable) => mul(mul(x, mul(x, x)), 5);
    const at = (x: number) => checkGradient(fn, [tensor(x)], { order: 3 }).worst?.gradient;
    const factors = [0, 1, 2].map((seed) => createRandom(seed).normal([], { dtype: "float64" }).item());
    expect(at(1)).toBeCloseTo(
      factors.reduce((product, r) => product * r, 30),
      9,
    );
    expect(at(-7)).toBeCloseTo(at(1) ?? Number.NaN, 9);
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

  test("a tolerance of 1/1000 allows 0.95/1000 and refuses 1.5/1000", () => {
    const check = (by: number) => () =>
      checkGradient(
        square((x) => mul(x, 2 + by)),
        [tensor(1)],
        { tolerance: 1e-3 },
      );
    expect(check(2 * 0.95e-3)).not.toThrow();
    expect(check(2 * 1.5e-3)).toThrow("they differ by");
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
    expect(() => checkGradient(relu, [tensor([0])])).toThrow("entry [0] of input 1 (shape [1]) is 0");
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

describe("the report of checkGradient", () => {
  const fn = (a: Variable, b: Variable) => mul(a, exp(b));
  const inputs = [tensor([1, 2]), tensor([[3], [0.5]])];

  test("counts the entries, and names the one that differs most", () => {
    const { order, entries, largestError, allowedError, worst } = checkGradient(fn, inputs, { order: 2 });
    expect([order, entries]).toEqual([2, 4]);
    expect(largestError).toBeLessThan(allowedError);
    expect(worst).toMatchObject({ input: expect.any(Number), error: largestError });
    expect(Math.abs((worst?.gradient ?? Number.NaN) - (worst?.difference ?? Number.NaN))).toBe(largestError);
  });

  test("says where: the index in a matrix, of which one entry alone has an error", () => {
    const factors = tensor([0, 0, 0, 0, 1, 0], [2, 3]); // where it is 0, so are gradient and difference, exactly
    const { worst } = checkGradient((a, b) => mul(a, exp(mul(b, factors))), [tensor(0), tensor([1, 2, 3], [1, 3])]);
    expect(worst).toMatchObject({ input: 0, index: [] });
    expect(checkGradient((b) => exp(mul(b, factors)), [points]).worst).toMatchObject({ input: 0, index: [1, 1] });
    const second = checkGradient((a, b) => mul(exp(mul(b, factors)), add(mul(a, 0), 1)), [tensor(2), points]);
    expect(second.worst).toMatchObject({ input: 1, index: [1, 1] });
  });

  test("is of each input's own size: a wrong slope does not hide behind another input's large one", () => {
    const bad = defineOp({
      name: "bad",
      inputs: ["x", "b"],
      forward: ({ x, b }) => kernels.add(kernels.mul(x, tensor(Float64Array.of(1e7))), kernels.mul(b, b)),
      adjoint: { x: (gradY) => mul(gradY, 1e7), b: (gradY, { b }) => mul(gradY, b) }, // not 2b
    });
    expect(() => checkGradient(bad, [tensor([1]), tensor([3])])).toThrow("entry [0] of input 2 (shape [1]) is");
  });

  test("says so if fn draws anew", () => {
    const random = createRandom(0);
    const noisy = (x: Variable) => mul(x, random.normal([2], { dtype: "float64" }));
    expect(() => checkGradient(noisy, [tensor([1, 2])])).toThrowErrorMatchingInlineSnapshot(
      `[Error: checkGradient: fn gives different values for the same inputs. Fix the random numbers that it draws.]`,
    );
  });

  test("is the same in noGrad", () => {
    expect(noGrad(() => checkGradient(exp, [tensor([1, 2])])).entries).toBe(2);
  });

  test("allows an error relative to the largest gradient of an input, or to 1", () => {
    const large = checkGradient((x) => mul(x, 1000), [tensor([1, 2])], { tolerance: 1e-3 });
    const random = createRandom(0).normal([2], { dtype: "float64" }).dataSync();
    expect(large.allowedError).toBeCloseTo(Math.max(...random.map(Math.abs)), 5);
    expect(checkGradient((x) => mul(x, 1e-3), [tensor([1, 2])], { tolerance: 1e-3 }).allowedError).toBeCloseTo(
      1e-3,
      12,
    );
    expect(checkGradient((x) => mul(x, 1e-3), [tensor([1, 2])]).allowedError).toBeCloseTo(1e-6, 12);
  });

  test("is a line to read", () => {
    expect(String(checkGradient((a, b) => mul(a, mul(b, b)), inputs))).toMatch(
      /^checkGradient: the order-1 gradient agrees with central differences at 4 places; the largest difference is \S+, at entry \[.*\] of input \d \(shape .*\), and \S+ is allowed\.$/,
    );
    expect(String(checkGradient((x) => mul(x, 0), [tensor(1)], { order: 3 }))).toMatchInlineSnapshot(
      `"checkGradient: the order-3 gradient agrees with central differences at 1 place; the largest difference is 0, at input 1, and 0.000001 is allowed."`,
    );
    expect(String(checkGradient(exp, [tensor([], [0])]))).toMatchInlineSnapshot(
      `"checkGradient: the order-1 gradient has no entries to compare."`,
    );
  });

  test("depends on the seed, and on nothing else", () => {
    const worstOf = (seed?: number) => checkGradient(fn, inputs, { seed }).worst;
    expect(worstOf()).toEqual(worstOf(0));
    expect(worstOf(1)).not.toEqual(worstOf(0));
  });

  test("depends on the step: differences with a large one are worse", () => {
    const errorOf = (eps?: number) => checkGradient(exp, [tensor(1)], { eps, tolerance: 1 }).largestError;
    expect(errorOf()).toBe(errorOf(1e-5));
    expect(errorOf(1e-2)).toBeGreaterThan(100 * errorOf()); // of order ε²
  });
});

describe("checkGradient refuses", () => {
  const x = tensor([1, 2]);

  test("what is no function, or gives no Variable", () => {
    expect(() => checkGradient(3 as never, [x])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: checkGradient: expected a function and an array of its inputs, got 3 and [a tensor [2]].]`,
    );
    expect(() => checkGradient((v) => v.value as never, [x])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: checkGradient: fn must return a Variable, got a tensor [2]. Use operators of @conv/autograd.]`,
    );
    expect(() => checkGradient((async (v: Variable) => v) as never, [x])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: checkGradient: fn must return a Variable, got an object. Use operators of @conv/autograd.]`,
    );
  });

  test("inputs that are not in an array, or are no tensors", () => {
    expect(() => checkGradient(exp, x as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: checkGradient: expected a function and an array of its inputs, got a function and a tensor [2].]`,
    );
    expect(() => checkGradient(exp, [x, [1, 2] as never])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: checkGradient: input 2 must be a tensor, got [1, 2]. Make a tensor with tensor(values, shape).]`,
    );
  });

  test.each([0, -1, 1.5, Number.NaN, "2"])("order %s: it is a positive integer", (order) => {
    expect(() => checkGradient(exp, [x], { order: order as never })).toThrow(/^checkGradient: order must be /);
  });

  test.each([0, -1e-5, Number.NaN])("eps and tolerance %s: they are positive numbers", (value) => {
    expect(() => checkGradient(exp, [x], { eps: value })).toThrow(/^checkGradient: eps must be /);
    expect(() => checkGradient(exp, [x], { tolerance: value })).toThrow(/^checkGradient: tolerance must be /);
  });

  test("other options, and says which there are", () => {
    expect(() => checkGradient(exp, [x], { order: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: checkGradient: order must be a positive integer, got 0.]`,
    );
    expect(() => checkGradient(exp, [x], { eps: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: checkGradient: eps must be positive and finite, got 0.]`,
    );
    expect(() => checkGradient(exp, [x], { tolerance: "small" as never })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: checkGradient: tolerance must be a number, got "small".]`,
    );
    expect(() => checkGradient(exp, [x], { seed: -1 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: checkGradient: seed must be an integer of at least 0, got -1.]`,
    );
    expect(() => checkGradient(exp, [x], { epsilon: 1e-5 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: checkGradient: unknown option epsilon. It takes order, eps, tolerance, seed.]`,
    );
    expect(() => checkGradient(exp, [x], 2 as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: checkGradient: the last argument is the options, got 2. Pass an object: { order: 2 }.]`,
    );
  });

  test("a function whose result does not depend on its inputs, in its own name", () => {
    expect(() => checkGradient((v) => v.detach(), [x])).toThrow("checkGradient:");
  });
});
