import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { at, float32, indicesOf, integers, list, RUNS } from "../../test/samples.js";
import { full, ones, tensor, zeros } from "../create.js";
import { add, asTensor, div, exp, log, maximum, mul, neg, relu, sqrt, step, sub } from "./elementwise.js";

const column = tensor([[10], [20]]);
const row = tensor([[1, 2, 3]]);

const MAPS = {
  add: [add, (a: number, b: number) => a + b],
  sub: [sub, (a: number, b: number) => a - b],
  mul: [mul, (a: number, b: number) => a * b],
  div: [div, (a: number, b: number) => a / b],
  maximum: [maximum, (a: number, b: number) => (a - b > 0 ? a : b)],
} as const;

describe("pairs of elements", () => {
  test("by hand: a column and a row make a table", () => {
    expect(add(column, row).shape).toEqual([2, 3]);
    expect(list(add(column, row))).toEqual([11, 12, 13, 21, 22, 23]);
    expect(list(sub(column, row))).toEqual([9, 8, 7, 19, 18, 17]);
    expect(list(sub(row, column))).toEqual([-9, -8, -7, -19, -18, -17]);
    expect(list(mul(column, row))).toEqual([10, 20, 30, 20, 40, 60]);
    expect(list(div(column, tensor([1, 2, 4])))).toEqual([10, 5, 2.5, 20, 10, 5]);
    expect(list(maximum(tensor([1, 5]), tensor([3, 2])))).toEqual([3, 5]);
  });

  test("numbers may stand on either side", () => {
    expect(list(sub(tensor([1, 2]), 10))).toEqual([-9, -8]);
    expect(list(sub(10, tensor([1, 2])))).toEqual([9, 8]);
    expect(list(div(1, tensor([2, 4])))).toEqual([0.5, 0.25]);
    expect(add(1, 2).item()).toBe(3);
    expect(add(1, 2).shape).toEqual([]);
  });

  test("a number takes the dtype of the tensor beside it", () => {
    expect(add(tensor(Float64Array.of(0.1)), 0.2).item()).toBe(0.1 + 0.2);
    expect(add(tensor(Int32Array.of(1)), 2).dtype).toBe("int32");
    expect(asTensor(2, tensor(Int32Array.of(1))).dtype).toBe("int32");
    expect(asTensor(2, 3).dtype).toBe("float32");
    expect(asTensor(row, 3)).toBe(row);
  });

  test.each(Object.entries(MAPS))(
    "%s equals a naive loop over the indices, for shapes that broadcast",
    (_, [map, f]) => {
      const axes = fc.array(fc.record({ length: fc.nat(3), ofA: fc.boolean(), ofB: fc.boolean() }), { maxLength: 4 });
      fc.assert(
        fc.property(axes, fc.nat(4), fc.nat(4), fc.nat(), (all, dropA, dropB, seed) => {
          // an axis of `length` in one, and of length 1 in the other if its flag says so; leading ones may be missing
          const shapeA = all.map(({ length, ofA }) => (ofA ? 1 : length)).slice(dropA);
          const shapeB = all.map(({ length, ofB }) => (ofB ? 1 : length)).slice(dropB);
          const [a, b] = [integers(shapeA, seed), integers(shapeB, seed + 1)];
          const y = map(a, b);
          const rank = Math.max(shapeA.length, shapeB.length);
          const pick = (index: readonly number[], shape: readonly number[]) =>
            index.slice(rank - shape.length).map((i, axis) => (shape[axis] === 1 ? 0 : i));
          expect(y.shape.length).toBe(rank);
          expect(list(y)).toEqual(
            indicesOf(y.shape).map((index) => f(at(a, pick(index, shapeA)), at(b, pick(index, shapeB)))),
          );
          y.shape.forEach((length, axis) => {
            const [ofA, ofB] = [shapeA.at(axis - rank), shapeB.at(axis - rank)];
            expect([ofA, ofB]).toContain(length);
          });
        }),
        RUNS,
      );
    },
  );

  test("−0, infinity and NaN follow IEEE 754", () => {
    expect(list(mul(tensor([-1, 0]), 0))).toEqual([-0, 0]);
    expect(list(div(tensor([1, -1, 0]), 0))).toEqual([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN]);
    expect(list(maximum(tensor([Number.NaN, 1]), tensor([1, Number.NaN])))).toEqual([Number.NaN, Number.NaN]);
    expect(list(maximum(tensor([-0, 0]), tensor([0, -0])))).toEqual([0, 0]);
  });

  test("empty tensors stay empty", () => {
    expect(add(zeros([2, 0]), ones([1])).shape).toEqual([2, 0]);
    expect(add(zeros([0, 3]), ones([0, 1])).shape).toEqual([0, 3]);
  });

  test("shapes that do not broadcast and dtypes that differ are errors", () => {
    expect(() => add(ones([2, 3]), ones([2]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: add: shapes [2, 3] and [2] do not broadcast: axis -1 has lengths 3 and 2. Make them equal, or one of them 1.]`,
    );
    expect(() => maximum(ones([2, 3]), ones([4, 1, 2]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: maximum: shapes [2, 3] and [4, 1, 2] do not broadcast: axis -1 has lengths 3 and 2. Make them equal, or one of them 1.]`,
    );
    expect(() => mul(ones([2]), tensor(Float64Array.of(1, 2)))).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: mul: its tensors have dtypes float32 and float64. Make them of one dtype.]`,
    );
    expect(() => add(tensor(Int32Array.of(1)), 0.5)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: 0.5 is no integer and cannot join a tensor of int32. Make the tensor of dtype "float32".]`,
    );
  });
});

describe("one element at a time", () => {
  test("by hand", () => {
    const x = tensor([
      [-4, 0],
      [1, 9],
    ]);
    expect(list(neg(x))).toEqual([4, -0, -1, -9]);
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

  test("exp of an int32 tensor is not cut off to integers without a word", () => {
    expect(() => exp(tensor(Int32Array.of(1)))).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: exp: its result is not an integer, but its tensor is int32. Make it of dtype "float32".]`,
    );
  });
});
