import { checkGradient, type Variable, variable } from "@conv/autograd";
import { add, mul, tensor } from "@conv/core";
import { describe, expect, test } from "vitest";
import { expectValues, momentsOf, numbers, randn } from "../../test/norms.js";
import { moments, normalize } from "./normalize.js";

/** Digits after the point that float64 keeps over a few sums. */
const FLOAT64 = 12;

const plain = { eps: 0, weight: undefined, bias: undefined };
const row = (...values: number[]) => tensor([values], undefined, { dtype: "float64" });

describe("normalize", () => {
  test("by hand: 1 and 5 have mean 3 and variance 4, so they become −1 and 1", () => {
    const { mean, centred, variance } = moments(row(1, 5), [1]);
    expect([mean.shape, numbers(mean), numbers(variance), numbers(centred)]).toEqual([[1, 1], [3], [4], [-2, 2]]);
    expectValues(normalize(row(1, 5), [1], plain), [-1, 1], FLOAT64);
  });

  test("by hand: ε is under the root: 4 + 5 makes 3, −2/3 and 2/3", () => {
    expectValues(normalize(row(1, 5), [1], { ...plain, eps: 5 }), [-2 / 3, 2 / 3], FLOAT64);
  });

  test("by hand: then it multiplies by w and adds b", () => {
    const [weight, bias] = [variable(row(10, 100)), variable(row(1, 2))];
    expectValues(normalize(row(1, 5), [1], { eps: 0, weight, bias }), [-9, 102], FLOAT64);
    expectValues(normalize(row(1, 5), [1], { ...plain, weight }), [-10, 100], FLOAT64);
    expectValues(normalize(row(1, 5), [1], { ...plain, bias }), [0, 3], FLOAT64);
  });

  test.each([[[0]], [[1]], [[0, 2]], [[-1, -2]], [[0, 1, 2]]])(
    "over the axes %j mean becomes 0 and variance 1",
    (dim) => {
      const [means, variances] = momentsOf(normalize(randn([4, 3, 5]), dim, plain), dim);
      for (const value of means) expect(value).toBeCloseTo(0, FLOAT64);
      for (const value of variances) expect(value).toBeCloseTo(1, FLOAT64);
    },
  );

  test("it does not see scale and place of x: a·x + c becomes the same for a > 0", () => {
    const x = randn([3, 6]);
    expectValues(normalize(add(mul(x, 7), -40), [1], plain), numbers(normalize(x, [1], plain)), FLOAT64);
  });

  test("what is constant becomes 0 by grace of ε", () => {
    expectValues(normalize(row(7, 7, 7), [1], { ...plain, eps: 1e-5 }), [0, 0, 0], FLOAT64);
  });

  test("in float32 a mean that is large beside the spread does not spoil the variance", () => {
    const x = tensor([[4096, 4097, 4098, 4099]]);
    expect(numbers(moments(x, [1]).variance)).toEqual([1.25]);
  });

  test.each([1, 2] as const)("its gradients of order %i are central differences, in x, w and b", (order) => {
    const fn = (x: Variable, weight: Variable, bias: Variable) => normalize(x, [0, 2], { eps: 1e-3, weight, bias });
    expect(checkGradient(fn, [randn([2, 3, 4]), randn([3, 1], 2), randn([3, 1], 3)], { order }).entries).toBe(30);
  });
});
