import { describe, expect, test } from "vitest";
import { list } from "../../test/samples.js";
import { relu } from "../activations/relu.js";
import { tensor } from "../create.js";
import { cpu } from "../device/cpu.js";
import type { DType } from "../dtype.js";
import type { Device } from "../tensor.js";
import { promote, promotion } from "./promote.js";

const DTYPES: readonly DType[] = ["int32", "float32", "float64"];
const of = (dtype: DType) => tensor([1], [1], { dtype });
const [i, f, d] = DTYPES.map(of);
/** Another device of ordinary memory. */
const other: Device = { ...cpu, name: "other" };

/** The common type of two, as a table to be read: rows and columns int32, float32, float64. */
const TABLE = {
  any: [
    ["int32", "float32", "float64"],
    ["float32", "float32", "float64"],
    ["float64", "float64", "float64"],
  ],
  floating: [
    ["float32", "float32", "float64"],
    ["float32", "float32", "float64"],
    ["float64", "float64", "float64"],
  ],
} as const;

describe("promotion", () => {
  test.each(["any", "floating"] as const)("of two tensors, by the table; rule %s", (rule) => {
    const got = DTYPES.map((a) => DTYPES.map((b) => promotion("add", [of(a), of(b)], rule).dtype));
    expect(got).toEqual(TABLE[rule]);
  });

  test("of one tensor and of many: the highest; any type is the rule by default", () => {
    expect(promotion("neg", [i]).dtype).toBe("int32");
    expect(promotion("exp", [i], "floating").dtype).toBe("float32");
    expect(promotion("concat", [i, i, f, i]).dtype).toBe("float32");
    expect(promotion("concat", [f, i, d, f]).dtype).toBe("float64");
  });

  test("a number takes the type of the tensors, unless they are int32 and cannot hold it", () => {
    for (const x of [0, -0, 1, -(2 ** 31), 2 ** 31 - 1]) expect(promotion("add", [i, x]).dtype).toBe("int32");
    for (const x of [0.5, 2 ** 31, -(2 ** 31) - 1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(promotion("add", [i, x]).dtype).toBe("float32");
      expect(promotion("add", [x, i]).dtype).toBe("float32");
      expect(promotion("add", [f, x]).dtype).toBe("float32");
      expect(promotion("add", [x, d]).dtype).toBe("float64");
    }
  });

  test("numbers alone are float32 on no device; tensors bring that of the first", () => {
    expect(promotion("add", [1, 2])).toEqual({ dtype: "float32", device: undefined });
    expect(promotion("add", [1, 0.5], "floating").dtype).toBe("float32");
    expect(promotion("add", [1, of("int32").to(other)]).device).toBe(other);
    expect(promotion("add", [of("int32").to(other), i]).device).toBe(other);
    expect(promotion("add", [i, of("int32").to(other)]).device).toBe(cpu);
  });

  test("what is neither a tensor nor a number is an error that names it", () => {
    expect(() => promotion("relu", ["1" as never])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: relu: x must be a tensor or a number, got "1". Make a tensor with tensor(values, shape).]`,
    );
    expect(() => promotion("add", [f, [1] as never])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: add: b must be a tensor or a number, got [1]. Make a tensor with tensor(values, shape).]`,
    );
    expect(() => promotion("add", [undefined as never, 1])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: add: a must be a tensor or a number, got undefined. Make a tensor with tensor(values, shape).]`,
    );
    expect(() => promotion("add", [1n as never, f])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: add: a must be a tensor or a number, got 1n. Make a tensor with tensor(values, shape).]`,
    );
  });
});

describe("promote", () => {
  test("by hand: the operands as tensors of the common type", () => {
    const [a, b] = promote("add", [tensor([1, 2], [2], { dtype: "int32" }), 0.5]);
    expect([a.dtype, a.shape, list(a)]).toEqual(["float32", [2], [1, 2]]);
    expect([b.dtype, b.shape, list(b)]).toEqual(["float32", [], [0.5]]);
  });

  test("a tensor that has the type already is itself", () => {
    expect(promote("add", [d, i])[0]).toBe(d);
    expect(promote("neg", [i])[0]).toBe(i);
  });

  test("a number beside a float64 keeps all its digits", () => {
    expect(promote("add", [d, 0.1])[1].item()).toBe(0.1);
    expect(promote("add", [f, 0.1])[1].item()).toBe(Math.fround(0.1));
  });

  test("numbers go to the device of the tensors; alone to the given one, by default the cpu", () => {
    expect(promote("add", [1, f.to(other)]).map(({ device }) => device)).toEqual([other, other]);
    expect(promote("where", [1, 2], "any", other).map(({ device }) => device)).toEqual([other, other]);
    expect(promote("add", [1, 2]).map(({ device }) => device)).toEqual([cpu, cpu]);
    expect(promote("add", [1, f], "any", other)[0].device).toBe(cpu);
  });

  test("what only looks like a tensor, as a Variable does, is an error", () => {
    const variable = { shape: [1], dtype: "float32", device: cpu };
    expect(() => relu(variable as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: relu: this only looks like a tensor. For a Variable use the operator of @conv/autograd, or pass x.value; else two copies of @conv/core are loaded: import it in one way only.]`,
    );
  });
});
