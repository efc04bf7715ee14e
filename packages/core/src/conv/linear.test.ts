import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { at, dot, indicesOf, integers, list, RUNS } from "../../test/samples.js";
import { ones, tensor, zeros } from "../create.js";
import { convAdjointW, convAdjointX } from "./convolve.js";
import { linear } from "./linear.js";

describe("linear", () => {
  test("by hand: y = x wᵀ + b", () => {
    const [x, w] = [
      tensor([[1, 2, 3]]),
      tensor([
        [1, 0, 0],
        [1, 1, 1],
      ]),
    ];
    expect(list(linear(x, w))).toEqual([1, 6]);
    expect(list(linear(x, w, tensor([10, 20])))).toEqual([11, 26]);
  });

  test("a vector gives a vector, further leading axes stay", () => {
    const w = ones([2, 3]);
    expect(linear(ones([3]), w).shape).toEqual([2]);
    expect(linear(ones([5, 4, 3]), w, zeros([2])).shape).toEqual([5, 4, 2]);
    expect(linear(ones([0, 3]), w).shape).toEqual([0, 2]);
    expect(list(linear(zeros([2, 0]), zeros([1, 0]), tensor([7])))).toEqual([7, 7]);
  });

  test("y[…, o] = Σ x[…, i] · w[o, i] + b[o] for all shapes", () => {
    const size = fc.nat(4);
    fc.assert(
      fc.property(fc.array(size, { maxLength: 3 }), size, size, fc.nat(), (leading, ins, outs, seed) => {
        const [x, w, b] = [
          integers([...leading, ins], seed),
          integers([outs, ins], seed + 1),
          integers([outs], seed + 2),
        ];
        const y = linear(x, w, b);
        expect(y.shape).toEqual([...leading, outs]);
        for (const index of indicesOf(y.shape)) {
          const [row, o] = [index.slice(0, -1), index[index.length - 1]];
          let sum = at(b, [o]);
          for (let i = 0; i < ins; i++) sum += at(x, [...row, i]) * at(w, [o, i]);
          expect(at(y, index)).toBe(sum);
        }
      }),
      RUNS,
    );
  });

  test("⟨x wᵀ, g⟩ = ⟨x, g w⟩ = ⟨w, gᵀ x⟩: its adjoints are those of a convolution without spatial axes", () => {
    const size = fc.nat(4);
    let empty = 0;
    fc.assert(
      fc.property(size, size, size, fc.nat(), (rows, ins, outs, seed) => {
        const [x, w, g] = [
          integers([rows, ins], seed),
          integers([outs, ins], seed + 1),
          integers([rows, outs], seed + 2),
        ];
        const y = linear(x, w);
        const [gradX, gradW] = [convAdjointX(g, w, { inSize: [] }), convAdjointW(x, g, { kernelSize: [] })];
        expect([gradX.shape, gradW.shape]).toEqual([x.shape, w.shape]);
        expect(dot(y, g)).toBe(dot(x, gradX));
        expect(dot(y, g)).toBe(dot(w, gradW));
        if (rows * ins * outs === 0) empty++;
      }),
      RUNS,
    );
    expect(empty).toBeGreaterThan(20);
  });

  test("what does not fit is an error", () => {
    expect(() => linear(zeros([5, 4]), zeros([2, 3]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: linear: x [5, 4] must end in the 3 features that w [2, 3], [out, in], takes. Reshape x, or make w [2, 4].]`,
    );
    expect(() => linear(zeros([5, 3]), zeros([2, 3]), zeros([3]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: linear: b has shape [3], but these sizes need [2]. Give it that shape.]`,
    );
    expect(() => linear(zeros([]), zeros([2, 3]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: linear: x must have at least one axis, the features, but it is a scalar. Reshape it.]`,
    );
    expect(() => linear(zeros([2, 3]), zeros([3]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: linear: w must have 2 axes, [out, in], but its shape is [3]. Reshape it.]`,
    );
    expect(() => linear(zeros([2, 3]), zeros([2, 3, 1]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: linear: w must have 2 axes, [out, in], but its shape is [2, 3, 1]. Reshape it.]`,
    );
  });

  test("what is no tensor, and tensors of two types or of int32", () => {
    const [x, w, int32] = [ones([2, 3]), ones([4, 3]), { dtype: "int32" } as const];
    expect(() => linear(2 as never, w)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: linear: x must be a tensor, got 2. Make a tensor with tensor(values, shape).]`,
    );
    expect(() => linear(x, "w" as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: linear: w must be a tensor, got "w". Make a tensor with tensor(values, shape).]`,
    );
    expect(() => linear(x, w, { bias: true } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: linear: b must be a tensor, got an object. Make a tensor with tensor(values, shape).]`,
    );
    expect(() => linear(x, w, ones([4], int32))).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: linear: its tensors have dtypes float32 and int32. Make them of one: cast(x, "float32").]`,
    );
    expect(() => linear(ones([2, 3], int32), ones([4, 3], int32))).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: linear: its tensors are int32, but it computes in floats. Use cast(x, "float32").]`,
    );
  });
});
