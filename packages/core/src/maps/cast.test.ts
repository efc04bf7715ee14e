import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { integers, list, RUNS } from "../../test/samples.js";
import { tensor, zeros } from "../create.js";
import type { DType } from "../dtype.js";
import { cast } from "./cast.js";

const DTYPES: readonly DType[] = ["float32", "float64", "int32"];
const [most, least] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

describe("cast", () => {
  test("by hand: fractions are cut off towards 0 on the way to int32", () => {
    const x = tensor([[1.9, -1.9, 2, -0.5]]);
    const y = cast(x, "int32");
    expect([y.dtype, y.shape]).toEqual(["int32", [1, 4]]);
    expect(list(y)).toEqual([1, -1, 2, 0]);
    expect(list(x)).toEqual(list(tensor([1.9, -1.9, 2, -0.5])));
  });

  test("by hand: float64 is rounded to float32; the way back changes nothing", () => {
    const x = tensor(Float64Array.of(0.1, 2 ** 24 + 1, 1e300));
    expect(list(cast(x, "float32"))).toEqual([Math.fround(0.1), 2 ** 24, most]);
    expect(list(cast(cast(x, "float32"), "float64"))).toEqual([Math.fround(0.1), 2 ** 24, most]);
  });

  test("the numbers of one type that another holds are the same there", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3), { maxLength: 3 }), fc.nat(), (shape, seed) => {
        const x = integers(shape, seed);
        for (const from of DTYPES) {
          for (const to of DTYPES) {
            const y = cast(cast(x, from), to);
            expect([y.dtype, y.shape]).toEqual([to, shape]);
            expect(list(y)).toEqual(list(x));
          }
        }
      }),
      RUNS,
    );
  });

  test("a tensor that has the type already is itself; else it is a copy", () => {
    for (const dtype of DTYPES) {
      const x = tensor([1, 2], [2], { dtype });
      expect(cast(x, dtype)).toBe(x);
      for (const other of DTYPES) if (other !== dtype) expect(cast(x, other).storage).not.toBe(x.storage);
    }
  });

  test("int32 holds both ends of its range, and what is cut to them", () => {
    const [low, high] = [-(2 ** 31), 2 ** 31 - 1];
    expect(list(cast(tensor(Float64Array.of(low, high, low - 0.5, high + 0.5)), "int32"))).toEqual([
      low,
      high,
      low,
      high,
    ]);
  });

  test("floats keep NaN, infinities and −0; scalars and batches of 0", () => {
    const odd = [Number.NaN, most, least, -0];
    expect(list(cast(tensor(odd), "float64"))).toEqual(odd);
    expect(list(cast(tensor(Float64Array.from(odd)), "float32"))).toEqual(odd);
    expect(list(cast(tensor(-0), "int32"))).toEqual([0]);
    expect(cast(tensor(2.5), "int32").shape).toEqual([]);
    expect(cast(zeros([0, 3]), "int32").shape).toEqual([0, 3]);
  });

  test("what int32 cannot hold is an error", () => {
    const toInt32 =
      (...values: number[]) =>
      () =>
        cast(tensor(Float64Array.from(values)), "int32");
    expect(toInt32(1, Number.NaN)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: cast: int32 holds integers from -2147483648 to 2147483647, but x has the element NaN. Replace it, or keep the dtype.]`,
    );
    expect(toInt32(least)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: cast: int32 holds integers from -2147483648 to 2147483647, but x has the element -Infinity. Replace it, or keep the dtype.]`,
    );
    expect(toInt32(2 ** 31)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: cast: int32 holds integers from -2147483648 to 2147483647, but x has the element 2147483648. Replace it, or keep the dtype.]`,
    );
    expect(toInt32(-(2 ** 31) - 1)).toThrow(RangeError);
    expect(toInt32(2 ** 32)).toThrow(RangeError); // wraps around to 0
  });

  test("types that do not exist, and what is no tensor, are errors", () => {
    expect(() => cast(tensor([1]), "float16" as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: cast: dtype must be "float32", "float64" or "int32", got "float16".]`,
    );
    expect(() => cast(tensor([1]), undefined as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: cast: dtype must be "float32", "float64" or "int32", got undefined.]`,
    );
    expect(() => cast(3 as never, "int32")).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: cast: x must be a tensor, got 3. Make a tensor with tensor(values, shape).]`,
    );
  });
});
