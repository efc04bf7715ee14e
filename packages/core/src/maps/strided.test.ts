import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { at, dot, indicesOf, integers, list, RUNS } from "../../test/samples.js";
import { tensor, zeros } from "../create.js";
import type { Shape } from "../shape.js";
import { broadcastTo, flip, permute, slice, stridedAdjointKernel, stridedKernel, transpose } from "./strided.js";
import {
  broadcastGeometry,
  flipGeometry,
  permuteGeometry,
  type StridedGeometry,
  sliceGeometry,
  transposeGeometry,
} from "./stridedGeometry.js";

const x = tensor([
  [1, 2, 3],
  [4, 5, 6],
]);

const shapes = (minLength: number) => fc.array(fc.nat(4), { minLength, maxLength: 4 });
/** An axis, sometimes named from the end. */
const named = (axis: number, rank: number, fromEnd: boolean) => (fromEnd ? axis - rank : axis);
const maybe = fc.option(fc.integer({ min: -6, max: 6 }), { nil: undefined });

/** A geometry, and where the element y[index] stands in x by the operator's definition. */
interface Case {
  readonly geometry: StridedGeometry;
  readonly yShape: Shape;
  readonly source: (index: readonly number[]) => readonly number[];
}

const permuteCase = shapes(0).chain((shape) =>
  fc.tuple(fc.shuffledSubarray([...shape.keys()], { minLength: shape.length }), fc.boolean()).map(
    ([order, fromEnd]): Case => ({
      geometry: permuteGeometry(
        shape,
        order.map((axis) => named(axis, shape.length, fromEnd)),
      ),
      yShape: order.map((axis) => shape[axis]),
      source: (index) => shape.map((_, axis) => index[order.indexOf(axis)]),
    }),
  ),
);

const transposeCase = fc
  .tuple(shapes(1), fc.nat(), fc.nat(), fc.boolean())
  .map(([shape, first, second, fromEnd]): Case => {
    const [a, b] = [first % shape.length, second % shape.length];
    const swap = <T>(all: readonly T[]) => all.map((v, axis) => (axis === a ? all[b] : axis === b ? all[a] : v));
    return {
      geometry: transposeGeometry(shape, named(a, shape.length, fromEnd), b),
      yShape: swap(shape),
      source: swap,
    };
  });

const sliceCase = fc
  .tuple(shapes(1), fc.nat(), maybe, maybe, fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }), fc.boolean())
  .map(([shape, any, start, end, step, fromEnd]): Case => {
    const dim = any % shape.length;
    // Array.prototype.slice reads positions as we do: negative ones from the end, those beyond an end as that end
    const kept = [...Array(shape[dim]).keys()].slice(start, end).filter((_, i) => i % (step ?? 1) === 0);
    return {
      geometry: sliceGeometry(shape, { dim: named(dim, shape.length, fromEnd), start, end, step }),
      yShape: shape.map((length, axis) => (axis === dim ? kept.length : length)),
      source: (index) => index.map((i, axis) => (axis === dim ? kept[i] : i)),
    };
  });

const flipCase = shapes(0).chain((shape) =>
  fc.tuple(fc.option(fc.subarray([...shape.keys()]), { nil: undefined }), fc.boolean()).map(
    ([dims, fromEnd]): Case => ({
      geometry: flipGeometry(
        shape,
        dims?.map((axis) => named(axis, shape.length, fromEnd)),
      ),
      yShape: shape,
      source: (index) => index.map((i, axis) => (dims === undefined || dims.includes(axis) ? shape[axis] - 1 - i : i)),
    }),
  ),
);

const broadcastCase = fc
  .tuple(shapes(0), fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }), fc.nat(4))
  .map(([shape, isOne, missing]): Case => {
    const from = shape.map((length, axis) => (isOne[axis] ? 1 : length)).slice(missing);
    return {
      geometry: broadcastGeometry(from, shape),
      yShape: shape,
      source: (index) => from.map((length, axis) => (length === 1 ? 0 : index[axis + shape.length - from.length])),
    };
  });

const CASES = {
  permute: permuteCase,
  transpose: transposeCase,
  slice: sliceCase,
  flip: flipCase,
  broadcastTo: broadcastCase,
};

describe("by hand", () => {
  test("permute: axis i of the result is axis dims[i] of x", () => {
    expect(permute(zeros([2, 3, 4]), [2, 0, 1]).shape).toEqual([4, 2, 3]);
    expect(list(permute(x, [1, 0]))).toEqual([1, 4, 2, 5, 3, 6]);
    expect(list(permute(x, [-2, -1]))).toEqual([1, 2, 3, 4, 5, 6]);
    expect(list(permute(tensor([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]), [2, 0, 1]))).toEqual([1, 3, 5, 7, 2, 4, 6, 8]);
  });

  test("transpose: two axes change places", () => {
    expect(transpose(x, 0, 1).shape).toEqual([3, 2]);
    expect(list(transpose(x, 0, -1))).toEqual([1, 4, 2, 5, 3, 6]);
    expect(list(transpose(x, 1, 1))).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test("slice: from start, in steps, before end", () => {
    const line = tensor([0, 1, 2, 3, 4]);
    expect(list(slice(line, { start: 1, end: -1 }))).toEqual([1, 2, 3]);
    expect(list(slice(line, { step: 2 }))).toEqual([0, 2, 4]);
    expect(list(slice(line, { start: -4, step: 3 }))).toEqual([1, 4]);
    expect(list(slice(line, { start: -99, end: 99 }))).toEqual([0, 1, 2, 3, 4]);
    expect(slice(line, { start: 3, end: 3 }).shape).toEqual([0]);
    expect(slice(line, { start: 4, end: 1 }).shape).toEqual([0]);
    expect(list(slice(x, { dim: 1, start: 1 }))).toEqual([2, 3, 5, 6]);
    expect(list(slice(x, { dim: -2, end: 1 }))).toEqual([1, 2, 3]);
    expect(list(slice(x, {}))).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test("flip: in reverse along the named axes, by default all", () => {
    expect(list(flip(x, 1))).toEqual([3, 2, 1, 6, 5, 4]);
    expect(list(flip(x, -2))).toEqual([4, 5, 6, 1, 2, 3]);
    expect(list(flip(x))).toEqual([6, 5, 4, 3, 2, 1]);
    expect(list(flip(x, [0, 1]))).toEqual([6, 5, 4, 3, 2, 1]);
    expect(list(flip(x, []))).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test("broadcastTo: axes of length 1 and new leading ones repeat", () => {
    expect(list(broadcastTo(tensor([1, 2]), [2, 2]))).toEqual([1, 2, 1, 2]);
    expect(list(broadcastTo(tensor([[1], [2]]), [2, 2]))).toEqual([1, 1, 2, 2]);
    expect(list(broadcastTo(tensor(7), [3]))).toEqual([7, 7, 7]);
    expect(broadcastTo(tensor([[1]]), [2, 0]).shape).toEqual([2, 0]);
  });

  test("the adjoint adds up what was read more than once, and gives 0 to what was not", () => {
    expect(
      list(
        stridedAdjointKernel(
          tensor([
            [1, 2],
            [3, 4],
          ]),
          broadcastGeometry([2], [2, 2]),
        ),
      ),
    ).toEqual([4, 6]);
    expect(list(stridedAdjointKernel(tensor([5, 7]), sliceGeometry([5], { start: 1, step: 2 })))).toEqual([
      0, 5, 0, 7, 0,
    ]);
  });

  test("a geometry is an offset and strides", () => {
    const [xShape, yShape] = [
      [2, 3],
      [2, 3],
    ];
    expect(transposeGeometry([2, 3], 0, 1)).toEqual({ xShape, yShape: [3, 2], offset: 0, strides: [1, 3] });
    expect(sliceGeometry([2, 3], { dim: 1, start: -2, step: 2 })).toEqual({
      xShape,
      yShape: [2, 1],
      offset: 1,
      strides: [3, 2],
    });
    expect(flipGeometry([2, 3], 1)).toEqual({ xShape, yShape, offset: 2, strides: [3, -1] });
    expect(broadcastGeometry([3], [2, 3])).toEqual({ xShape: [3], yShape, offset: 0, strides: [0, 1] });
  });
});

describe.each(Object.entries(CASES))("%s", (_, cases: fc.Arbitrary<Case>) => {
  test("every element of the result is the one its definition names", () => {
    fc.assert(
      fc.property(cases, fc.nat(), ({ geometry, yShape, source }, seed) => {
        const input = integers(geometry.xShape, seed);
        const y = stridedKernel(input, geometry);
        expect(y.shape).toEqual(yShape);
        expect(list(y)).toEqual(indicesOf(yShape).map((index) => at(input, source(index))));
      }),
      RUNS,
    );
  });

  test("⟨V x, g⟩ = ⟨x, Vᵀ g⟩", () => {
    fc.assert(
      fc.property(cases, fc.nat(), ({ geometry }, seed) => {
        const [input, g] = [integers(geometry.xShape, seed), integers(geometry.yShape, seed + 1)];
        const back = stridedAdjointKernel(g, geometry);
        expect(back.shape).toEqual(geometry.xShape);
        expect(dot(stridedKernel(input, geometry), g)).toBe(dot(input, back));
      }),
      RUNS,
    );
  });
});

describe("awkward tensors", () => {
  test("scalars", () => {
    const scalar = tensor(7);
    for (const y of [permute(scalar, []), flip(scalar), flip(scalar, []), broadcastTo(scalar, [])]) {
      expect([y.shape, list(y)]).toEqual([[], [7]]);
    }
  });

  test("batches of 0", () => {
    const empty = zeros([0, 3]);
    expect(permute(empty, [1, 0]).shape).toEqual([3, 0]);
    expect(flip(empty).shape).toEqual([0, 3]);
    expect(slice(empty, { start: 1 }).shape).toEqual([0, 3]);
    expect(list(stridedAdjointKernel(zeros([0]), sliceGeometry([2], { start: 2 })))).toEqual([0, 0]);
  });

  test("every type keeps itself; NaN, infinity and −0 move as they are; results are copies", () => {
    const odd = [Number.NaN, Number.NEGATIVE_INFINITY, -0];
    expect(list(flip(tensor(odd)))).toEqual([-0, Number.NEGATIVE_INFINITY, Number.NaN]);
    for (const dtype of ["int32", "float32", "float64"] as const) {
      const y = tensor([1, 2], [2], { dtype });
      for (const z of [flip(y), slice(y, {}), broadcastTo(y, [2]), permute(y, [0]), transpose(y, 0, 0)]) {
        expect(z.dtype).toBe(dtype);
        expect(z.storage).not.toBe(y.storage);
      }
      expect(stridedAdjointKernel(y, flipGeometry([2])).dtype).toBe(dtype);
    }
  });

  test("a float32 gradient is added up in float64 and rounded once", () => {
    const g = tensor([2 ** 24, 1, 1, 1, 1], [5, 1]);
    expect(stridedAdjointKernel(g, broadcastGeometry([1], [5, 1])).item()).toBe(2 ** 24 + 4);
  });
});
