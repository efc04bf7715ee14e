import { createRandom, type Shape } from "@conv/core";
import { describe, expect, test } from "vitest";
import { DRAWS, expectMoments, momentsOfDraws } from "../../test/draws.js";
import { kaimingNormal, kaimingUniform, xavierNormal, xavierUniform } from "./scaled.js";

const random = (seed: number) => ({ random: createRandom(seed) });
/** 10 000 elements; fan-in 5·4 = 20, fan-out 500·4 = 2000. */
const shape: Shape = [DRAWS / 20, 5, 2, 2];

describe("xavier", () => {
  test("the standard deviation is gain·√(2 / (fanIn + fanOut)), uniform and normal", () => {
    const std = Math.sqrt(2 / 2020);
    expectMoments(xavierUniform(shape, random(1)), 0, std);
    expectMoments(xavierNormal(shape, random(2)), 0, std);
    expectMoments(xavierUniform(shape, { gain: 5 / 3, ...random(3) }), 0, (5 / 3) * std);
    expectMoments(xavierNormal(shape, { gain: 5 / 3, ...random(4) }), 0, (5 / 3) * std);
  });

  test("by hand: the bound for [2, 4] is √(6/6) = 1", () => {
    const { largest } = momentsOfDraws(xavierUniform([2, 4], random(5)));
    const many = Math.max(
      ...Array.from({ length: 200 }, (_, i) => momentsOfDraws(xavierUniform([2, 4], random(i))).largest),
    );
    expect(largest).toBeLessThanOrEqual(1);
    expect(many).toBeLessThanOrEqual(1);
    expect(many).toBeGreaterThan(0.99);
  });
});

describe("kaiming", () => {
  test.each([
    ["by default that of ReLU", {}, Math.sqrt(2 / 20)],
    ["a leaky ReLU of slope ½", { a: 0.5 }, Math.sqrt(1.6 / 20)],
    ["as PyTorch's layers have it", { a: Math.sqrt(5) }, Math.sqrt(1 / 3 / 20)],
    ["fanOut", { mode: "fanOut" }, Math.sqrt(2 / 2000)],
    ["a linear map", { nonlinearity: "linear" }, Math.sqrt(1 / 20)],
    ["tanh, whose gain no slope changes", { nonlinearity: "tanh", a: 3 }, 5 / 3 / Math.sqrt(20)],
  ] as const)("the standard deviation is gain / √fan: %s", (_, options, std) => {
    expectMoments(kaimingUniform(shape, { ...options, ...random(6) }), 0, std);
    expectMoments(kaimingNormal(shape, { ...options, ...random(7) }), 0, std);
  });

  test("uniform draws keep to √3 standard deviations, and fill them", () => {
    const { largest } = momentsOfDraws(kaimingUniform(shape, { a: Math.sqrt(5), ...random(8) }));
    expect(largest).toBeLessThanOrEqual(1 / Math.sqrt(20));
    expect(largest).toBeGreaterThan(0.99 / Math.sqrt(20));
  });

  test("keeps the second moment of activations through a ReLU: E y² = E x²", () => {
    const random = createRandom(4);
    const w = kaimingUniform([200, 100], { random }).dataSync();
    const x = [...random.normal([100]).dataSync()];
    const rows = Array.from({ length: 200 }, (_, o) => x.reduce((sum, v, c) => sum + w[o * 100 + c] * v, 0));
    const meanSquare = (values: ArrayLike<number>) =>
      Array.from(values, (v) => v * v).reduce((a, b) => a + b, 0) / values.length;
    const after = meanSquare(rows.map((v) => Math.max(v, 0)));
    expect(after / meanSquare(x)).toBeGreaterThan(0.6); // 200 rows of one x: the ratio is 1 ± 0.16
    expect(after / meanSquare(x)).toBeLessThan(1.6);
  });

  test("is decided by its generator", () => {
    const draw = (seed: number) => [...kaimingUniform([3, 4], random(seed)).dataSync()];
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });
});

test("wrong shapes and options are refused, in the initialiser's own name", () => {
  expect(() => kaimingUniform([3])).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: kaimingUniform: a weight has at least two axes, [out, in, …], but its shape is [3].]`,
  );
  expect(() => xavierNormal([3, 3], { gains: 2 } as never)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: xavierNormal: unknown option gains. It takes gain, random.]`,
  );
  expect(() => kaimingNormal([3, 3], { mode: "fan_in" as never })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: kaimingNormal: mode must be one of "fanIn", "fanOut", got "fan_in".]`,
  );
  expect(() => kaimingNormal([3, 3], { nonlinearity: "conv2d" as never })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: calculateGain: nonlinearity must be one of "linear", "sigmoid", "tanh", "relu", "leakyRelu", "selu", got "conv2d". Convolutions are "linear".]`,
  );
  expect(() => kaimingUniform([3, 3], { a: "0" as never })).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: kaimingUniform: a must be a number, got "0".]`,
  );
});
