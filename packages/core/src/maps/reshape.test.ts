import { describe, expect, test } from "vitest";
import { list } from "../../test/samples.js";
import { ones, tensor, zeros } from "../create.js";
import { reshape, resolveShape } from "./reshape.js";

const x = tensor([
  [1, 2, 3],
  [4, 5, 6],
]);

describe("reshape", () => {
  test("by hand: the same elements in the same order, without a copy", () => {
    const y = reshape(x, [3, 2]);
    expect(y.shape).toEqual([3, 2]);
    expect(list(y)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(y.storage).toBe(x.storage);
  });

  test("by hand: −1 is what remains", () => {
    expect(reshape(x, [-1]).shape).toEqual([6]);
    expect(reshape(x, [3, -1]).shape).toEqual([3, 2]);
    expect(reshape(x, [-1, 6]).shape).toEqual([1, 6]);
    expect(reshape(tensor(1), [-1]).shape).toEqual([1]);
    expect(reshape(zeros([0, 3]), [-1, 3]).shape).toEqual([0, 3]);
  });

  test("a tensor of one element is a scalar, and back", () => {
    expect(reshape(ones([1, 1]), []).shape).toEqual([]);
    expect(reshape(tensor(1), [1, 1]).shape).toEqual([1, 1]);
  });

  test("the shape is the tensor's own", () => {
    const shape = [3, 2];
    const y = reshape(x, shape);
    shape[0] = 9;
    expect(y.shape).toEqual([3, 2]);
  });

  test("sizes that differ, two −1, and what is no length are errors", () => {
    expect(() => reshape(x, [4])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: reshape: x [2, 3] has 6 elements, which do not make the shape [4]. Use a shape of the same size, with at most one -1.]`,
    );
    expect(() => reshape(x, [4, -1])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: reshape: x [2, 3] has 6 elements, which do not make the shape [4, -1]. Use a shape of the same size, with at most one -1.]`,
    );
    expect(() => reshape(x, [-1, -1])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: reshape: x [2, 3] has 6 elements, which do not make the shape [-1, -1]. Use a shape of the same size, with at most one -1.]`,
    );
    expect(() => reshape(x, [-2, -3])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: reshape: x [2, 3] has 6 elements, which do not make the shape [-2, -3]. Use a shape of the same size, with at most one -1.]`,
    );
    expect(() => reshape(x, [1.5, 4])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: reshape: x [2, 3] has 6 elements, which do not make the shape [1.5, 4]. Use a shape of the same size, with at most one -1.]`,
    );
    expect(() => reshape(zeros([0]), [0, -1])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: reshape: x [0] has 0 elements, which do not make the shape [0, -1]. Use a shape of the same size, with at most one -1.]`,
    );
    expect(() => reshape(tensor(1), [-1, -1])).toThrow("at most one -1");
    expect(() => reshape(x, 6 as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: reshape: shape must be an array of axes such as [2, 3], got 6.]`,
    );
  });
});

test("resolveShape speaks in the name of its operator", () => {
  expect(resolveShape("flatten", [2, 3], [-1])).toEqual([6]);
  expect(() => resolveShape("flatten", [2, 3], [5])).toThrow("flatten:");
});
