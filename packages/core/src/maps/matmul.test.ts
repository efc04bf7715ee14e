import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { at, dot, indicesOf, integers, list, RUNS } from "../../test/samples.js";
import { eye, ones, tensor, zeros } from "../create.js";
import { cpu } from "../device/cpu.js";
import type { Shape } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { plain } from "../testing/specification.js";
import { matmul } from "./matmul.js";
import { matmulGeometry } from "./matmulGeometry.js";
import { sum } from "./reduce.js";
import { reshape } from "./reshape.js";
import { transpose } from "./strided.js";

const a = tensor([
  [1, 2],
  [3, 4],
]);

/** Two stacks of matrices whose leading axes broadcast: an axis may be 1 in one of them, and leading ones missing. */
const product = fc
  .record({
    batch: fc.array(fc.record({ length: fc.nat(3), ofA: fc.boolean(), ofB: fc.boolean() }), { maxLength: 3 }),
    dropA: fc.nat(3),
    dropB: fc.nat(3),
    rows: fc.nat(4),
    depth: fc.nat(4),
    columns: fc.nat(5),
    seed: fc.nat(),
  })
  .map(({ batch, dropA, dropB, rows, depth, columns, seed }) => {
    const aBatch = batch.map(({ length, ofA }) => (ofA ? 1 : length)).slice(dropA);
    const bBatch = batch.map(({ length, ofB }) => (ofB ? 1 : length)).slice(dropB);
    return { aShape: [...aBatch, rows, depth], bShape: [...bBatch, depth, columns], seed };
  });

/** The matrix of a stack that broadcasting puts at `batch`, element [i, j]. */
const pick = (x: Tensor, batch: readonly number[], i: number, j: number): number => {
  const lengths = x.shape.slice(0, -2);
  const own = batch.slice(batch.length - lengths.length).map((place, axis) => (lengths[axis] === 1 ? 0 : place));
  return at(x, [...own, i, j]);
};

const dotProduct = (depth: number, term: (k: number) => number) =>
  Array.from({ length: depth }, (_, k) => term(k)).reduce((total, value) => total + value, 0);

/** The sum over the axes along which a tensor of `shape` was repeated: the adjoint of broadcasting. */
function unbroadcast(x: Tensor, shape: Shape): Tensor {
  const missing = x.shape.length - shape.length;
  const dim = [...x.shape.keys()].filter((axis) => axis < missing || shape[axis - missing] === 1);
  return reshape(sum(x, { dim }), shape);
}

describe("matmul", () => {
  test("by hand: rows times columns", () => {
    const y = matmul(
      a,
      tensor([
        [5, 6, 7],
        [8, 9, 10],
      ]),
    );
    expect(y.shape).toEqual([2, 3]);
    expect(list(y)).toEqual([21, 24, 27, 47, 54, 61]);
    expect(list(matmul(a, eye(2)))).toEqual([1, 2, 3, 4]);
    expect(list(matmul(eye(2), a))).toEqual([1, 2, 3, 4]);
  });

  test("by hand: a vector on the left is a row, one on the right a column", () => {
    const v = tensor([10, 1]);
    expect([matmul(a, v).shape, list(matmul(a, v))]).toEqual([[2], [12, 34]]);
    expect([matmul(v, a).shape, list(matmul(v, a))]).toEqual([[2], [13, 24]]);
    expect([matmul(v, v).shape, matmul(v, v).item()]).toEqual([[], 101]);
    expect(matmul(ones([5, 3, 2]), v).shape).toEqual([5, 3]);
    expect(matmul(v, ones([5, 2, 3])).shape).toEqual([5, 3]);
  });

  test("by hand: stacks of matrices, and one matrix for all", () => {
    const pair = tensor([1, 2, 3, 4, 10, 20, 30, 40], [2, 2, 2]);
    expect(list(matmul(pair, tensor([1, 1])))).toEqual([3, 7, 30, 70]);
    expect(list(matmul(eye(2), pair))).toEqual(list(pair));
    expect(matmul(ones([4, 1, 2, 3]), ones([5, 3, 6])).shape).toEqual([4, 5, 2, 6]);
  });

  test("y[…, i, j] = Σ a[…, i, k]·b[…, k, j]", () => {
    fc.assert(
      fc.property(product, ({ aShape, bShape, seed }) => {
        const [left, right] = [integers(aShape, seed), integers(bShape, seed + 1)];
        const y = matmul(left, right);
        const rank = Math.max(aShape.length, bShape.length);
        expect(y.shape.length).toBe(rank);
        expect(y.shape.slice(-2)).toEqual([aShape.at(-2), bShape.at(-1)]);
        expect(list(y)).toEqual(
          indicesOf(y.shape).map((index) => {
            const [i, j] = index.slice(-2);
            const batch = index.slice(0, -2);
            const term = (k: number) => pick(left, batch, i, k) * pick(right, batch, k, j);
            return dotProduct(aShape[aShape.length - 1], term);
          }),
        );
      }),
      RUNS,
    );
  });

  test("vectors are matrices of one row or column", () => {
    fc.assert(
      fc.property(fc.nat(4), fc.nat(4), fc.nat(2), fc.nat(), (depth, columns, batch, seed) => {
        const [v, m] = [integers([depth], seed), integers([batch, depth, columns], seed + 1)];
        expect(list(matmul(v, m))).toEqual(list(matmul(reshape(v, [1, depth]), m)));
        const mT = transpose(m, 1, 2);
        expect(list(matmul(mT, v))).toEqual(list(matmul(mT, reshape(v, [depth, 1]))));
        expect(matmul(v, v).item()).toBe(dot(v, v));
      }),
      RUNS,
    );
  });

  test("⟨A·B, g⟩ = ⟨A, g·Bᵀ⟩ = ⟨B, Aᵀ·g⟩, summed where a stack was repeated", () => {
    fc.assert(
      fc.property(product, ({ aShape, bShape, seed }) => {
        const [left, right] = [integers(aShape, seed), integers(bShape, seed + 1)];
        const y = matmul(left, right);
        const g = integers(y.shape, seed + 2);
        expect(dot(left, unbroadcast(matmul(g, transpose(right, -2, -1)), aShape))).toBe(dot(y, g));
        expect(dot(right, unbroadcast(matmul(transpose(left, -2, -1), g), bShape))).toBe(dot(y, g));
      }),
      RUNS,
    );
  });

  test("an inner axis of 0 makes zeros; batches of 0 make none", () => {
    expect(list(matmul(zeros([2, 0]), zeros([0, 2])))).toEqual([0, 0, 0, 0]);
    expect(matmul(zeros([0]), zeros([0])).item()).toBe(0);
    expect(matmul(zeros([0, 2, 3]), ones([3, 4])).shape).toEqual([0, 2, 4]);
    expect(matmul(ones([1, 2, 3]), zeros([0, 3, 4])).shape).toEqual([0, 2, 4]);
    expect(matmul(zeros([0, 3]), ones([3])).shape).toEqual([0]);
  });

  test("plain: a float32 is summed in float64 and rounded once; float64 stays", () => {
    const onPlain = { device: plain };
    expect(matmul(tensor([2 ** 24, 1, 1], undefined, onPlain), ones([3], onPlain)).item()).toBe(2 ** 24 + 2);
    const y = matmul(tensor(Float64Array.of(0.1)), tensor(Float64Array.of(3)));
    expect([y.dtype, y.item()]).toEqual(["float64", 0.1 * 3]);
    expect(matmul(a, a).dtype).toBe("float32");
  });

  test("NaN and infinity follow IEEE 754: 0·∞ and 0·NaN are NaN", () => {
    const odd = tensor([[Number.POSITIVE_INFINITY, Number.NaN]]);
    expect(list(matmul(tensor([[0], [2]]), odd))).toEqual([
      Number.NaN,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NaN,
    ]);
  });

  test("matmulGeometry by hand", () => {
    expect(matmulGeometry([5, 1, 2, 3], [4, 3, 6])).toEqual({
      rows: 2,
      depth: 3,
      columns: 6,
      aBatch: [5, 1],
      bBatch: [4],
      yShape: [5, 4, 2, 6],
    });
  });
});

describe("what cannot be is an error", () => {
  test("sizes that do not meet, in the shapes that were given", () => {
    expect(() => matmul(ones([2, 3]), ones([2, 3]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: matmul: a [2, 3] has 3 columns, but b [2, 3] has 2 rows. Make them equal, or transpose one.]`,
    );
    expect(() => matmul(ones([3]), ones([2, 2]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: matmul: a [3] has 3 columns, but b [2, 2] has 2 rows. Make them equal, or transpose one.]`,
    );
    expect(() => matmul(ones([2, 2]), ones([3]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: matmul: a [2, 2] has 2 columns, but b [3] has 3 rows. Make them equal, or transpose one.]`,
    );
    expect(() => matmul(ones([2]), ones([3]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: matmul: a [2] has 2 columns, but b [3] has 3 rows. Make them equal, or transpose one.]`,
    );
    expect(() => matmulGeometry([2, 3], [4, 5])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: matmul: a [2, 3] has 3 columns, but b [4, 5] has 4 rows. Make them equal, or transpose one.]`,
    );
  });

  test("stacks that do not broadcast, and scalars", () => {
    expect(() => matmul(ones([2, 4, 5]), ones([3, 5, 6]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: matmul: the leading axes of a [2, 4, 5] and b [3, 5, 6]: shapes [2] and [3] do not broadcast: axis -1 has lengths 2 and 3. Make them equal, or one of them 1.]`,
    );
    expect(() => matmul(ones([2, 2]), tensor(2))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: matmul: a [2, 2] and b [] must have at least one axis each. Use mul for scalars.]`,
    );
    expect(() => matmul(tensor(2), ones([2]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: matmul: a [] and b [2] must have at least one axis each. Use mul for scalars.]`,
    );
  });

  test("types that are mixed, or int32", () => {
    const int32 = ones([2, 2], { dtype: "int32" });
    expect(() => matmul(int32, int32)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: matmul: its tensors are int32, but it computes in floats. Use cast(x, "float32").]`,
    );
    expect(() => matmul(a, int32)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: matmul: its tensors have dtypes float32 and int32. Make them of one: cast(x, "float32").]`,
    );
    expect(() => matmul(a, ones([2, 2], { dtype: "float64" }))).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: matmul: its tensors have dtypes float32 and float64. Make them of one: cast(x, "float64").]`,
    );
  });

  test("what is no tensor, or lives elsewhere", () => {
    expect(() => matmul(a, a.to({ ...cpu, name: "other" }))).toThrowErrorMatchingInlineSnapshot(
      `[BackendError: matmul: its tensors live on two devices, cpu and other. Move one: x.to(device).]`,
    );
    expect(() => matmul([[1]] as never, a)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: matmul: a must be a tensor, got [[1]]. Make a tensor with tensor(values, shape).]`,
    );
    expect(() => matmul(a, 2 as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: matmul: b must be a tensor, got 2. Make a tensor with tensor(values, shape).]`,
    );
  });
});
