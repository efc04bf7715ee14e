import { type Golden, goldens } from "@tooling/goldens";
import { describe, expect, test } from "vitest";
import * as core from "../src/index.js";
import { allClose } from "../src/testing/allClose.js";

const operators = { ...core };
type Tensors = Readonly<Record<string, core.Tensor>>;
/** What an operator makes of a case: its outputs by name, with the gradients that @conv/core has a map for. */
type Run = (inputs: Tensors, params: Golden["params"]) => Tensors;

/** One runner for each of these operators. */
const all = <Name extends string>(names: readonly Name[], run: (name: Name) => Run): Record<string, Run> =>
  Object.fromEntries(names.map((name) => [name, run(name)]));

const spatial = (x: core.Tensor) => x.shape.slice(2);
const biasAdjoint = (gradY: core.Tensor) =>
  core.sum(gradY, { dim: gradY.shape.map((_, axis) => axis).filter((axis) => axis !== 1) });

const conv =
  (convolve: typeof core.conv2d): Run =>
  ({ x, w, b, gradY }, { kernelSize, padding, paddingSpec = padding, ...others }) => {
    const options = { ...others, padding: paddingSpec };
    return {
      y: convolve(x, w, { ...options, bias: b }),
      gradX: core.convAdjointX(gradY, w, { ...options, inSize: spatial(x) }),
      gradW: core.convAdjointW(x, gradY, { ...options, kernelSize }),
      gradB: biasAdjoint(gradY),
    };
  };

/** Its adjoints are a convolution's; outputPadding can make room for windows beyond x, which have no part in it. */
const convTranspose =
  (transposed: typeof core.convTranspose2d, convolve: typeof core.conv2d): Run =>
  ({ x, w, b, gradY }, { kernelSize, outputPadding, ...options }) => {
    const [inSize, gradWide] = [spatial(x), convolve(gradY, w, options)];
    const beyond = spatial(gradWide).map((length, axis) => [0, length - inSize[axis]] as const);
    return {
      y: transposed(x, w, { ...options, outputPadding, bias: b }),
      gradX: core.padAdjoint(gradWide, beyond, { inSize }),
      gradW: core.convAdjointW(gradY, core.pad(x, beyond), { ...options, kernelSize }),
      gradB: biasAdjoint(gradY),
    };
  };

type Pool<Result> = (x: core.Tensor, size: readonly number[], options?: core.MaxPoolOptions) => Result;

const maxPool =
  (pool: Pool<core.Tensor>, withIndices: Pool<core.MaxPoolResult<core.Tensor>>): Run =>
  ({ x, gradY }, { kernelSize, outputSize = kernelSize, ...options }) => {
    const { indices } = withIndices(x, outputSize, options);
    const gradX = core.maxPoolAdjoint(gradY, indices, { inSize: spatial(x) });
    return { y: pool(x, outputSize, options), indices, gradX };
  };

/** A map of x with options of the same names as the parameters. */
const withOptions =
  (map: (x: core.Tensor, options: Golden["params"]) => core.Tensor): Run =>
  ({ x }, { dtype, ...options }) => ({ y: map(x, options) });

/** The adjoint of `broadcastTo`: a sum over the axes that are new or were stretched. */
function broadcastAdjoint(gradY: core.Tensor, shape: core.Shape): core.Tensor {
  const added = gradY.shape.length - shape.length;
  const dim = gradY.shape.map((_, axis) => axis).filter((axis) => axis < added || shape[axis - added] === 1);
  return core.reshape(core.sum(gradY, { dim }), shape);
}

const runners: Readonly<Record<string, Run>> = {
  ...all(["conv1d", "conv2d", "conv3d"], (op) => conv(operators[op])),
  convTranspose1d: convTranspose(core.convTranspose1d, core.conv1d),
  convTranspose2d: convTranspose(core.convTranspose2d, core.conv2d),
  convTranspose3d: convTranspose(core.convTranspose3d, core.conv3d),
  im2col: ({ x, gradY }, { inSize, ...options }) => ({
    y: core.im2col(x, options),
    gradX: core.col2im(gradY, { ...options, inSize }),
  }),
  col2im: ({ x, gradY }, { inSize, ...options }) => ({
    y: core.col2im(x, { ...options, inSize }),
    gradX: core.im2col(gradY, options),
  }),
  pad: ({ x, gradY }, { padding, paddingMode: mode, value }) => ({
    y: core.pad(x, padding, { mode, value }),
    gradX: core.padAdjoint(gradY, padding, { mode, value, inSize: x.shape.slice(-padding.length) }),
  }),

  ...all(["maxPool1d", "maxPool2d", "maxPool3d"], (op) => maxPool(operators[op], operators[`${op}WithIndices`])),
  ...all(["adaptiveMaxPool1d", "adaptiveMaxPool2d", "adaptiveMaxPool3d"], (op) =>
    maxPool(operators[op], operators[`${op}WithIndices`]),
  ),
  ...all(["avgPool1d", "avgPool3d"], (op) => ({ x, gradY }, { kernelSize, ...options }) => ({
    y: operators[op](x, kernelSize, options),
    gradX: core.avgPoolAdjoint(gradY, kernelSize, { ...options, inSize: spatial(x) }),
  })),
  ...all(["adaptiveAvgPool1d", "adaptiveAvgPool3d"], (op) => ({ x, gradY }, { outputSize }) => ({
    y: operators[op](x, outputSize),
    gradX: core.adaptiveAvgPoolAdjoint(gradY, { inSize: spatial(x) }),
  })),
  ...all(["lpPool1d", "lpPool2d"], (op) => ({ x }, { normType, kernelSize, ...options }) => ({
    y: operators[op](x, normType, kernelSize, options),
  })),

  matmul: ({ a, b }) => ({ y: core.matmul(a, b) }),
  linear: ({ x, w, b, gradY }) => {
    const [rows, gradRows] = [core.reshape(x, [-1, w.shape[1]]), core.reshape(gradY, [-1, w.shape[0]])];
    return {
      y: core.linear(x, w, b),
      gradX: core.reshape(core.convAdjointX(gradRows, w, { inSize: [] }), x.shape), // a convolution of rank 0
      gradW: core.convAdjointW(rows, gradRows, { kernelSize: [] }),
      gradB: biasAdjoint(gradRows),
    };
  },

  ...all(["add", "sub", "mul", "div", "pow", "maximum", "minimum"], (op) => ({ a, b }, params) => ({
    y: operators[op](a, b ?? params.b),
  })),
  ...all(["abs", "neg", "exp", "log", "sqrt", "erf", "relu", "selu", "sigmoid", "silu", "tanh"], (op) => ({ x }) => ({
    y: operators[op](x),
  })),
  ...all(["leakyRelu", "elu", "gelu", "softplus", "clamp"], (op) => withOptions(operators[op])),
  prelu: ({ x, w }) => ({ y: core.prelu(x, w) }),
  where: ({ condition, a, b }) => ({ y: core.where(condition, a, b) }),

  sum: ({ x, gradY }, { dtype, ...options }) => {
    const { shape: kept } = core.sum(x, { ...options, keepDim: true });
    const gradX = gradY && core.broadcastTo(core.reshape(gradY, kept), x.shape); // sums of int32 have none
    return { y: core.sum(x, options), gradX };
  },
  ...all(["mean", "variance", "max", "min", "argmax"], (op) => withOptions(operators[op])),
  ...all(["softmax", "logSoftmax"], (op) => ({ x }, { dim }) => ({ y: operators[op](x, dim) })),

  transpose: ({ x, gradY }, { dim0, dim1 }) => ({
    y: core.transpose(x, dim0, dim1),
    gradX: core.transpose(gradY, dim1, dim0),
  }),
  permute: ({ x, gradY }, { dims }) => {
    const order = dims.map((dim: number) => (dim < 0 ? dim + dims.length : dim));
    const inverse = order.map((_: number, axis: number) => order.indexOf(axis));
    return { y: core.permute(x, dims), gradX: core.permute(gradY, inverse) };
  },
  slice: withOptions(core.slice),
  flip: ({ x, gradY }, { dim }) => ({ y: core.flip(x, dim), gradX: core.flip(gradY, dim) }),
  broadcastTo: ({ x, gradY }, { shape }) => ({
    y: core.broadcastTo(x, shape),
    gradX: broadcastAdjoint(gradY, x.shape),
  }),
  ...all(["concat", "stack"], (op) => (inputs, { dim }) => ({ y: operators[op](Object.values(inputs), dim) })),
  gather: ({ x, index }, { dim }) => ({ y: core.gather(x, dim, index) }),
  oneHot: ({ labels }, { classes }) => ({ y: core.oneHot(labels, classes) }),
};

/** How many cases of each operator the set has. */
const COUNTS = `
  conv2d 16, conv1d 14, conv3d 11, convTranspose1d 12, convTranspose2d 7, convTranspose3d 10, im2col 11, col2im 10,
  pad 28, maxPool1d 14, maxPool2d 4, maxPool3d 9, avgPool1d 10, avgPool3d 9, adaptiveAvgPool1d 8,
  adaptiveAvgPool3d 6, adaptiveMaxPool1d 11, adaptiveMaxPool3d 8, adaptiveMaxPool2d 2, lpPool1d 16, lpPool2d 12,
  matmul 20, linear 7, add 19, sub 18, mul 18, div 17, pow 27, maximum 16, minimum 16, concat 10, abs 4, clamp 7,
  erf 3, tanh 3, sigmoid 3, silu 3, selu 3, relu 3, exp 3, neg 3, leakyRelu 6, elu 6, gelu 6, softplus 9, sqrt 1,
  log 1, prelu 7, where 7, sum 16, mean 14, max 15, min 14, variance 29, argmax 17, softmax 14, logSoftmax 14,
  transpose 7, permute 7, slice 10, flip 8, broadcastTo 8, stack 8, gather 13, oneHot 5
`;

const cases = goldens("more");
const ran: Record<string, number> = {};

function check({ op, params, tolerance, ...golden }: Golden): void {
  const { types, ...others } = params;
  const inputs = Object.entries(golden.inputs).map(
    ([name, { values, shape }]) => [name, core.tensor(values, shape, { dtype: types?.[name] })] as const,
  );
  expect(runners, "the operators that have a runner").toHaveProperty(op);
  const results = runners[op](Object.fromEntries(inputs), others);
  ran[op] = (ran[op] ?? 0) + 1;
  for (const [name, { shape, values }] of Object.entries(golden.outputs)) {
    const isInteger = values instanceof Int32Array;
    expect(results[name]?.shape, name).toEqual(shape);
    expect(results[name].dtype, name).toBe(isInteger ? "int32" : (params.dtype ?? "float32"));
    expect(allClose(results[name], values, isInteger ? { rtol: 0, atol: 0 } : tolerance), name).toBeUndefined();
  }
}

describe("more operators", () => {
  test.each(cases)("$id equals PyTorch", check);

  test("each ran as often as it has cases", () => {
    expect(Object.entries(ran).map(([op, count]) => `${op} ${count}`)).toEqual(COUNTS.trim().split(/,\s+/));
    expect(Object.keys(ran).sort()).toEqual(Object.keys(runners).sort());
  });
});
