import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { integers, list, RUNS } from "../../test/samples.js";
import { tensor, zeros } from "../create.js";
import { relu } from "./relu.js";

describe("relu", () => {
  test("by hand: what is negative becomes 0", () => {
    const x = tensor([
      [-2, 0, 3],
      [0.5, -0.5, -7],
    ]);
    expect(relu(x).shape).toEqual([2, 3]);
    expect(list(relu(x))).toEqual([0, 0, 3, 0.5, 0, 0]);
    expect(list(x)).toEqual([-2, 0, 3, 0.5, -0.5, -7]);
  });

  test("it equals (x + |x|)/2, element by element", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3), { maxLength: 4 }), fc.nat(), (shape, seed) => {
        const x = integers(shape, seed);
        const y = relu(x);
        expect(y.shape).toEqual(shape);
        expect(list(y)).toEqual(list(x).map((v) => (v + Math.abs(v)) / 2));
      }),
      RUNS,
    );
  });

  test("NaN stays NaN; −0 becomes 0; infinity stays, −∞ becomes 0", () => {
    const x = tensor([Number.NaN, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
    expect(list(relu(x))).toEqual([Number.NaN, 0, Number.POSITIVE_INFINITY, 0]);
  });

  test("every type keeps itself, int32 too", () => {
    for (const array of [Int32Array, Float32Array, Float64Array]) {
      const x = tensor(array.of(-3, 3));
      expect(list(relu(x))).toEqual([0, 3]);
      expect(relu(x).dtype).toBe(x.dtype);
    }
    expect(relu(tensor(Float64Array.of(0.1))).item()).toBe(0.1);
  });

  test("scalars, and batches of 0", () => {
    expect(relu(tensor(-4)).item()).toBe(0);
    expect(relu(tensor(4)).shape).toEqual([]);
    expect(relu(zeros([0, 3])).shape).toEqual([0, 3]);
  });

  test("what is no tensor is an error", () => {
    expect(() => relu([1, -2] as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: relu: x must be a tensor, got [1, -2]. Make a tensor with tensor(values, shape).]`,
    );
    expect(() => relu(undefined as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: relu: x must be a tensor, got undefined. Make a tensor with tensor(values, shape).]`,
    );
    expect(() => relu("x" as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: relu: x must be a tensor, got "x". Make a tensor with tensor(values, shape).]`,
    );
  });
});
