import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { at, indicesOf, integers, list, RUNS } from "../../test/samples.js";
import { ones, tensor, zeros } from "../create.js";
import { add, div, maximum, minimum, mul, pow, sub } from "./arithmetic.js";

const column = tensor([[10], [20]]);
const row = tensor([[1, 2, 3]]);

const MAPS = {
  add: [add, (a: number, b: number) => a + b],
  sub: [sub, (a: number, b: number) => a - b],
  mul: [mul, (a: number, b: number) => a * b],
  div: [div, (a: number, b: number) => a / b],
  maximum: [maximum, (a: number, b: number) => (a - b > 0 ? a : b)],
  minimum: [minimum, (a: number, b: number) => (a - b < 0 ? a : b)],
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

  test("by hand: powers, also of negative and fractional exponents; 0⁰ is 1", () => {
    expect(list(pow(tensor([2, 3, -2]), 2))).toEqual([4, 9, 4]);
    expect(list(pow(2, tensor([3, -1, 0.5])))).toEqual([8, 0.5, Math.fround(Math.SQRT2)]);
    expect(list(pow(tensor([0, -8]), tensor([0, 1 / 3])))).toEqual([1, Number.NaN]);
  });

  test("types are promoted: int32 → float32 → float64; quotients and powers are never int32", () => {
    const [i, f, d] = [tensor(Int32Array.of(3)), tensor(Float32Array.of(0.5)), tensor(Float64Array.of(0.1))];
    for (const map of [add, sub, mul, maximum, minimum]) {
      expect([map(i, i).dtype, map(i, f).dtype, map(f, i).dtype, map(f, d).dtype, map(d, i).dtype]).toEqual([
        "int32",
        "float32",
        "float32",
        "float64",
        "float64",
      ]);
      expect([map(i, 1).dtype, map(i, 0.5).dtype, map(3e9, i).dtype]).toEqual(["int32", "float32", "float32"]);
    }
    for (const map of [div, pow]) expect([map(i, i).dtype, map(i, d).dtype]).toEqual(["float32", "float64"]);
    expect(list(add(i, 0.5))).toEqual([3.5]);
    expect(list(div(i, 2))).toEqual([1.5]);
    expect(list(mul(d, f))).toEqual([0.05]);
    expect(list(pow(i, -1))).toEqual([Math.fround(1 / 3)]);
  });

  test("int32 wraps around, as in PyTorch", () => {
    const most = tensor(Int32Array.of(2 ** 31 - 1));
    expect(list(add(most, 1))).toEqual([-(2 ** 31)]);
    expect(list(mul(most, most))).toEqual([1]); // 2⁶² − 2³² + 1, modulo 2³²
  });

  test("a number takes the dtype of the tensor beside it", () => {
    expect(add(tensor(Float64Array.of(0.1)), 0.2).item()).toBe(0.1 + 0.2);
    expect(add(tensor(Int32Array.of(1)), 2).dtype).toBe("int32");
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

  test("shapes that do not broadcast are errors", () => {
    expect(() => add(ones([2, 3]), ones([2]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: add: shapes [2, 3] and [2] do not broadcast: axis -1 has lengths 3 and 2. Make them equal, or one of them 1.]`,
    );
    expect(() => maximum(ones([2, 3]), ones([4, 1, 2]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: maximum: shapes [2, 3] and [4, 1, 2] do not broadcast: axis -1 has lengths 3 and 2. Make them equal, or one of them 1.]`,
    );
  });
});
