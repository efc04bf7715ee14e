import { type Tensor, tensor } from "@conv/core";
import { allClose } from "@conv/core/testing";
import { type Golden, goldens } from "@tooling/goldens";
import { describe, expect, test } from "vitest";
import {
  adaptiveAvgPool2d,
  adaptiveMaxPool2dWithIndices,
  avgPool2d,
  conv1d,
  conv2d,
  conv3d,
  convTranspose2d,
  elu,
  gelu,
  leakyRelu,
  linear,
  logSoftmax,
  maxPool2d,
  maxPool2dWithIndices,
  pad,
  relu,
  sigmoid,
  silu,
  softmax,
  softplus,
  tanh,
  type Variable,
  variable,
} from "../src/index.js";

type Inputs = Readonly<Record<string, Variable>>;

/** What the gradients of the inputs are called in the fixtures. */
const GRADIENTS: Readonly<Record<string, string>> = { x: "gradX", w: "gradW", b: "gradB" };

/** Runs an operator on the inputs of a case and its sweep from gradY: compares y and the gradient of every input. */
function check(golden: Golden, run: (inputs: Inputs) => Variable): void {
  const { gradY, ...given } = golden.inputs;
  const inputs = Object.fromEntries(
    Object.entries(given).map(([name, { values, shape }]) => [name, variable(tensor(values, shape))]),
  );
  const y = run(inputs);
  y.backward(tensor(gradY.values, gradY.shape));
  const gradients = Object.keys(inputs).map((name) => [GRADIENTS[name], inputs[name].grad?.value] as const);
  for (const [name, got] of [["y", y.value] as const, ...gradients]) expectGolden(golden, name, got);
}

/** The fixtures have an output of this name, and the tensor is equal to it. */
function expectGolden({ outputs, tolerance }: Golden, name: string, got: Tensor | undefined): void {
  expect(got?.shape, name).toEqual(outputs[name].shape);
  expect(got && allClose(got, outputs[name].values, tolerance), name).toBeUndefined();
}

test("by hand: the comparison fails on a wrong value, a wrong shape and a missing gradient", () => {
  const two = { shape: [2], values: Float32Array.of(1, 2) };
  const golden = (outputs: Golden["outputs"]): Golden => ({
    id: "by hand",
    op: "relu",
    params: {},
    inputs: { x: two, gradY: two },
    outputs,
    tolerance: { rtol: 1e-4, atol: 1e-4 },
  });
  const right = { y: two, gradX: two };
  const wrong = { shape: [2], values: Float32Array.of(1, 2.1) };
  expect(() => check(golden(right), ({ x }) => relu(x))).not.toThrow();
  expect(() => check(golden({ ...right, y: wrong }), ({ x }) => relu(x))).toThrow("element [1] is 2");
  expect(() => check(golden({ ...right, gradX: wrong }), ({ x }) => relu(x))).toThrow("element [1] is 2");
  const wide = { ...two, shape: [1, 2] };
  expect(() => check(golden({ ...right, gradX: wide }), ({ x }) => relu(x))).toThrow("gradX");
  expect(() => check(golden(right), () => relu(variable(tensor(two.values))))).toThrow("gradX");
});

const convs = { conv1d, conv2d, conv3d };

describe.each(["conv1d", "conv2d", "conv3d"] as const)("%s and its gradients equal PyTorch's", (op) => {
  test.each(goldens(op))("$id", (golden) => {
    const { stride, padding, dilation, groups, paddingMode, paddingSpec } = golden.params;
    const options = { stride, padding: paddingSpec ?? padding, dilation, groups, paddingMode };
    check(golden, ({ x, w, b }) => convs[op](x, w, { ...options, bias: b }));
  });

  test.each(goldens(op).filter(({ params }) => params.paddingSpec !== undefined))(
    "$id, its padding in pixels",
    (golden) => {
      const { stride, padding, dilation, groups } = golden.params;
      check(golden, ({ x, w, b }) => convs[op](x, w, { stride, padding, dilation, groups, bias: b }));
    },
  );
});

test("the cases of convolution cover every padding mode, both words for padding, groups and biases", () => {
  const cases = goldens("conv2d");
  const modes = new Set(cases.map(({ params }) => params.paddingMode));
  const words = new Set(cases.map(({ params }) => params.paddingSpec));
  expect([...modes].sort()).toEqual(["circular", "mean", "reflect", "replicate", "zeros"]);
  expect(words).toEqual(new Set([undefined, "same", "valid"]));
  expect(cases.filter(({ params }) => params.groups > 1).length).toBeGreaterThan(10);
  expect(cases.filter(({ inputs }) => inputs.b !== undefined).length).toBeGreaterThan(10);
});

describe("convTranspose2d and its gradients equal PyTorch's", () => {
  test.each(goldens("convTranspose2d"))("$id", (golden) => {
    const { kernelSize: _, ...options } = golden.params;
    check(golden, ({ x, w, b }) => convTranspose2d(x, w, { ...options, bias: b }));
  });
});

describe("pooling and its gradients equal PyTorch's", () => {
  test.each(goldens("pool", ["maxPool2d"]))("$id", (golden) => {
    const { kernelSize, stride, padding, dilation, ceilMode } = golden.params;
    const options = { stride, padding, dilation, ceilMode };
    check(golden, ({ x }) => {
      const { y, indices } = maxPool2dWithIndices(x, kernelSize, options);
      expect([...indices.dataSync()]).toEqual([...golden.outputs.indices.values]);
      return y;
    });
    check(golden, ({ x }) => maxPool2d(x, kernelSize, options));
  });

  test.each(goldens("pool", ["avgPool2d"]))("$id", (golden) => {
    const { kernelSize, stride, padding, ceilMode, countIncludePad, divisorOverride } = golden.params;
    const options = { stride, padding, ceilMode, countIncludePad, divisorOverride };
    check(golden, ({ x }) => avgPool2d(x, kernelSize, options));
  });
});

describe("adaptive pooling and its gradients equal PyTorch's", () => {
  test.each(goldens("pool", ["adaptiveAvgPool2d"]))("$id", (golden) => {
    check(golden, ({ x }) => adaptiveAvgPool2d(x, golden.params.outputSize));
  });

  test.each(goldens("pool", ["adaptiveMaxPool2d"]))("$id", (golden) => {
    check(golden, ({ x }) => {
      const { y, indices } = adaptiveMaxPool2dWithIndices(x, golden.params.outputSize);
      expect([...indices.dataSync()]).toEqual([...golden.outputs.indices.values]);
      return y;
    });
  });
});

const activations = { relu, sigmoid, tanh, silu, leakyRelu, elu, gelu, softplus };

describe("the basics and their gradients equal PyTorch's", () => {
  test.each(goldens("basics", ["linear"]))("$id", (golden) => {
    check(golden, ({ x, w, b }) => linear(x, w, b));
  });

  test.each(goldens("basics", ["softmax", "logSoftmax"]))("$id", (golden) => {
    check(golden, ({ x }) => (golden.op === "softmax" ? softmax : logSoftmax)(x, golden.params.dim));
  });

  test.each(goldens("basics", Object.keys(activations)))("$id", (golden) => {
    const activation = activations[golden.op as keyof typeof activations];
    check(golden, ({ x }) => (activation as typeof leakyRelu)(x, golden.params));
  });

  test.each(goldens("basics", ["pad"]))("$id", (golden) => {
    const { padding, paddingMode } = golden.params;
    check(golden, ({ x }) => pad(x, padding, { mode: paddingMode }));
  });
});
