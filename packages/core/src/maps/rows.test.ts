import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { indicesOf, RUNS } from "../../test/samples.js";
import { broadcastStrides, type Rows, rowsOf } from "./rows.js";

describe("broadcastStrides", () => {
  test("by hand: 0 where the tensor repeats itself, else its own strides", () => {
    expect(broadcastStrides([3], [2, 3])).toEqual([0, 1]);
    expect(broadcastStrides([2, 1], [2, 3])).toEqual([1, 0]);
    expect(broadcastStrides([2, 3], [2, 3])).toEqual([3, 1]);
    expect(broadcastStrides([], [2, 3])).toEqual([0, 0]);
    expect(broadcastStrides([4, 1, 3], [5, 4, 2, 3])).toEqual([0, 3, 0, 1]);
  });
});

/** The offsets of every element in every tensor, in the order of the walk. */
function walk(rows: Rows): number[][] {
  const seen: number[][] = [];
  for (const offsets of rows.starts) {
    for (let i = 0; i < rows.length; i++) seen.push(offsets.map((offset, t) => offset + i * rows.steps[t]));
  }
  return seen;
}

describe("rowsOf", () => {
  test("by hand: three rows, along which the second tensor stands still", () => {
    const rows = rowsOf([3, 2], [3, 2], [3, 1]);
    expect([rows.length, rows.steps]).toEqual([2, [1, 0]]);
    expect(walk(rows)).toEqual([
      [0, 0],
      [1, 0],
      [2, 1],
      [3, 1],
      [4, 2],
      [5, 2],
    ]);
  });

  test("tensors of one shape, and scalars beside them, are a single row", () => {
    const rows = rowsOf([2, 3, 4], [2, 3, 4], [2, 3, 4], []);
    expect([rows.length, rows.steps, walk(rows).length]).toEqual([24, [1, 1, 0], 24]);
  });

  test("a bias walks in rows of a whole image", () => {
    expect(rowsOf([2, 3, 4, 5], [2, 3, 4, 5], [3, 1, 1]).length).toBe(20);
  });

  test("an empty shape has nothing to visit", () => {
    expect([walk(rowsOf([2, 0], [2, 0])), walk(rowsOf([0, 2], [0, 2], [2]))]).toEqual([[], []]);
    expect(walk(rowsOf([], []))).toEqual([[0]]);
  });

  test("it visits every element in order, wherever the tensors repeat themselves", () => {
    const axis = fc.record({ length: fc.nat(3), repeatsA: fc.boolean(), repeatsB: fc.boolean() });
    fc.assert(
      fc.property(fc.array(axis, { maxLength: 5 }), (axes) => {
        const shape = axes.map(({ length }) => length);
        const a = axes.map(({ length, repeatsA }) => (repeatsA ? 1 : length));
        const b = axes.map(({ length, repeatsB }) => (repeatsB ? 1 : length));
        const strides = [shape, a, b].map((from) => broadcastStrides(from, shape));
        const offset = (index: number[], steps: number[]) => index.reduce((sum, i, axis) => sum + i * steps[axis], 0);
        const expected = shape.includes(0) ? [] : indicesOf(shape);
        expect(walk(rowsOf(shape, shape, a, b))).toEqual(
          expected.map((index) => strides.map((steps) => offset(index, steps))),
        );
      }),
      RUNS,
    );
  });
});
