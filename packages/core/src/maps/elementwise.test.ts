import { describe, expect, test } from "vitest";
import { float32, list } from "../../test/samples.js";
import { relu } from "../activations/relu.js";
import { full, tensor } from "../create.js";
import { mul } from "./arithmetic.js";
import { abs, clamp, exp, log, neg, sqrt, step } from "./elementwise.js";

describe("one element at a time", () => {
  test("by hand", () => {
    const x = tensor([
      [-4, 0],
      [1, 9],
    ]);
    expect(list(neg(x))).toEqual([4, -0, -1, -9]);
    expect(list(abs(x))).toEqual([4, 0, 1, 9]);
    expect(list(relu(x))).toEqual([0, 0, 1, 9]);
    expect(list(step(x))).toEqual([0, 0, 1, 1]);
    expect(list(sqrt(x))).toEqual([Number.NaN, 0, 1, 3]);
    expect(list(exp(tensor([0, 1, Number.NEGATIVE_INFINITY])))).toEqual(float32(1, Math.E, 0));
    expect(list(log(tensor([1, Math.E, 0, -1])))).toEqual([
      0,
      ...float32(Math.log(Math.fround(Math.E))),
      Number.NEGATIVE_INFINITY,
      Number.NaN,
    ]);
    for (const map of [neg, relu, step, sqrt, exp, log]) expect(map(x).shape).toEqual([2, 2]);
  });

  test("relu keeps NaN; its derivative at 0 and at NaN is 0", () => {
    const x = tensor([Number.NaN, 0, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
    expect(list(relu(x)).map(Math.abs)).toEqual([Number.NaN, 0, 0, Number.POSITIVE_INFINITY, 0]);
    expect(list(step(x))).toEqual([0, 0, 0, 1, 0]);
  });

  test("log is the inverse of exp, sqrt of the square, in float64", () => {
    const LAST_BITS = 15; // decimal digits that a float64 keeps through two roundings near 1
    const x = full([3], 0.7, { dtype: "float64" });
    for (const value of list(log(exp(x)))) expect(value).toBeCloseTo(0.7, LAST_BITS);
    for (const value of list(sqrt(mul(x, x)))) expect(value).toBeCloseTo(0.7, LAST_BITS);
    expect([exp(x).dtype, neg(x).dtype]).toEqual(["float64", "float64"]);
  });

  test("the argument stays as it is", () => {
    const x = tensor([-1, 2]);
    for (const map of [neg, relu, step, exp]) map(x);
    expect(list(x)).toEqual([-1, 2]);
  });

  test("int32 becomes float32 where results are no integers, and stays int32 elsewhere", () => {
    const x = tensor(Int32Array.of(-4, 1));
    expect(list(exp(x))).toEqual(float32(Math.exp(-4), Math.E));
    for (const map of [exp, log, sqrt]) expect(map(x).dtype).toBe("float32");
    for (const map of [neg, abs, step, relu]) expect(map(x).dtype).toBe("int32");
  });
});

describe("clamp", () => {
  test("by hand: at least min, at most max", () => {
    const x = tensor([-1, 3, 8, Number.NaN]);
    expect(list(clamp(x, { min: 0, max: 6 }))).toEqual([0, 3, 6, Number.NaN]);
    expect(list(clamp(x, { min: 0 }))).toEqual([0, 3, 8, Number.NaN]);
    expect(list(clamp(x, { max: 6 }))).toEqual([-1, 3, 6, Number.NaN]);
    expect(list(clamp(x, { min: 5, max: 2 }))).toEqual([2, 2, 2, Number.NaN]); // as in PyTorch
    expect(clamp(tensor(Int32Array.of(7)), { max: 6 }).dtype).toBe("int32");
  });

  test("bounds that are none are errors", () => {
    expect(() => clamp(tensor([1]), {})).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: clamp: neither min nor max is given. Pass { min }, { max } or both.]`,
    );
    expect(() => clamp(tensor([1]), { min: Number.NaN })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: clamp: min must be a number, got NaN.]`,
    );
    expect(() => clamp(tensor([1]), 0 as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: clamp: the last argument is the options, got 0. Pass an object: { min: 0 }.]`,
    );
    expect(() => clamp(tensor([1]), { lower: 0 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: clamp: unknown option lower. Did you mean min?]`,
    );
  });
});
