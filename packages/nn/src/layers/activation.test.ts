import {
  checkGradient,
  elu,
  gelu,
  leakyRelu,
  selu,
  sigmoid,
  silu,
  softplus,
  sum,
  tanh,
  type Variable,
  variable,
} from "@conv/autograd";
import { createRandom, type Tensor, tensor } from "@conv/core";
import { describe, expect, test } from "vitest";
import {
  ELU,
  GELU,
  Hardswish,
  Identity,
  LeakyReLU,
  LogSoftmax,
  type Module,
  PReLU,
  ReLU,
  ReLU6,
  SELU,
  Sigmoid,
  SiLU,
  Softmax,
  Softplus,
  Tanh,
} from "../index.js";

const numbers = (x: Tensor | Variable | undefined) => [...(x?.dataSync() ?? [])];

/** The values of a layer and its slopes at these points. */
function at(layer: Module, ...points: number[]): [values: number[], slopes: number[]] {
  const x = variable(tensor(Float64Array.from(points)));
  const y = layer.forward(x);
  sum(y).backward();
  return [numbers(y), numbers(x.grad)];
}

describe("by hand:", () => {
  test("ReLU keeps what is positive; its gradient is 1 there, and 0 below and at 0", () => {
    const x = variable(tensor([-2, 0, 3]));
    const y = new ReLU().forward(x);
    expect([...y.dataSync()]).toEqual([0, 0, 3]);
    y.backward(tensor([10, 20, 30]));
    expect([...(x.grad?.dataSync() ?? [])]).toEqual([0, 0, 30]);
  });

  test("ReLU6 also stops at 6", () => {
    expect(at(new ReLU6(), -1, 0, 3, 7)).toEqual([
      [0, 0, 3, 6],
      [0, 0, 1, 0],
    ]);
  });

  test("LeakyReLU goes on below 0 with its slope", () => {
    expect(at(new LeakyReLU({ negativeSlope: 0.5 }), -2, 3)).toEqual([
      [-1, 3],
      [0.5, 1],
    ]);
    expect(at(new LeakyReLU(), -2)[0]).toEqual([-0.02]);
  });

  test("Hardswish is 0 up to −3, x from 3 on, and x(x + 3)/6 between", () => {
    const [values, slopes] = at(new Hardswish(), -4, 0, 1.5, 4);
    [0, 0, 1.125, 4].forEach((v, i) => void expect(values[i]).toBeCloseTo(v, 14));
    [0, 0.5, 1, 1].forEach((v, i) => void expect(slopes[i]).toBeCloseTo(v, 14));
  });

  test("Sigmoid is ½ at 0 with slope ¼, Tanh 0 with slope 1, SiLU 0 with slope ½", () => {
    expect([new Sigmoid(), new Tanh(), new SiLU()].map((layer) => at(layer, 0))).toEqual([
      [[0.5], [0.25]],
      [[0], [1]],
      [[0], [0.5]],
    ]);
  });

  test("Softmax makes equal scores equal probabilities, along its axis", () => {
    const scores = tensor([1, 1, 5, 5], [2, 2]);
    expect(numbers(new Softmax(1).forward(scores))).toEqual([0.5, 0.5, 0.5, 0.5]);
    expect(numbers(new Softmax(0).forward(scores))[0]).toBeCloseTo(1 / (1 + Math.exp(4)), 6);
    expect(numbers(new LogSoftmax(-1).forward(scores))[0]).toBeCloseTo(-Math.LN2, 6);
  });

  test("Identity gives what it is given; of a tensor a Variable that needs no gradient", () => {
    const x = variable(tensor([1]));
    expect(new Identity().forward(x)).toBe(x);
    const y = new Identity().forward(x.value);
    expect([y.value === x.value, y.requiresGrad]).toEqual([true, false]);
  });
});

describe("PReLU", () => {
  test("by hand: below 0 the slope of the channel, which gets the gradient Σ gradY·x", () => {
    const layer = new PReLU({ numParameters: 2, init: 0.5 });
    layer.weight.value = tensor([0.5, 0.25]);
    const y = layer.forward(tensor([-2, 4, -8, 3], [1, 2, 2]));
    expect(numbers(y)).toEqual([-1, 4, -2, 3]);
    sum(y).backward();
    expect(numbers(layer.weight.grad)).toEqual([-2, -8]);
  });

  test("it has one slope of ¼ by default, under PyTorch's name", () => {
    const entries = Object.entries(new PReLU().stateDict()).map(([name, x]) => [name, x.shape, numbers(x)]);
    expect(entries).toEqual([["weight", [1], [0.25]]]);
    expect(numbers(new PReLU({ numParameters: 3, init: 0.1 }).weight)).toEqual(new Array(3).fill(Math.fround(0.1)));
  });

  test("refuses what is out of range, and images with other channels when they come", () => {
    expect(() => new PReLU({ numParameters: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: PReLU: numParameters must be a positive integer, got 0.]`,
    );
    expect(() => new PReLU({ init: "0.1" as never })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: PReLU: init must be a number, got "0.1".]`,
    );
    expect(() => new PReLU({ num_parameters: 3 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: PReLU: unknown option num_parameters. Did you mean numParameters?]`,
    );
    expect(() => new PReLU(3 as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: PReLU: the last argument is the options, got 3. Pass an object: { numParameters: 3 }.]`,
    );
    expect(() => new PReLU({ numParameters: 3 }).forward(tensor([1, 2], [1, 2]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: prelu: w [3] must have one slope, [1], or one for each channel, but x [1, 2] has 2 channels. Make w [2].]`,
    );
  });
});

const x = createRandom(41).normal([3, 4], { std: 3 });

test.each([
  ["SELU", new SELU(), selu(x)],
  ["Sigmoid", new Sigmoid(), sigmoid(x)],
  ["Tanh", new Tanh(), tanh(x)],
  ["SiLU", new SiLU(), silu(x)],
  ["LeakyReLU", new LeakyReLU({ negativeSlope: 0.2 }), leakyRelu(x, { negativeSlope: 0.2 })],
  ["ELU", new ELU({ alpha: 2 }), elu(x, { alpha: 2 })],
  ["ELU by default", new ELU(), elu(x)],
  ["GELU", new GELU({ approximate: "tanh" }), gelu(x, { approximate: "tanh" })],
  ["GELU by default", new GELU(), gelu(x)],
  ["Softplus", new Softplus({ beta: 2, threshold: 1 }), softplus(x, { beta: 2, threshold: 1 })],
  ["Softplus by default", new Softplus(), softplus(x)],
] as const)("%s is its operator with the layer's options", (_, layer, expected) => {
  expect(numbers(layer.forward(x))).toEqual(numbers(expected));
  expect(layer.stateDict()).toEqual({});
});

test.each([
  ["ReLU6", new ReLU6()],
  ["Hardswish", new Hardswish()],
] as const)("the derivatives of %s are central differences", (_, layer) => {
  const smooth = tensor([-7, -2.5, -0.5, 0.5, 2, 4, 8]); // away from its bends
  expect(checkGradient((v: Variable) => layer.forward(v), [smooth]).entries).toBe(7);
});

test("an activation refuses wrong options when it is made, in its own name", () => {
  expect(() => new LeakyReLU(0.1 as never)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: LeakyReLU: the last argument is the options, got 0.1. Pass an object: { negativeSlope: 0.1 }.]`,
  );
  expect(() => new LeakyReLU({ alpha: 0.1 } as never)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: LeakyReLU: unknown option alpha. Did you mean negativeSlope?]`,
  );
  expect(() => new ELU({ alpha: "1" as never })).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: ELU: alpha must be a number, got "1".]`,
  );
  expect(() => new GELU({ approximate: "erf" as never })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: GELU: approximate must be one of "none", "tanh", got "erf".]`,
  );
  expect(() => new Softplus({ beta: 0 })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: Softplus: beta must not be 0: the logarithm is divided by it. Use a positive number.]`,
  );
  expect(() => new Softmax(undefined as never)).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: Softmax: dim must be an integer, got undefined.]`,
  );
  expect(() => new LogSoftmax(0.5)).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: LogSoftmax: dim must be an integer, got 0.5.]`,
  );
});
