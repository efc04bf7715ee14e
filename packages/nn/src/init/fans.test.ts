import { describe, expect, test } from "vitest";
import { calculateGain, fanIn, fanOut } from "./fans.js";

describe("fanIn and fanOut", () => {
  test("by hand: 16 filters of 3 × 3 over 2 channels: 18 inputs of an output, 144 outputs of an input", () => {
    expect([fanIn([16, 2, 3, 3]), fanOut([16, 2, 3, 3])]).toEqual([18, 144]);
    expect([fanIn([10, 64]), fanOut([10, 64])]).toEqual([64, 10]);
  });

  test("by PyTorch's _calculate_fan_in_and_fan_out: [4, 3, 3, 5] has 45 and 60", () => {
    expect([fanIn([4, 3, 3, 5]), fanOut([4, 3, 3, 5])]).toEqual([45, 60]);
  });

  test("refuse a shape without an axis of inputs", () => {
    expect(() => fanIn([3])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: fanIn: a weight has at least two axes, [out, in, …], but its shape is [3].]`,
    );
    expect(() => fanOut([])).toThrow("fanOut: a weight has at least two axes");
    expect(() => fanIn(3 as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: fanIn: shape must be an array of axes such as [2, 3], got 3.]`,
    );
  });
});

describe("calculateGain", () => {
  test("has PyTorch's numbers", () => {
    expect(calculateGain("linear")).toBe(1);
    expect(calculateGain("sigmoid")).toBe(1);
    expect(calculateGain("tanh")).toBe(5 / 3);
    expect(calculateGain("relu")).toBe(Math.sqrt(2));
    expect(calculateGain("selu")).toBe(0.75);
    expect(calculateGain("leakyRelu")).toBeCloseTo(1.4141428569978354, 15); // torch: calculate_gain("leaky_relu")
    expect(calculateGain("leakyRelu", 0.5)).toBeCloseTo(Math.sqrt(1.6), 15);
  });

  test("refuses other words", () => {
    expect(() => calculateGain("leaky_relu" as never)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: calculateGain: nonlinearity must be one of "linear", "sigmoid", "tanh", "relu", "leakyRelu", "selu", got "leaky_relu". Convolutions are "linear".]`,
    );
    expect(() => calculateGain("toString" as never)).toThrow(RangeError);
    expect(() => calculateGain("leakyRelu", Number.NaN)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: calculateGain: param must be a number, got NaN.]`,
    );
  });
});
