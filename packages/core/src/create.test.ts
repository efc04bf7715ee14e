import { describe, expect, test } from "vitest";
import { list } from "../test/samples.js";
import { arange, eye, full, ones, tensor, zeros } from "./create.js";
import { cpu } from "./device/cpu.js";

describe("tensor", () => {
  test("by hand: nested arrays give their shape and their numbers row by row", () => {
    const x = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(x.shape).toEqual([2, 3]);
    expect(list(x)).toEqual([1, 2, 3, 4, 5, 6]);
    expect([x.dtype, x.device, x.size]).toEqual(["float32", cpu, 6]);
  });

  test("a number makes a scalar", () => {
    expect(tensor(3).shape).toEqual([]);
    expect(tensor(3).item()).toBe(3);
  });

  test("empty arrays make empty tensors", () => {
    expect(tensor([]).shape).toEqual([0]);
    expect(tensor([[], []]).shape).toEqual([2, 0]);
    expect(tensor([], [2, 0, 3]).shape).toEqual([2, 0, 3]);
    expect(tensor(new Float32Array(0)).shape).toEqual([0]);
  });

  test("values take the shape they are given", () => {
    expect(tensor([1, 2, 3, 4], [2, 2]).shape).toEqual([2, 2]);
    expect(
      tensor(
        [
          [1, 2],
          [3, 4],
        ],
        [4],
      ).shape,
    ).toEqual([4]);
    expect(tensor(Float32Array.of(1, 2), [1, 2, 1]).shape).toEqual([1, 2, 1]);
  });

  test("a typed array gives its dtype, unless another is asked for", () => {
    expect(tensor(Float64Array.of(0.1)).dtype).toBe("float64");
    expect(tensor(Int32Array.of(1)).dtype).toBe("int32");
    expect(tensor(Float32Array.of(1)).dtype).toBe("float32");
    expect(tensor(Float64Array.of(0.1), [1], { dtype: "float32" }).dtype).toBe("float32");
    expect(tensor(Float64Array.of(0.1)).item()).toBe(0.1);
    expect(tensor([0.1]).item()).toBe(Math.fround(0.1));
  });

  test("it copies: neither the values nor the shape can be changed from outside", () => {
    const [values, shape] = [Float32Array.of(1, 2), [2]];
    const x = tensor(values, shape);
    values[0] = 9;
    shape[0] = 9;
    expect(list(x)).toEqual([1, 2]);
    expect(x.shape).toEqual([2]);
  });

  test("an int32 holds every integer of its range, and nothing else", () => {
    const [least, most] = [-(2 ** 31), 2 ** 31 - 1];
    expect(list(tensor([least, -1, 0, most], [4], { dtype: "int32" }))).toEqual([least, -1, 0, most]);
    const int32 = (value: number) => () => tensor([value], [1], { dtype: "int32" });
    expect(int32(0.5)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: tensor: int32 holds integers from -2147483648 to 2147483647, got 0.5. Use dtype: "float64".]`,
    );
    expect(int32(most + 1)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: tensor: int32 holds integers from -2147483648 to 2147483647, got 2147483648. Use dtype: "float64".]`,
    );
    expect(int32(Number.NaN)).toThrow(RangeError);
    expect(int32(least - 1)).toThrow(RangeError);
    expect(() => tensor(Float64Array.of(1.5), [1], { dtype: "int32" })).toThrow(RangeError);
  });

  test("ragged arrays are an error that says where", () => {
    expect(() => tensor([[1, 2], [3]])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: tensor: the nested arrays are ragged: at depth 1 one has length 1, the first has 2. Make them equal.]`,
    );
    expect(() => tensor([1, [2]])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: tensor: the nested arrays are ragged: at depth 1 one has length 1, where the first is a number. Make them equal.]`,
    );
    expect(() => tensor([[1], 2])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: tensor: the nested arrays are ragged: a number stands where the first is an array. Make them equal.]`,
    );
    expect(() => tensor([[[1]], [[2], [3]]])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: tensor: the nested arrays are ragged: at depth 1 one has length 2, the first has 1. Make them equal.]`,
    );
    expect(() => tensor([[], [1]])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: tensor: the nested arrays are ragged: at depth 1 one has length 1, the first has 0. Make them equal.]`,
    );
    expect(() => tensor([["1"]] as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: tensor: every value must be a number, got "1".]`,
    );
    expect(() => tensor([undefined] as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: tensor: every value must be a number, got undefined.]`,
    );
  });

  test("a wrong number of values, a shape or a dtype that is none are errors", () => {
    expect(() => tensor([1, 2, 3], [2, 2])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: tensor: 3 values do not fill the shape [2, 2], which has 4 elements.]`,
    );
    expect(() => tensor([1], 1 as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: tensor: shape must be an array of axes such as [2, 3], got 1.]`,
    );
    expect(() => tensor([1], [-1])).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: tensor: each axis of shape [-1] must be an integer of at least 0, got -1.]`,
    );
    expect(() => tensor([1], [1], { dtype: "float16" as never })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: tensor: dtype must be "float32", "float64" or "int32", got "float16".]`,
    );
    expect(() => tensor([1], [1], { type: "int32" } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: tensor: unknown option type. It takes dtype, device.]`,
    );
    expect(() => tensor([1], { dtype: "int32" } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: tensor: shape must be an array of axes such as [2, 3], got an object.]`,
    );
  });
});

describe("zeros, ones and full", () => {
  test("by hand", () => {
    expect(list(zeros([2, 2]))).toEqual([0, 0, 0, 0]);
    expect(list(ones([3]))).toEqual([1, 1, 1]);
    expect(list(full([2], 2.5))).toEqual([2.5, 2.5]);
    expect(full([], 7).item()).toBe(7);
    expect(full([0], 7).size).toBe(0);
  });

  test.each(["float32", "float64", "int32"] as const)("they hold %s when asked", (dtype) => {
    expect([zeros([1], { dtype }).dtype, ones([1], { dtype }).dtype, full([1], 2, { dtype }).dtype]).toEqual([
      dtype,
      dtype,
      dtype,
    ]);
  });

  test("an option or axis that cannot be is an error", () => {
    expect(() => zeros([2, -3])).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: zeros: each axis of shape [2, -3] must be an integer of at least 0, got -3.]`,
    );
    expect(() => zeros([1.5])).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: zeros: each axis of shape [1.5] must be an integer of at least 0, got 1.5.]`,
    );
    expect(() => zeros(3 as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: zeros: shape must be an array of axes such as [2, 3], got 3.]`,
    );
    expect(() => zeros([1], { dType: "int32" } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: zeros: unknown option dType. Did you mean dtype?]`,
    );
    expect(() => full([1], 0.5, { dtype: "int32" })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: full: int32 holds integers from -2147483648 to 2147483647, got 0.5. Use dtype: "float64".]`,
    );
    expect(() => full([1], 1, { dtype: "bool" as never })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: full: dtype must be "float32", "float64" or "int32", got "bool".]`,
    );
    expect(() => ones([-1])).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: ones: each axis of shape [-1] must be an integer of at least 0, got -1.]`,
    );
  });
});

describe("arange", () => {
  test("by hand: the numbers from 0 on", () => {
    const x = arange(4);
    expect([x.shape, x.dtype, x.device]).toEqual([[4], "float32", cpu]);
    expect(list(x)).toEqual([0, 1, 2, 3]);
    expect(list(arange(1))).toEqual([0]);
    expect(arange(0).shape).toEqual([0]);
  });

  test.each(["float32", "float64", "int32"] as const)("they are %s when asked", (dtype) => {
    const x = arange(1000, { dtype });
    expect(x.dtype).toBe(dtype);
    expect(list(x).every((value, i) => value === i)).toBe(true);
  });

  test("they live on the device that is asked for", () => {
    const other = { ...cpu, name: "other" };
    expect(arange(2, { device: other }).device).toBe(other);
  });

  test("a count or a dtype that is none is an error, and so is one that the dtype cannot hold", () => {
    expect(() => arange(-1)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: arange: n must be an integer of at least 0, got -1.]`,
    );
    expect(() => arange(2.5)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: arange: n must be an integer of at least 0, got 2.5.]`,
    );
    expect(() => arange([3] as never)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: arange: n must be an integer of at least 0, got [3].]`,
    );
    expect(() => arange(2 ** 24 + 2)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: arange: float32 counts to 2^24 only, got n 16777218. Use dtype: "int32".]`,
    ); // its last number would be 2^24 + 1
    expect(() => arange(3, { dtype: "bool" as never })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: arange: dtype must be "float32", "float64" or "int32", got "bool".]`,
    );
    expect(() => arange(3, { step: 2 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: arange: unknown option step. It takes dtype, device.]`,
    );
    expect(() => arange(0, 3 as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: arange: the last argument is the options, got 3. Pass an object: { dtype: 3 }.]`,
    );
  });
});

describe("eye", () => {
  test("by hand: ones along the diagonal", () => {
    const x = eye(3);
    expect([x.shape, x.dtype, x.device]).toEqual([[3, 3], "float32", cpu]);
    expect(list(x)).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
    expect(list(eye(1))).toEqual([1]);
    expect(eye(0).shape).toEqual([0, 0]);
  });

  test.each(["float32", "float64", "int32"] as const)(
    "it is %s when asked, on the device that is asked for",
    (dtype) => {
      const other = { ...cpu, name: "other" };
      const x = eye(2, { dtype, device: other });
      expect([x.dtype, x.device, list(x)]).toEqual([dtype, other, [1, 0, 0, 1]]);
    },
  );

  test("a size or an option that is none is an error", () => {
    expect(() => eye(-1)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: eye: n must be an integer of at least 0, got -1.]`,
    );
    expect(() => eye([2, 2] as never)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: eye: n must be an integer of at least 0, got [2, 2].]`,
    );
    expect(() => eye(2, { dtype: "float16" as never })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: eye: dtype must be "float32", "float64" or "int32", got "float16".]`,
    );
    expect(() => eye(2, 3 as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: eye: the last argument is the options, got 3. Pass an object: { dtype: 3 }.]`,
    );
  });
});
