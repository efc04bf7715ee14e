import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { indicesOf, RUNS } from "../test/samples.js";
import {
  broadcastShapes,
  checkShape,
  expectShape,
  formatShape,
  isSameShape,
  resolveDim,
  resolveDims,
  sizeOf,
  stridesOf,
} from "./shape.js";

const shapes = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 });

describe("sizeOf and stridesOf", () => {
  test("by hand: [2, 3, 4] has 24 elements; a row is 4 and a plane 12 elements long", () => {
    expect(sizeOf([2, 3, 4])).toBe(24);
    expect(stridesOf([2, 3, 4])).toEqual([12, 4, 1]);
  });

  test("a scalar has one element and no strides; an empty axis empties the tensor", () => {
    expect(sizeOf([])).toBe(1);
    expect(stridesOf([])).toEqual([]);
    expect(sizeOf([3, 0, 2])).toBe(0);
  });

  test("strides number the indices in row-major order", () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const strides = stridesOf(shape);
        const offsets = indicesOf(shape).map((index) => index.reduce((sum, i, axis) => sum + i * strides[axis], 0));
        expect(offsets).toEqual(Array.from({ length: sizeOf(shape) }, (_, i) => i));
      }),
      RUNS,
    );
  });
});

describe("isSameShape and formatShape", () => {
  test("shapes are the same when every axis is, and their number", () => {
    expect(isSameShape([2, 3], [2, 3])).toBe(true);
    expect(isSameShape([], [])).toBe(true);
    expect(isSameShape([2, 3], [3, 2])).toBe(false);
    expect(isSameShape([2, 3], [2, 3, 1])).toBe(false);
    expect(isSameShape([2, 3, 1], [2, 3])).toBe(false);
  });

  test("a shape prints as in the house style", () => {
    expect(formatShape([2, 3, 28, 28])).toBe("[2, 3, 28, 28]");
    expect(formatShape([])).toBe("[]");
  });
});

describe("broadcastShapes", () => {
  test("by hand: axes align at the end and 1 stretches", () => {
    expect(broadcastShapes("add", [8, 1, 6, 1], [7, 1, 5])).toEqual([8, 7, 6, 5]);
    expect(broadcastShapes("add", [3], [])).toEqual([3]);
    expect(broadcastShapes("add", [], [])).toEqual([]);
  });

  test("1 stretches to 0, as in NumPy", () => {
    expect(broadcastShapes("add", [2, 1], [2, 0])).toEqual([2, 0]);
    expect(broadcastShapes("add", [0], [1])).toEqual([0]);
  });

  test("it is commutative, and a shape broadcasts with itself to itself", () => {
    fc.assert(
      fc.property(shapes, fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }), fc.nat(4), (shape, ones, drop) => {
        const other = shape.map((length, axis) => (ones[axis] ? 1 : length)).slice(Math.min(drop, shape.length));
        expect(broadcastShapes("add", shape, other)).toEqual(shape);
        expect(broadcastShapes("add", other, shape)).toEqual(shape);
        expect(broadcastShapes("add", shape, shape)).toEqual(shape);
      }),
      RUNS,
    );
  });

  test("axes that differ are an error that counts from the end", () => {
    expect(() => broadcastShapes("add", [2, 3, 4], [2, 4])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: add: shapes [2, 3, 4] and [2, 4] do not broadcast: axis -2 has lengths 3 and 2. Make them equal, or one of them 1.]`,
    );
    expect(() => broadcastShapes("mul", [0], [2])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: mul: shapes [0] and [2] do not broadcast: axis -1 has lengths 0 and 2. Make them equal, or one of them 1.]`,
    );
  });
});

describe("resolveDims", () => {
  test("by hand: negative axes count from the end, and the result ascends", () => {
    expect(resolveDims("sum", [2, 3, 4], -1)).toEqual([2]);
    expect(resolveDims("sum", [2, 3, 4], [-1, 0])).toEqual([0, 2]);
    expect(resolveDims("sum", [2, 3, 4])).toEqual([0, 1, 2]);
    expect(resolveDims("sum", [2, 3, 4], [])).toEqual([]);
    expect(resolveDims("sum", [])).toEqual([]);
  });

  test("it orders axes as numbers, also beyond the tenth", () => {
    expect(resolveDims("sum", new Array(12).fill(1), [10, 2])).toEqual([2, 10]);
  });

  test("it leaves the caller's array alone", () => {
    const dims = [2, 0];
    resolveDims("sum", [2, 3, 4], dims);
    expect(dims).toEqual([2, 0]);
  });

  test("an axis that does not exist, or named twice, is an error", () => {
    expect(() => resolveDims("sum", [2, 3], 2)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: sum: dim 2 is not an axis of [2, 3]. Use -2 to 1.]`,
    );
    expect(() => resolveDims("sum", [2, 3], -3)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: sum: dim -3 is not an axis of [2, 3]. Use -2 to 1.]`,
    );
    expect(() => resolveDims("sum", [2, 3], 0.5)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: sum: dim 0.5 is not an axis of [2, 3]. Use -2 to 1.]`,
    );
    expect(() => resolveDims("sum", [], 0)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: sum: dim 0 is not an axis of []. A scalar has none.]`,
    );
    expect(() => resolveDims("sum", [2, 3], [1, -1])).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: sum: dim [1, -1] names an axis twice. Name each axis once.]`,
    );
  });
});

describe("expectShape", () => {
  test("the expected shape passes; another is an error that shows both", () => {
    expect(() => expectShape("conv2d", "bias", [4], [4])).not.toThrow();
    expect(() => expectShape("conv2d", "bias", [3], [4])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: conv2d: bias has shape [3], but these sizes need [4]. Give it that shape.]`,
    );
  });
});

test("checkShape returns a copy", () => {
  const shape = [2, 3];
  expect(checkShape("zeros", shape)).toEqual(shape);
  expect(checkShape("zeros", shape)).not.toBe(shape);
});

test("resolveDim takes one axis, from either end", () => {
  expect([resolveDim("gather", [2, 3], 0), resolveDim("gather", [2, 3], -1)]).toEqual([0, 1]);
  expect(() => resolveDim("gather", [2, 3], [0] as never)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: gather: dim must be one axis, a number, got [0].]`,
  );
  expect(() => resolveDim("transpose", [2, 3], "0" as never, "dim1")).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: transpose: dim1 must be one axis, a number, got "0".]`,
  );
  expect(() => resolveDim("gather", [2, 3], 2)).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: gather: dim 2 is not an axis of [2, 3]. Use -2 to 1.]`,
  );
});
