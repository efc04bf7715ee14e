import { describe, expect, test } from "vitest";
import { tensor } from "./create.js";
import {
  checkBoolean,
  checkChoice,
  checkInteger,
  checkNumber,
  checkOptions,
  expectTensor,
  formatValue,
  perAxis,
} from "./options.js";

const CONV = ["stride", "padding", "dilation", "groups", "bias", "paddingMode"];

describe("checkOptions", () => {
  test("known options pass, in any number", () => {
    expect(() => checkOptions("conv2d", {}, CONV)).not.toThrow();
    expect(() => checkOptions("conv2d", { stride: 2, groups: undefined }, CONV)).not.toThrow();
  });

  test("the words of TensorFlow and ONNX name ours", () => {
    expect(() => checkOptions("conv2d", { strides: 2 }, CONV)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: conv2d: unknown option strides. Did you mean stride?]`,
    );
    expect(() => checkOptions("conv2d", { pad: 1 }, CONV)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: conv2d: unknown option pad. Did you mean padding?]`,
    );
    expect(() => checkOptions("conv2d", { dilationRate: 2 }, CONV)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: conv2d: unknown option dilationRate. Did you mean dilation?]`,
    );
    expect(() => checkOptions("sum", { axis: 0 }, ["dim", "keepDim"])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: sum: unknown option axis. Did you mean dim?]`,
    );
    expect(() => checkOptions("sum", { keepDims: true }, ["dim", "keepDim"])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: sum: unknown option keepDims. Did you mean keepDim?]`,
    );
  });

  test("the words of PyTorch in snake_case name ours in camelCase", () => {
    expect(() => checkOptions("conv2d", { padding_mode: "reflect" }, CONV)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: conv2d: unknown option padding_mode. Did you mean paddingMode?]`,
    );
    expect(() =>
      checkOptions("maxPool2d", { ceil_mode: true }, ["stride", "ceilMode"]),
    ).toThrowErrorMatchingInlineSnapshot(`[TypeError: maxPool2d: unknown option ceil_mode. Did you mean ceilMode?]`);
    expect(() =>
      checkOptions("avgPool2d", { count_include_pad: true }, ["stride", "countIncludePad"]),
    ).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: avgPool2d: unknown option count_include_pad. Did you mean countIncludePad?]`,
    );
  });

  test("a hint is given only for an option that the operator has", () => {
    expect(() => checkOptions("avgPool2d", { dilations: 2 }, ["stride", "padding"])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: avgPool2d: unknown option dilations. It takes stride, padding.]`,
    );
    expect(() => checkOptions("conv2d", { colour: "red" }, CONV)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: conv2d: unknown option colour. It takes stride, padding, dilation, groups, bias, paddingMode.]`,
    );
    expect(() => checkOptions("conv2d", { constructor: 1 }, CONV)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: conv2d: unknown option constructor. It takes stride, padding, dilation, groups, bias, paddingMode.]`,
    );
  });

  test("options must be an object", () => {
    expect(() => checkOptions("maxPool2d", 2 as never, ["stride"])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: maxPool2d: the last argument is the options, got 2. Pass an object: { stride: 2 }.]`,
    );
    expect(() => checkOptions("maxPool2d", null as never, ["stride"])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: maxPool2d: the last argument is the options, got null. Pass an object: { stride: … }.]`,
    );
    expect(() => checkOptions("maxPool2d", [2, 2], ["stride"])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: maxPool2d: the last argument is the options, got [2, 2]. Pass an object: { stride: … }.]`,
    );
  });
});

describe("checkInteger", () => {
  test("an integer of at least the bound comes back", () => {
    expect(checkInteger("conv2d", "stride", 1, 1)).toBe(1);
    expect(checkInteger("conv2d", "padding", 0, 0)).toBe(0);
  });

  test("anything else is an error that says what is allowed", () => {
    expect(() => checkInteger("conv2d", "stride", 0, 1)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: conv2d: stride must be a positive integer, got 0.]`,
    );
    expect(() => checkInteger("conv2d", "padding", -1, 0)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: conv2d: padding must be an integer of at least 0, got -1.]`,
    );
    expect(() => checkInteger("conv2d", "stride", 1.5, 1)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: conv2d: stride must be a positive integer, got 1.5.]`,
    );
    expect(() => checkInteger("pick", "n", 1, 2)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: pick: n must be an integer of at least 2, got 1.]`,
    );
    expect(() => checkInteger("conv2d", "stride", "2" as never, 1)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: conv2d: stride must be a positive integer, got "2".]`,
    );
    expect(() => checkInteger("conv2d", "stride", Number.NaN, 1)).toThrow(RangeError);
    expect(() => checkInteger("conv2d", "stride", Number.POSITIVE_INFINITY, 1)).toThrow(RangeError);
  });
});

describe("perAxis", () => {
  test("one number stands for every axis; an array has one entry each", () => {
    expect(perAxis("conv2d", "stride", 2, 2, 1)).toEqual([2, 2]);
    expect(perAxis("conv2d", "stride", [1, 3], 2, 1)).toEqual([1, 3]);
    expect(perAxis("linear", "stride", 1, 0, 1)).toEqual([]);
  });

  test("an array of another length, or with a bad entry, is an error", () => {
    expect(() => perAxis("conv2d", "stride", [1, 2, 3], 2, 1)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: conv2d: stride must be one number or an array of 2, got [1, 2, 3].]`,
    );
    expect(() => perAxis("conv2d", "stride", [1, 0], 2, 1)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: conv2d: stride must be a positive integer, got 0.]`,
    );
    expect(() => perAxis("maxPool2d", "kernelSize", undefined as never, 2, 1)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: maxPool2d: kernelSize must be a positive integer, got undefined.]`,
    );
  });
});

describe("checkNumber", () => {
  test("a number comes back, infinity too", () => {
    for (const value of [0, -0, -1.5, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(checkNumber("clamp", "min", value)).toBe(value);
    }
  });

  test("anything else is an error", () => {
    const check = (value: unknown) => () => checkNumber("elu", "alpha", value as never);
    expect(check(Number.NaN)).toThrowErrorMatchingInlineSnapshot(`[TypeError: elu: alpha must be a number, got NaN.]`);
    expect(check("1")).toThrowErrorMatchingInlineSnapshot(`[TypeError: elu: alpha must be a number, got "1".]`);
    expect(check(undefined)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: elu: alpha must be a number, got undefined.]`,
    );
    expect(check(1n)).toThrow(TypeError);
    expect(check(true)).toThrow(TypeError);
    expect(check([1])).toThrow(TypeError);
  });
});

describe("checkBoolean", () => {
  test("true and false come back", () => {
    expect(checkBoolean("sum", "keepDim", true)).toBe(true);
    expect(checkBoolean("sum", "keepDim", false)).toBe(false);
  });

  test("what JavaScript would take for one is an error", () => {
    const check = (value: unknown) => () => checkBoolean("sum", "keepDim", value as never);
    expect(check(1)).toThrowErrorMatchingInlineSnapshot(`[TypeError: sum: keepDim must be true or false, got 1.]`);
    expect(check("false")).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: sum: keepDim must be true or false, got "false".]`,
    );
    for (const value of [0, null, undefined, [], {}]) expect(check(value)).toThrow(TypeError);
  });
});

describe("checkChoice", () => {
  test("one of the words comes back", () => {
    expect(checkChoice("gelu", "approximate", "tanh", ["none", "tanh"])).toBe("tanh");
  });

  test("any other is an error that lists them", () => {
    const check = (value: unknown) => () => checkChoice("gelu", "approximate", value as never, ["none", "tanh"]);
    expect(check("TANH")).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: gelu: approximate must be one of "none", "tanh", got "TANH".]`,
    );
    expect(check(undefined)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: gelu: approximate must be one of "none", "tanh", got undefined.]`,
    );
    expect(check(["tanh"])).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: gelu: approximate must be one of "none", "tanh", got ["tanh"].]`,
    );
  });
});

describe("expectTensor", () => {
  test("a tensor passes, and what has a shape and a dtype as a Variable does", () => {
    expect(() => expectTensor("relu", "x", tensor([1]))).not.toThrow();
    expect(() => expectTensor("relu", "x", { shape: [1], dtype: "float32" })).not.toThrow();
  });

  test("anything else is an error that names the argument and what was expected", () => {
    const check =
      (...args: [unknown, string?]) =>
      () =>
        expectTensor("conv2d", "w", ...args);
    expect(check([1, 2])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: conv2d: w must be a tensor, got [1, 2]. Make a tensor with tensor(values, shape).]`,
    );
    expect(check(3)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: conv2d: w must be a tensor, got 3. Make a tensor with tensor(values, shape).]`,
    );
    expect(check(null)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: conv2d: w must be a tensor, got null. Make a tensor with tensor(values, shape).]`,
    );
    expect(check(Float32Array.of(1))).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: conv2d: w must be a tensor, got a Float32Array. Make a tensor with tensor(values, shape).]`,
    );
    expect(check({ shape: [1] })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: conv2d: w must be a tensor, got an object. Make a tensor with tensor(values, shape).]`,
    );
    expect(check("x", "a tensor or a number")).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: conv2d: w must be a tensor or a number, got "x". Make a tensor with tensor(values, shape).]`,
    );
    expect(check(() => {})).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: conv2d: w must be a tensor, got a function. Make a tensor with tensor(values, shape).]`,
    );
  });
});

test("a bound of −∞ is none: any integer passes, and the error names no bound", () => {
  expect(checkInteger("slice", "start", -7, Number.NEGATIVE_INFINITY)).toBe(-7);
  expect(() => checkInteger("slice", "start", 0.5, Number.NEGATIVE_INFINITY)).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: slice: start must be an integer, got 0.5.]`,
  );
});

test("a value prints as JavaScript shows it, strings in quotes", () => {
  expect(formatValue("same")).toBe('"same"');
  expect(formatValue(1.5)).toBe("1.5");
  expect(formatValue(undefined)).toBe("undefined");
  expect(formatValue([1, 2])).toBe("[1, 2]");
  expect(formatValue(1n)).toBe("1n");
});
