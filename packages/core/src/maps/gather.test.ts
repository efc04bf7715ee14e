import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { at, dot, indicesOf, integers, list, RUNS } from "../../test/samples.js";
import { tensor, zeros } from "../create.js";
import { cpu } from "../device/cpu.js";
import { createRandom } from "../random.js";
import { type Shape, sizeOf } from "../shape.js";
import { gather, gatherAdjointKernel, gatherKernel, oneHot } from "./gather.js";
import { gatherGeometry } from "./gatherGeometry.js";

const int32 = (values: readonly number[], shape: Shape = [values.length]) =>
  tensor([...values], shape, { dtype: "int32" });
const x = tensor([
  [1, 2, 3],
  [4, 5, 6],
]);

/** Random positions below `length`: repeated ones are common. */
function positions(shape: Shape, length: number, seed: number) {
  const random = createRandom(seed);
  return int32(
    Array.from({ length: sizeOf(shape) }, () => random.integer(length)),
    shape,
  );
}

/** A shape of x, an axis of it, and lengths of the index: any along the axis, at most x's beside it. */
const gathering = (isSame: boolean) =>
  fc
    .tuple(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }), fc.nat(), fc.nat(5), fc.boolean())
    .chain(([shape, any, count, fromEnd]) => {
      const axis = any % shape.length;
      const less = fc.tuple(...shape.map((length) => fc.nat(isSame ? 0 : length)));
      return fc.record({
        shape: fc.constant(shape),
        axis: fc.constant(axis),
        dim: fc.constant(fromEnd ? axis - shape.length : axis),
        indexShape: less.map((cut) => shape.map((length, a) => (a === axis ? count : length - cut[a]))),
        seed: fc.nat(),
      });
    });

describe("gather", () => {
  test("by hand: the index says which element of its row, or of its column", () => {
    expect(list(gather(x, 1, int32([2, 0], [2, 1])))).toEqual([3, 4]);
    expect(list(gather(x, 0, int32([1, 0, 1], [1, 3])))).toEqual([4, 2, 6]);
    const y = gather(x, -1, int32([0, 0, 1, 2, 2, 2, 2, 0], [2, 4]));
    expect(y.shape).toEqual([2, 4]);
    expect(list(y)).toEqual([1, 1, 2, 3, 6, 6, 6, 4]);
  });

  test("by hand: a shorter index reaches the first rows only", () => {
    expect(list(gather(x, 1, int32([2, 0], [1, 2])))).toEqual([3, 1]);
    expect(list(gather(x, 0, int32([1, 0], [1, 2])))).toEqual([4, 2]);
  });

  test("y[…, k, …] = x[…, index[…, k, …], …]", () => {
    fc.assert(
      fc.property(gathering(false), ({ shape, axis, dim, indexShape, seed }) => {
        const [input, index] = [integers(shape, seed), positions(indexShape, shape[axis], seed + 1)];
        const y = gather(input, dim, index);
        expect([y.shape, y.dtype]).toEqual([indexShape, "float64"]);
        expect(list(y)).toEqual(
          indicesOf(indexShape).map((place) =>
            at(
              input,
              place.map((i, a) => (a === axis ? at(index, place) : i)),
            ),
          ),
        );
      }),
      RUNS,
    );
  });

  test("⟨S x, g⟩ = ⟨x, Sᵀ g⟩, also where a position is read often", () => {
    fc.assert(
      fc.property(gathering(true), ({ shape, axis, dim, indexShape, seed }) => {
        const [input, index] = [integers(shape, seed), positions(indexShape, shape[axis], seed + 1)];
        const geometry = gatherGeometry(shape, dim, indexShape);
        const g = integers(indexShape, seed + 2);
        const back = gatherAdjointKernel(g, index, geometry);
        expect(back.shape).toEqual(shape);
        expect(dot(gatherKernel(input, index, geometry), g)).toBe(dot(input, back));
      }),
      RUNS,
    );
  });

  test("by hand: the adjoint adds up at repeated positions, in float64, rounded once", () => {
    const geometry = gatherGeometry([3], 0, [4]);
    expect(list(gatherAdjointKernel(tensor([1, 2, 4, 8]), int32([2, 0, 2, 2]), geometry))).toEqual([2, 0, 13]);
    const g = tensor([2 ** 24, 1, 1, 1]);
    expect(list(gatherAdjointKernel(g, int32([1, 1, 1, 1]), geometry))).toEqual([0, 2 ** 24 + 3 + 1, 0]); // 3 is a tie
  });

  test("every type keeps itself; NaN, infinity and −0 move as they are; nothing of nothing", () => {
    const odd = tensor([Number.NaN, Number.NEGATIVE_INFINITY, -0]);
    expect(list(gather(odd, 0, int32([2, 1, 0, 0])))).toEqual([-0, Number.NEGATIVE_INFINITY, Number.NaN, Number.NaN]);
    expect(gather(int32([1, 2]), 0, int32([1])).dtype).toBe("int32");
    expect(gather(zeros([0, 3]), 1, int32([], [0, 2])).shape).toEqual([0, 2]);
    expect(gather(zeros([0, 3]), 0, int32([], [0, 3])).shape).toEqual([0, 3]);
    const nothing = gatherAdjointKernel(zeros([2, 0]), int32([], [2, 0]), gatherGeometry([2, 3], 1, [2, 0]));
    expect(list(nothing)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test("gatherGeometry by hand", () => {
    expect(gatherGeometry([2, 3, 4, 5], -3, [2, 7, 4, 5])).toEqual({
      outer: 2,
      length: 3,
      count: 7,
      inner: 20,
      xShape: [2, 3, 4, 5],
      yShape: [2, 7, 4, 5],
    });
  });
});

describe("oneHot", () => {
  test("by hand: a unit vector for every label", () => {
    const y = oneHot(int32([2, 0]), 3);
    expect([y.shape, y.dtype]).toEqual([[2, 3], "float32"]);
    expect(list(y)).toEqual([0, 0, 1, 1, 0, 0]);
    expect(oneHot(int32([0, 1], [1, 2]), 4).shape).toEqual([1, 2, 4]);
  });

  test("element [n, c] is 1 where c is label n, else 0", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(3), { maxLength: 3 }),
        fc.integer({ min: 1, max: 4 }),
        fc.nat(),
        (shape, classes, seed) => {
          const labels = positions(shape, classes, seed);
          for (const dtype of ["float32", "float64", "int32"] as const) {
            const y = oneHot(labels, classes, { dtype });
            expect([y.shape, y.dtype]).toEqual([[...shape, classes], dtype]);
            expect(list(y)).toEqual(
              indicesOf(y.shape).map((index) => (at(labels, index.slice(0, -1)) === index.at(-1) ? 1 : 0)),
            );
          }
        },
      ),
      RUNS,
    );
  });
});

test("floats that are integers will do for indices", () => {
  expect(list(gather(tensor([5, 6]), 0, tensor([1, 1, 0])))).toEqual([6, 6, 5]);
  expect(list(oneHot(tensor([1, 0]), 2))).toEqual([0, 1, 1, 0]);
});

describe("what cannot be is an error", () => {
  test("positions that an axis does not have", () => {
    expect(() => gather(x, 1, int32([0, 3], [2, 1]))).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: gather: index has the element 3, but every one must be an integer from 0 to 2.]`,
    );
    expect(() => gather(x, 0, int32([-1, 0, 0], [1, 3]))).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: gather: index has the element -1, but every one must be an integer from 0 to 1.]`,
    );
    expect(() => gather(zeros([0]), 0, int32([0]))).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: gather: index has the element 0, but there is nothing to choose from.]`,
    );
    expect(() => gather(x, 1, tensor([[0.5], [0]]))).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: gather: index has the element 0.5, but every one must be an integer from 0 to 2.]`,
    );
    expect(() => gather(x, 1, tensor([[Number.NaN], [0]]))).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: gather: index has the element NaN, but every one must be an integer from 0 to 2.]`,
    );
  });

  test("shapes, axes, types and devices", () => {
    const there = int32([0, 0], [2, 1]).to({ ...cpu, name: "other" });
    expect(() => gather(x, 1, there)).toThrowErrorMatchingInlineSnapshot(
      `[BackendError: gather: its tensors live on two devices, cpu and other. Move one: x.to(device).]`,
    );
    expect(() => gather(x, 1, int32([0, 0]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: gather: index [2] must have as many axes as x [2, 3], and none that is longer except along dim 1. Slice or reshape the index, or broadcast x.]`,
    );
    expect(() => gather(x, 1, int32([0, 0, 0], [3, 1]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: gather: index [3, 1] must have as many axes as x [2, 3], and none that is longer except along dim 1. Slice or reshape the index, or broadcast x.]`,
    );
    expect(() => gather(zeros([5, 4, 2]), 2, zeros([3, 6, 1], { dtype: "int32" }))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: gather: index [3, 6, 1] must have as many axes as x [5, 4, 2], and none that is longer except along dim 2. Slice or reshape the index, or broadcast x.]`,
    );
    expect(() => gather(x, 2, int32([0, 0], [2, 1]))).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: gather: dim 2 is not an axis of [2, 3]. Use -2 to 1.]`,
    );
    expect(() => gather(x, [1] as never, int32([0, 0], [2, 1]))).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: gather: dim must be one axis, a number, got [1].]`,
    );
    expect(() => gather(tensor(1), 0, int32([0], []))).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: gather: dim 0 is not an axis of []. A scalar has none.]`,
    );
    const remote = { ...cpu, name: "remote", isHost: false };
    expect(() => gather(x, 1, tensor([[0], [0]]).to(remote))).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: gather: index must be int32, got float32. Use cast(index, "int32").]`,
    );
    expect(() => gather(x, 1, [0, 0] as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: gather: index must be a tensor, got [0, 0]. Make a tensor with tensor(values, shape).]`,
    );
    expect(() => gather(1 as never, 1, int32([0]))).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: gather: x must be a tensor, got 1. Make a tensor with tensor(values, shape).]`,
    );
  });

  test("labels that are no classes", () => {
    expect(() => oneHot(int32([0, 3]), 3)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: oneHot: labels has the element 3, but every one must be an integer from 0 to 2.]`,
    );
    expect(() => oneHot(int32([-1]), 3)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: oneHot: labels has the element -1, but every one must be an integer from 0 to 2.]`,
    );
    expect(() => oneHot(int32([0]), 0)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: oneHot: classes must be a positive integer, got 0.]`,
    );
    expect(() => oneHot(tensor([0.5]), 3)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: oneHot: labels has the element 0.5, but every one must be an integer from 0 to 2.]`,
    );
    expect(() => oneHot([0] as never, 3)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: oneHot: labels must be a tensor, got [0]. Make a tensor with tensor(values, shape).]`,
    );
    expect(() => oneHot(int32([0]), 3, { dtype: "bool" as never })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: oneHot: dtype must be "float32", "float64" or "int32", got "bool".]`,
    );
    expect(() => oneHot(int32([0]), 3, { classes: 3 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: oneHot: unknown option classes. It takes dtype, device.]`,
    );
  });
});
