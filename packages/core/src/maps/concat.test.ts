import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { at, dot, indicesOf, integers, list, RUNS } from "../../test/samples.js";
import { ones, tensor, zeros } from "../create.js";
import { cpu } from "../device/cpu.js";
import { concat, stack } from "./concat.js";
import { concatGeometry } from "./concatGeometry.js";
import { slice } from "./strided.js";

const a = tensor([[1], [2]]);
const b = tensor([
  [3, 4],
  [5, 6],
]);

/** Shapes that agree except along one axis. */
const joined = fc
  .tuple(
    fc.array(fc.nat(3), { minLength: 1, maxLength: 4 }),
    fc.nat(),
    fc.array(fc.nat(3), { minLength: 1, maxLength: 4 }),
  )
  .chain(([shape, any, lengths]) => {
    const axis = any % shape.length;
    return fc.record({
      axis: fc.constant(axis),
      dim: fc.constantFrom(axis, axis - shape.length),
      lengths: fc.constant(lengths),
      shapes: fc.constant(lengths.map((length) => shape.map((given, d) => (d === axis ? length : given)))),
      seed: fc.nat(),
    });
  });

describe("concat", () => {
  test("by hand: side by side, and one below the other", () => {
    const y = concat([a, b], 1);
    expect(y.shape).toEqual([2, 3]);
    expect(list(y)).toEqual([1, 3, 4, 2, 5, 6]);
    expect(list(concat([b, tensor([[7, 8]])]))).toEqual([3, 4, 5, 6, 7, 8]);
    expect(list(concat([tensor([1]), tensor([]), tensor([2, 3])]))).toEqual([1, 2, 3]);
    expect(list(concat([b]))).toEqual(list(b));
  });

  test("every element of the result is that of the tensor into which its position falls", () => {
    fc.assert(
      fc.property(joined, ({ axis, dim, lengths, shapes, seed }) => {
        const tensors = shapes.map((shape, t) => integers(shape, seed + t));
        const total = lengths.reduce((sum, length) => sum + length, 0);
        const y = concat(tensors, dim);
        expect(y.shape).toEqual(shapes[0].map((length, d) => (d === axis ? total : length)));
        const owners = lengths.flatMap((length, t) => Array.from({ length }, (_, i) => [t, i]));
        expect(list(y)).toEqual(
          indicesOf(y.shape).map((index) => {
            const [t, i] = owners[index[axis]];
            return at(
              tensors[t],
              index.map((given, d) => (d === axis ? i : given)),
            );
          }),
        );
      }),
      RUNS,
    );
  });

  test("its adjoint gives every tensor its slice: ⟨concat xs, g⟩ = Σ ⟨x, slice g⟩", () => {
    fc.assert(
      fc.property(joined, ({ dim, lengths, shapes, seed }) => {
        const tensors = shapes.map((shape, t) => integers(shape, seed + t));
        const y = concat(tensors, dim);
        const g = integers(y.shape, seed + 9);
        let [start, total] = [0, 0];
        tensors.forEach((x, t) => {
          total += dot(x, slice(g, { dim, start, end: start + lengths[t] }));
          start += lengths[t];
        });
        expect(total).toBe(dot(y, g));
      }),
      RUNS,
    );
  });

  test("types are promoted; NaN, infinity and −0 move as they are; the arguments stay as they are", () => {
    const [i, f, d] = [tensor(Int32Array.of(3)), tensor([0.5]), tensor(Float64Array.of(0.1))];
    expect([concat([i, i]).dtype, concat([i, f]).dtype, concat([f, i, d]).dtype]).toEqual([
      "int32",
      "float32",
      "float64",
    ]);
    expect(list(concat([f, i, d]))).toEqual([0.5, 3, 0.1]);
    expect(i.dtype).toBe("int32");
    const odd = [Number.NaN, Number.NEGATIVE_INFINITY, -0];
    expect(list(concat([tensor(odd), tensor(odd)]))).toEqual([...odd, ...odd]);
    expect(concat([f]).storage).not.toBe(f.storage);
  });

  test("batches of 0, and no elements at all", () => {
    expect(concat([zeros([0, 2]), zeros([0, 3])], 1).shape).toEqual([0, 5]);
    expect(list(concat([zeros([0, 2]), ones([1, 2])]))).toEqual([1, 1]);
    expect(concat([zeros([0])]).shape).toEqual([0]);
  });

  test("concatGeometry by hand", () => {
    expect(
      concatGeometry(
        [
          [2, 3, 4],
          [2, 5, 4],
        ],
        -2,
      ),
    ).toEqual({ dim: 1, outer: 2, lengths: [3, 5], inner: 4, yShape: [2, 8, 4] });
  });
});

describe("stack", () => {
  test("by hand: along a new axis, first, last or between", () => {
    const [p, q] = [tensor([1, 2]), tensor([3, 4])];
    expect([stack([p, q]).shape, list(stack([p, q]))]).toEqual([
      [2, 2],
      [1, 2, 3, 4],
    ]);
    expect(list(stack([p, q], 1))).toEqual([1, 3, 2, 4]);
    expect(list(stack([p, q], -1))).toEqual([1, 3, 2, 4]);
    expect(list(stack([p, q], -2))).toEqual([1, 2, 3, 4]);
    expect(stack([b, b, b], 1).shape).toEqual([2, 3, 2]);
  });

  test("scalars make a vector", () => {
    const y = stack([tensor(1), tensor(2), tensor(3)]);
    expect([y.shape, list(y)]).toEqual([[3], [1, 2, 3]]);
    expect(stack([tensor(1)], -1).shape).toEqual([1]);
  });

  test("element t of the new axis is tensor t", () => {
    const stacked = fc.array(fc.nat(3), { maxLength: 3 }).chain((shape) =>
      fc.record({
        shape: fc.constant(shape),
        axis: fc.nat(shape.length),
        fromEnd: fc.boolean(),
        count: fc.integer({ min: 1, max: 4 }),
        seed: fc.nat(),
      }),
    );
    fc.assert(
      fc.property(stacked, ({ shape, axis, fromEnd, count, seed }) => {
        const tensors = Array.from({ length: count }, (_, t) => integers(shape, seed + t));
        const y = stack(tensors, fromEnd ? axis - shape.length - 1 : axis);
        expect(y.shape).toEqual([...shape.slice(0, axis), count, ...shape.slice(axis)]);
        expect(list(y)).toEqual(indicesOf(y.shape).map((index) => at(tensors[index[axis]], index.toSpliced(axis, 1))));
      }),
      RUNS,
    );
  });

  test("types are promoted, batches of 0 stay empty", () => {
    expect(stack([tensor(Int32Array.of(1)), tensor([0.5])]).dtype).toBe("float32");
    expect(stack([zeros([0, 2]), zeros([0, 2])], 1).shape).toEqual([0, 2, 2]);
  });
});

describe("what cannot be is an error", () => {
  test("shapes that differ", () => {
    expect(() => concat([a, b])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: concat: shapes [2, 1] and [2, 2] must be equal except along dim 0.]`,
    );
    expect(() => concat([b, tensor([1, 2])])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: concat: shapes [2, 2] and [2] must be equal except along dim 0.]`,
    );
    expect(() => stack([a, b])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: stack: shapes [2, 1] and [2, 2] must be equal. Use concat to join along an axis they have.]`,
    );
    expect(() => stack([tensor(1), tensor([1])])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: stack: shapes [] and [1] must be equal. Use concat to join along an axis they have.]`,
    );
  });

  test("axes that do not exist", () => {
    expect(() => concat([a, b], 2)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: concat: dim 2 is not an axis of [2, 1]. Use -2 to 1.]`,
    );
    expect(() => concat([a, b], [1] as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: concat: dim must be one axis, a number, got [1].]`,
    );
    expect(() => concat([tensor(1), tensor(2)])).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: concat: dim 0 is not an axis of []. A scalar has none.]`,
    );
    expect(() => stack([tensor([1, 2, 3]), tensor([4, 5, 6])], 2)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: stack: dim 2 is not an axis of [3, 2]. Use -2 to 1.]`,
    );
    expect(() => stack([a, a], null as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: stack: dim must be one axis, a number, got null.]`,
    );
  });

  test("what are no tensors, or live on two devices", () => {
    const there = a.to({ ...cpu, name: "other" });
    expect(() => concat([a, there])).toThrowErrorMatchingInlineSnapshot(
      `[BackendError: concat: its tensors live on two devices, cpu and other. Move one: x.to(device).]`,
    );
    expect(() => stack([there, a])).toThrowErrorMatchingInlineSnapshot(
      `[BackendError: stack: its tensors live on two devices, other and cpu. Move one: x.to(device).]`,
    );
    expect(() => concat([])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: concat: tensors must be an array of at least one tensor, got []. Write concat([a, b], dim).]`,
    );
    expect(() => concat(a as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: concat: tensors must be an array of at least one tensor, got a tensor [2, 1]. Write concat([a, b], dim).]`,
    );
    expect(() => concat([a, 3] as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: concat: tensors[1] must be a tensor, got 3. Make a tensor with tensor(values, shape).]`,
    );
    expect(() => stack([])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: stack: tensors must be an array of at least one tensor, got []. Write stack([a, b], dim).]`,
    );
    expect(() => stack([1, 2] as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: stack: tensors[0] must be a tensor, got 1. Make a tensor with tensor(values, shape).]`,
    );
  });
});
