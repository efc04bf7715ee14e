import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { indicesOf, RUNS } from "../../test/samples.js";
import { stridesOf } from "../shape.js";
import { broadcastStrides, forEachRow } from "./strided.js";

describe("broadcastStrides", () => {
  test("by hand: 0 where the tensor repeats itself, else its own strides", () => {
    expect(broadcastStrides([3], [2, 3])).toEqual([0, 1]);
    expect(broadcastStrides([2, 1], [2, 3])).toEqual([1, 0]);
    expect(broadcastStrides([2, 3], [2, 3])).toEqual([3, 1]);
    expect(broadcastStrides([], [2, 3])).toEqual([0, 0]);
    expect(broadcastStrides([4, 1, 3], [5, 4, 2, 3])).toEqual([0, 3, 0, 1]);
  });
});

describe("forEachRow", () => {
  test("by hand: three rows of two tensors, one of which repeats itself", () => {
    const rows: number[][] = [];
    forEachRow(
      [3, 2],
      [
        [2, 1],
        [0, 1],
      ],
      (...offsets) => rows.push(offsets),
    );
    expect(rows).toEqual([
      [0, 0],
      [2, 0],
      [4, 0],
    ]);
  });

  test("a vector and a scalar are one row; an empty shape has none", () => {
    const count = (shape: number[]) => {
      let rows = 0;
      forEachRow(shape, [stridesOf(shape)], () => rows++);
      return rows;
    };
    expect([count([]), count([5]), count([2, 3, 4]), count([2, 0]), count([0, 2])]).toEqual([1, 1, 6, 0, 0]);
  });

  test("it visits the start of every row, in order, with any strides", () => {
    const axis = fc.record({ length: fc.nat(3), strideA: fc.nat(9), strideB: fc.nat(9) });
    fc.assert(
      fc.property(fc.array(axis, { maxLength: 4 }), (axes) => {
        const shape = axes.map(({ length }) => length);
        const strides = [axes.map(({ strideA }) => strideA), axes.map(({ strideB }) => strideB)];
        const seen: number[][] = [];
        forEachRow(shape, strides, (...offsets) => seen.push(offsets));
        const offset = (index: number[], steps: number[]) => index.reduce((sum, i, a) => sum + i * steps[a], 0);
        const expected = shape.includes(0) ? [] : indicesOf(shape.slice(0, -1));
        expect(seen).toEqual(expected.map((index) => strides.map((steps) => offset(index, steps))));
      }),
      RUNS,
    );
  });
});
