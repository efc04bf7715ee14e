import { describe, expect, test } from "vitest";
import { list } from "../../test/samples.js";
import { tensor } from "../create.js";
import { where } from "./where.js";

describe("where", () => {
  test("by hand: a where the condition is not 0, else b", () => {
    expect(list(where(tensor([1, 0, -2, 0]), tensor([1, 2, 3, 4]), tensor([5, 6, 7, 8])))).toEqual([1, 6, 3, 8]);
  });

  test("takes numbers, conditions of any type, and broadcasts all three", () => {
    const condition = tensor(Int32Array.of(1, 0), [2, 1]);
    const y = where(condition, tensor([1, 2, 3]), 9);
    expect([y.shape, list(y)]).toEqual([
      [2, 3],
      [1, 2, 3, 9, 9, 9],
    ]);
  });

  test("what is not chosen does no harm", () => {
    expect(list(where(tensor([0, 1]), tensor([Number.NaN, 2]), tensor([1, Number.POSITIVE_INFINITY])))).toEqual([1, 2]);
  });

  test("says what is wrong", () => {
    expect(() => where(tensor([1, 2, 3]), tensor([1, 2]), 0)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: where: shapes [3] and [2] do not broadcast: axis -1 has lengths 3 and 2. Make them equal, or one of them 1.]`,
    );
  });
});
