import { type Tensor, tensor } from "@conv/core";
import { allClose } from "@conv/core/testing";
import type { Golden, GoldenTensor } from "@tooling/goldens";
import { expect } from "vitest";
import * as autograd from "../src/index.js";
import { type Variable, variable } from "../src/index.js";

const operators = { ...autograd };

/** The inputs of a case by name; floats are leaves that have gradients. */
export type Inputs = Readonly<Record<string, Variable>>;

/** What an operator makes of a case. */
interface Result {
  readonly y: Variable;
  /** Where the largest elements stood, int32. */
  readonly indices?: Tensor;
}

/** Runs an operator on the inputs of a case, as its parameters say. */
export type Run = (inputs: Inputs, params: Golden["params"]) => Result;

/** One runner for each of these operators. */
const all = <Name extends string>(names: readonly Name[], run: (name: Name) => Run): Record<string, Run> =>
  Object.fromEntries(names.map((name) => [name, run(name)]));

const conv =
  (convolve: typeof autograd.conv2d): Run =>
  ({ x, w, b }, { kernelSize: _, padding, paddingSpec = padding, ...options }) => ({
    y: convolve(x, w, { ...options, padding: paddingSpec, bias: b }),
  });

const convTranspose =
  (convolve: typeof autograd.convTranspose2d): Run =>
  ({ x, w, b }, { kernelSize: _, ...options }) => ({ y: convolve(x, w, { ...options, bias: b }) });

/** A map of x with options of the same names as the parameters. */
const withOptions =
  (map: (x: Variable, options: Golden["params"]) => Variable): Run =>
  ({ x }, options) => ({ y: map(x, options) });

/** Every operator of this package that the fixtures have cases of. */
export const runners: Readonly<Record<string, Run>> = {
  ...all(["conv1d", "conv2d", "conv3d"], (op) => conv(operators[op])),
  ...all(["convTranspose1d", "convTranspose2d", "convTranspose3d"], (op) => convTranspose(operators[op])),
  im2col: ({ x }, { inSize: _, ...options }) => ({ y: autograd.im2col(x, options) }),
  col2im: withOptions(autograd.col2im),
  pad: ({ x }, { padding, paddingMode: mode, value }) => ({ y: autograd.pad(x, padding, { mode, value }) }),

  ...all(
    ["maxPool1d", "maxPool2d", "maxPool3d"],
    (op) =>
      ({ x }, { kernelSize, returnIndices: _, ...options }) =>
        operators[`${op}WithIndices`](x, kernelSize, options),
  ),
  ...all(
    ["adaptiveMaxPool1d", "adaptiveMaxPool2d", "adaptiveMaxPool3d"],
    (op) =>
      ({ x }, { outputSize }) =>
        operators[`${op}WithIndices`](x, outputSize),
  ),
  ...all(["avgPool1d", "avgPool2d", "avgPool3d"], (op) => ({ x }, { kernelSize, ...options }) => ({
    y: operators[op](x, kernelSize, options),
  })),
  ...all(["adaptiveAvgPool1d", "adaptiveAvgPool2d", "adaptiveAvgPool3d"], (op) => ({ x }, { outputSize }) => ({
    y: operators[op](x, outputSize),
  })),
  ...all(["lpPool1d", "lpPool2d"], (op) => ({ x }, { normType, kernelSize, ...options }) => ({
    y: operators[op](x, normType, kernelSize, options),
  })),

  interpolate: withOptions(autograd.interpolate),
  interpolateAdjoint: ({ g }, options) => ({ y: autograd.interpolateAdjoint(g, options) }),

  matmul: ({ a, b }) => ({ y: autograd.matmul(a, b) }),
  linear: ({ x, w, b }) => ({ y: autograd.linear(x, w, b) }),

  ...all(["add", "sub", "mul", "div", "pow", "maximum", "minimum"], (op) => ({ a, b }, params) => ({
    y: operators[op](a, b ?? params.b),
  })),
  ...all(["abs", "neg", "exp", "log", "sqrt", "erf", "relu", "selu", "sigmoid", "silu", "tanh"], (op) => ({ x }) => ({
    y: operators[op](x),
  })),
  ...all(["leakyRelu", "elu", "gelu", "softplus", "clamp"], (op) => withOptions(operators[op])),
  prelu: ({ x, w }) => ({ y: autograd.prelu(x, w) }),
  where: ({ condition, a, b }) => ({ y: autograd.where(condition, a, b) }),

  ...all(["sum", "mean", "variance", "max", "min"], (op) => withOptions(operators[op])),
  ...all(["softmax", "logSoftmax"], (op) => ({ x }, { dim }) => ({ y: operators[op](x, dim) })),

  transpose: ({ x }, { dim0, dim1 }) => ({ y: autograd.transpose(x, dim0, dim1) }),
  permute: ({ x }, { dims }) => ({ y: autograd.permute(x, dims) }),
  slice: withOptions(autograd.slice),
  flip: ({ x }, { dim }) => ({ y: autograd.flip(x, dim) }),
  broadcastTo: ({ x }, { shape }) => ({ y: autograd.broadcastTo(x, shape) }),
  ...all(["concat", "stack"], (op) => (inputs, { dim }) => ({ y: operators[op](Object.values(inputs), dim) })),
  gather: ({ x, index }, { dim }) => ({ y: autograd.gather(x, dim, index.value) }),
};

/** What the gradient of an input is called in the fixtures: gradX, gradConv1W. */
export const gradientName = (input: string): string => `grad${input[0].toUpperCase()}${input.slice(1)}`;

/** The names of the gradients that a case has. */
export const gradientsOf = ({ outputs }: Golden): string[] =>
  Object.keys(outputs).filter((name) => name.startsWith("grad"));

/** A tensor of the fixtures as a Variable: a leaf with a gradient, if it is of floats. */
export function leaf({ values, shape }: GoldenTensor, dtype?: "float32" | "float64" | "int32"): Variable {
  const value = tensor(values, shape, { dtype });
  return variable(value, { requiresGrad: value.dtype !== "int32" });
}

/** The fixtures have an output of this name, and the tensor is equal to it. */
export function expectGolden({ outputs, tolerance }: Golden, name: string, got: Tensor | undefined): void {
  expect(Object.keys(outputs)).toContain(name);
  const { values, shape } = outputs[name];
  expect(got?.shape, name).toEqual(shape);
  const room = values instanceof Int32Array ? { rtol: 0, atol: 0 } : tolerance;
  expect(got && allClose(got, values, room), name).toBeUndefined();
}

/**
 * Runs an operator on the inputs of a case, and its sweep from gradY: compares every output that the case has with
 * what PyTorch made of it, all gradients among them.
 */
export function check(golden: Golden, run: Run): void {
  const { types, dtype, ...params } = golden.params;
  const { gradY, ...given } = golden.inputs;
  const inputs = Object.fromEntries(Object.entries(given).map(([name, x]) => [name, leaf(x, types?.[name])]));
  const { y, indices } = run(inputs, params);
  if (gradY !== undefined) y.backward(tensor(gradY.values, gradY.shape));
  const gradients = Object.entries(inputs).map(([name, { grad }]) => [gradientName(name), grad?.value] as const);
  const got: Readonly<Record<string, Tensor | undefined>> = { y: y.value, indices, ...Object.fromEntries(gradients) };
  for (const name of Object.keys(golden.outputs)) expectGolden(golden, name, got[name]);
  if (dtype !== undefined) expect(y.dtype).toBe(dtype);
}
