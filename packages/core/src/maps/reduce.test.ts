import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { at, dot, indicesOf, integers, list, RUNS } from "../../test/samples.js";
import { tensor, zeros } from "../create.js";
import type { Shape } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { mean } from "./moments.js";
import { argmax, max, sum } from "./reduce.js";
import { reduceGeometry } from "./reduceGeometry.js";
import { broadcastTo } from "./strided.js";

const x = tensor([
  [1, 5, 3],
  [4, 2, 6],
]);

/** A shape and some of its axes, negative ones among them. */
const reduction = (least: number) =>
  fc.array(fc.integer({ min: least, max: 3 }), { maxLength: 4 }).chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      dim: fc.option(
        fc.subarray(shape.map((_, axis) => axis)).map((dims) => dims.map((d, i) => (i % 2 ? d - shape.length : d))),
        {
          nil: undefined,
        },
      ),
      keepDim: fc.boolean(),
      seed: fc.nat(),
    }),
  );

/** The elements of x that go into each element of the result, by the index that remains. */
function gather(input: Tensor, dim: readonly number[] | undefined): Map<string, number[]> {
  const rank = input.shape.length;
  const isReduced = (axis: number) => dim === undefined || dim.includes(axis) || dim.includes(axis - rank);
  const rest = input.shape.map((length, axis) => (isReduced(axis) ? 1 : length));
  const parts = new Map(indicesOf(rest).map((index) => [String(index), [] as number[]]));
  for (const index of indicesOf(input.shape)) {
    parts.get(String(index.map((i, axis) => (isReduced(axis) ? 0 : i))))?.push(at(input, index));
  }
  return parts;
}

/** The shape that remains. */
const shapeWithout = (shape: Shape, dim: readonly number[] | undefined, keepDim: boolean) => {
  const isReduced = (axis: number) => dim === undefined || dim.includes(axis) || dim.includes(axis - shape.length);
  return keepDim
    ? shape.map((length, axis) => (isReduced(axis) ? 1 : length))
    : shape.filter((_, axis) => !isReduced(axis));
};

describe("sum and mean", () => {
  test("by hand: along each axis, both, and all", () => {
    expect(list(sum(x, { dim: 0 }))).toEqual([5, 7, 9]);
    expect(list(sum(x, { dim: 1 }))).toEqual([9, 12]);
    expect(list(sum(x, { dim: -1 }))).toEqual([9, 12]);
    expect(sum(x).item()).toBe(21);
    expect(sum(x, { dim: [0, 1] }).item()).toBe(21);
    expect(list(mean(x, { dim: 1 }))).toEqual([3, 4]);
    expect(mean(x).item()).toBe(3.5);
  });

  test("by hand: keepDim leaves axes of length 1", () => {
    expect(sum(x, { dim: 0, keepDim: true }).shape).toEqual([1, 3]);
    expect(sum(x, { keepDim: true }).shape).toEqual([1, 1]);
    expect(sum(x, { dim: 0 }).shape).toEqual([3]);
    expect(sum(x).shape).toEqual([]);
  });

  test("an empty sum is 0, an empty mean NaN; a scalar is its own sum; no axes reduce nothing", () => {
    expect(sum(zeros([0])).item()).toBe(0);
    expect(list(sum(zeros([2, 0]), { dim: 1 }))).toEqual([0, 0]);
    expect(sum(zeros([2, 0]), { dim: 0 }).shape).toEqual([0]);
    expect(mean(zeros([0])).item()).toBeNaN();
    expect(sum(tensor(3)).item()).toBe(3);
    expect(list(sum(x, { dim: [] }))).toEqual(list(x));
  });

  test("they equal naive loops for every shape, dim and keepDim", () => {
    fc.assert(
      fc.property(reduction(0), ({ shape, dim, keepDim, seed }) => {
        const input = integers(shape, seed);
        const sums = [...gather(input, dim).values()].map((part) => [part.reduce((a, b) => a + b, 0), part.length]);
        const y = sum(input, { dim, keepDim });
        expect(y.shape).toEqual(shapeWithout(shape, dim, keepDim));
        expect(list(y)).toEqual(sums.map(([total]) => total));
        expect(list(mean(input, { dim, keepDim }))).toEqual(sums.map(([total, count]) => total / count));
      }),
      RUNS,
    );
  });

  test("a float32 sum is rounded once", () => {
    expect(sum(tensor([2 ** 24, 1, 1, 1, 1])).item()).toBe(2 ** 24 + 4);
  });

  test("the mean of int32 is a float32", () => {
    const y = mean(tensor(Int32Array.of(1, 2)));
    expect([y.dtype, y.item()]).toEqual(["float32", 1.5]);
  });
});

describe("broadcastTo", () => {
  test("by hand: a row is repeated", () => {
    expect(list(broadcastTo(tensor([1, 2]), [2, 2]))).toEqual([1, 2, 1, 2]);
    expect(list(broadcastTo(tensor([[1], [2]]), [2, 2]))).toEqual([1, 1, 2, 2]);
    expect(list(broadcastTo(tensor(7), [3]))).toEqual([7, 7, 7]);
  });

  test("⟨sum x, g⟩ = ⟨x, broadcastTo g⟩", () => {
    fc.assert(
      fc.property(reduction(0), ({ shape, dim, seed }) => {
        const input = integers(shape, seed);
        const y = sum(input, { dim, keepDim: true });
        const g = integers(y.shape, seed + 1);
        expect(dot(y, g)).toBe(dot(input, broadcastTo(g, shape)));
      }),
      RUNS,
    );
  });
});

describe("max and argmax", () => {
  test("by hand: along each axis, and of all", () => {
    expect(list(max(x, { dim: 0 }))).toEqual([4, 5, 6]);
    expect(list(argmax(x, { dim: 0 }))).toEqual([1, 0, 1]);
    expect(list(max(x, { dim: -1 }))).toEqual([5, 6]);
    expect(list(argmax(x, { dim: -1 }))).toEqual([1, 2]);
    expect([max(x).item(), argmax(x).item()]).toEqual([6, 5]);
    expect(argmax(x).dtype).toBe("int32");
    expect(argmax(x, { dim: 1, keepDim: true }).shape).toEqual([2, 1]);
  });

  test("the first of equals wins; a NaN wins over all, the first one", () => {
    expect(argmax(tensor([2, 7, 7])).item()).toBe(1);
    expect(argmax(tensor([-0, 0])).item()).toBe(0);
    const NaNs = tensor([1, Number.NaN, Number.POSITIVE_INFINITY, Number.NaN]);
    expect(argmax(NaNs).item()).toBe(1);
    expect(max(NaNs).item()).toBeNaN();
  });

  test("−∞ is a number like others", () => {
    const bottom = tensor([Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]);
    expect([max(bottom).item(), argmax(bottom).item()]).toEqual([Number.NEGATIVE_INFINITY, 0]);
  });

  test("an axis of length 1 has its largest element at 0", () => {
    expect(list(argmax(tensor([[3], [4]]), { dim: 1 }))).toEqual([0, 0]);
    expect(list(argmax(tensor([[3, 4]]), { dim: 0 }))).toEqual([0, 0]);
    expect(argmax(tensor(3)).item()).toBe(0);
  });

  test("they equal naive loops for every shape, dim and keepDim", () => {
    fc.assert(
      fc.property(reduction(1), fc.nat(3), ({ shape, dim, keepDim, seed }, one) => {
        const input = integers(shape, seed);
        const parts = [...gather(input, dim).values()];
        const y = max(input, { dim, keepDim });
        expect(y.shape).toEqual(shapeWithout(shape, dim, keepDim));
        expect(list(y)).toEqual(parts.map((part) => Math.max(...part)));

        const axis = shape.length === 0 ? undefined : [one % shape.length];
        const columns = [...gather(input, axis).values()];
        const places = argmax(input, { dim: axis?.[0], keepDim });
        expect(places.shape).toEqual(shapeWithout(shape, axis, keepDim));
        expect(list(places)).toEqual(columns.map((part) => part.indexOf(Math.max(...part))));
        expect(argmax(input).item()).toBe(list(input).indexOf(Math.max(...list(input))));
      }),
      RUNS,
    );
  });

  test("of nothing they are an error; of nothing many times they are nothing", () => {
    expect(() => max(zeros([2, 0]), { dim: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: max: x [2, 0] has no elements to choose from along this dim.]`,
    );
    expect(() => argmax(zeros([0]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: argmax: x [0] has no elements to choose from along this dim.]`,
    );
    expect(max(zeros([2, 0]), { dim: 0 }).shape).toEqual([0]);
    expect(argmax(zeros([2, 0]), { dim: 0 }).shape).toEqual([0]);
  });
});

describe("what cannot be is an error", () => {
  test("axes and options", () => {
    expect(() => sum(x, { dim: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: sum: dim 2 is not an axis of [2, 3]. Use -2 to 1.]`,
    );
    expect(() => mean(x, { dim: [0, -2] })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: mean: dim [0, -2] names an axis twice. Name each axis once.]`,
    );
    expect(() => argmax(x, { dim: [0, 1] as never })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: argmax: dim must be one axis, a number, got [0, 1].]`,
    );
    expect(() => sum(x, { axis: 0 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: sum: unknown option axis. Did you mean dim?]`,
    );
    expect(() => max(x, { keepdim: true } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: max: unknown option keepdim. Did you mean keepDim?]`,
    );
    expect(() => mean(x, 0 as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: mean: the last argument is the options, got 0. Pass an object: { dim: 0 }.]`,
    );
  });
});

test("reduceGeometry by hand", () => {
  expect(reduceGeometry("sum", [2, 3, 4], { dim: [0, -1] })).toEqual({
    xShape: [2, 3, 4],
    keptShape: [1, 3, 1],
    yShape: [3],
    count: 8,
  });
});
