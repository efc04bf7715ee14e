import { createRandom, type PaddingMode, type Tensor, tensor } from "@conv/core";
import { describe, expect, test } from "vitest";
import * as ops from "../index.js";
import { checkAdjoint, checkGradient, type Variable } from "../index.js";

const random = createRandom(7);
const normal = (...shape: number[]) => random.normal(shape, { dtype: "float64" });
/** Away from 0, where relu bends and log ends. */
const positive = (...shape: number[]) => random.uniform(shape, { dtype: "float64", low: 0.5, high: 2 });

type Case = [name: string, fn: (...inputs: Variable[]) => Variable, inputs: Tensor[]];

const { add, sub, mul, div, neg, exp, log, sqrt, relu, sum, mean, broadcastTo, reshape, softmax, logSoftmax } = ops;
const condition = tensor([1, 0, 0, 0, 1, 1], [2, 3]);
const elementwise: Case[] = [
  ["add", add, [normal(2, 3), normal(2, 3)]],
  ["add, broadcasting both", add, [normal(2, 1, 3), normal(4, 1)]],
  ["sub, broadcasting", sub, [normal(3), normal(2, 3)]],
  ["mul, broadcasting", mul, [normal(2, 3), normal(2, 1)]],
  ["mul by itself", (x) => mul(x, x), [normal(2, 3)]],
  ["div, broadcasting", div, [normal(2, 3), positive(3)]],
  ["a number", (x) => div(3, add(mul(x, 2), 1)), [positive(4)]],
  ["where, broadcasting", (a, b) => ops.where(condition, a, b), [normal(2, 3), normal(3)]],
  ["where, with a number", (a) => ops.where(condition, mul(a, a), 2), [normal(2, 1)]],
  ["neg", neg, [normal(3)]],
  ["exp", exp, [normal(3)]],
  ["log", log, [positive(3)]],
  ["sqrt", sqrt, [positive(3)]],
  ["relu", relu, [positive(3)]],
  ["relu below 0", (x) => relu(neg(x)), [positive(3)]],
  ["sum of all", (x) => sum(x), [normal(2, 3)]],
  ["sum over an axis", (x) => sum(x, { dim: -1, keepDim: true }), [normal(2, 3)]],
  ["mean over two axes", (x) => mean(x, { dim: [0, 2] }), [normal(2, 3, 2)]],
  ["broadcastTo", (x) => broadcastTo(x, [4, 2, 3]), [normal(2, 1)]],
  ["reshape", (x) => reshape(x, [3, -1]), [normal(2, 3)]],
  ["softmax", (x) => softmax(x, 1), [normal(2, 4)]],
  ["logSoftmax", (x) => logSoftmax(x, 0), [normal(3, 2)]],
  ["linear", (x, w, b) => ops.linear(x, w, b), [normal(2, 2, 3), normal(4, 3), normal(4)]],
  ["pow in both", ops.pow, [positive(2, 3), normal(3)]],
  ["pow of negative numbers", (x) => ops.pow(x, 3), [normal(2, 3)]],
  ["abs", (x) => ops.abs(mul(x, x)), [positive(3)]],
  ["abs below 0", (x) => ops.abs(neg(mul(x, x))), [positive(3)]],
  ["variance over an axis", (x) => ops.variance(x, { dim: 1 }), [normal(2, 4)]],
  ["variance of these numbers", (x) => ops.variance(x, { correction: 0, keepDim: true }), [normal(2, 4)]],
  ["matmul", ops.matmul, [normal(2, 3), normal(3, 2)]],
  ["matmul of broadcast stacks", ops.matmul, [normal(2, 1, 2, 3), normal(2, 3, 2)]],
  ["matmul with a vector", ops.matmul, [normal(3), normal(2, 3, 2)]],
  ["cast", (x) => mul(ops.cast(x, "float64"), x), [normal(3)]],
];

const activations: Case[] = [
  ["leakyRelu", (x) => ops.leakyRelu(mul(x, x), { negativeSlope: 0.3 }), [positive(3)]],
  ["leakyRelu below 0", (x) => ops.leakyRelu(neg(mul(x, x)), { negativeSlope: 0.3 }), [positive(3)]],
  ["prelu, a slope for each channel", ops.prelu, [positive(2, 3, 2), normal(3)]],
  ["prelu below 0, one slope", (x, w) => ops.prelu(neg(x), w), [positive(2, 3), normal(1)]],
  ["elu", (x) => ops.elu(mul(x, x), { alpha: 2 }), [positive(3)]],
  ["elu below 0", (x) => ops.elu(neg(x), { alpha: 2 }), [positive(3)]],
  ["selu", (x) => ops.selu(neg(x)), [positive(3)]],
  ["gelu", (x) => ops.gelu(x), [normal(4)]],
  ["gelu by tanh", (x) => ops.gelu(x, { approximate: "tanh" }), [normal(4)]],
  ["erf", ops.erf, [normal(4)]],
  ["sigmoid", ops.sigmoid, [normal(4)]],
  ["silu", ops.silu, [normal(4)]],
  ["tanh", ops.tanh, [normal(4)]],
  ["softplus", (x) => ops.softplus(x, { beta: 2 }), [normal(4)]],
  ["softplus above the threshold", (x) => ops.softplus(mul(x, x), { threshold: 0.1 }), [positive(4)]],
];

const shapes: Case[] = [
  ["permute", (x) => ops.permute(x, [2, 0, 1]), [normal(2, 3, 2)]],
  ["transpose", (x) => ops.transpose(x, 0, -1), [normal(2, 3)]],
  ["slice", (x) => ops.slice(x, { dim: 1, start: 1, end: -1, step: 2 }), [normal(2, 6)]],
  ["flip", (x) => ops.flip(x, 0), [normal(2, 3)]],
];

const convs: Case[] = [
  [
    "conv1d",
    (x, w, bias) => ops.conv1d(x, w, { bias, stride: 2, padding: 1 }),
    [normal(2, 3, 7), normal(2, 3, 3), normal(2)],
  ],
  [
    "conv2d, everything at once",
    (x, w, bias) =>
      ops.conv2d(x, w, {
        bias,
        stride: [2, 1],
        padding: [
          [1, 2],
          [0, 1],
        ],
        dilation: [1, 2],
        groups: 2,
      }),
    [normal(2, 4, 5, 6), normal(6, 2, 2, 3), normal(6)],
  ],
  [
    "conv2d, depthwise",
    (x, w) => ops.conv2d(x, w, { groups: 3, padding: "same" }),
    [normal(1, 3, 4, 4), normal(6, 1, 3, 3)],
  ],
  ["conv3d", (x, w) => ops.conv3d(x, w, { stride: 2, padding: 1 }), [normal(1, 2, 3, 4, 3), normal(2, 2, 2, 2, 2)]],
  ...(["circular", "reflect", "replicate", "mean"] as PaddingMode[]).map(
    (paddingMode): Case => [
      `conv2d, ${paddingMode} padding`,
      (x, w) =>
        ops.conv2d(x, w, {
          padding: [
            [1, 2],
            [2, 0],
          ],
          paddingMode,
        }),
      [normal(1, 2, 4, 3), normal(2, 2, 3, 3)],
    ],
  ),
  [
    "convAdjointX",
    (g, w) => ops.convAdjointX(g, w, { inSize: [6, 5], stride: 2, padding: 1, groups: 2 }),
    [normal(1, 4, 3, 3), normal(4, 1, 3, 3)],
  ],
  [
    "convAdjointW",
    (x, g) => ops.convAdjointW(x, g, { kernelSize: 3, stride: 2, padding: 1, groups: 2 }),
    [normal(2, 2, 6, 5), normal(2, 4, 3, 3)],
  ],
];

const transposedConvs: Case[] = [
  [
    "convTranspose1d",
    (x, w, bias) => ops.convTranspose1d(x, w, { bias, stride: 2, padding: 1, outputPadding: 1 }),
    [normal(2, 2, 4), normal(2, 3, 3), normal(3)],
  ],
  [
    "convTranspose2d, in groups, its outputPadding above the stride",
    (x, w) => ops.convTranspose2d(x, w, { groups: 2, dilation: [3, 1], outputPadding: [2, 0], padding: [[1, 0], 2] }),
    [normal(1, 4, 3, 4), normal(4, 1, 2, 3)],
  ],
  [
    "convTranspose3d",
    (x, w) => ops.convTranspose3d(x, w, { stride: 2 }),
    [normal(1, 1, 2, 2, 1), normal(1, 2, 2, 1, 2)],
  ],
  [
    "convAdjointX with a border",
    (g, w) => ops.convAdjointX(g, w, { inSize: [4, 3], padding: 1, paddingMode: "mean" }),
    [normal(1, 2, 4, 3), normal(2, 1, 3, 3)],
  ],
  [
    "convAdjointW with a border",
    (x, g) => ops.convAdjointW(x, g, { kernelSize: 3, padding: 1, paddingMode: "circular" }),
    [normal(1, 1, 4, 3), normal(1, 2, 4, 3)],
  ],
];

const pools: Case[] = [
  ["adaptiveAvgPool1d", (x) => ops.adaptiveAvgPool1d(x, 3), [normal(1, 2, 5)]],
  ["adaptiveAvgPool2d", (x) => ops.adaptiveAvgPool2d(x, [2, 3]), [normal(1, 2, 4, 5)]],
  ["adaptiveAvgPool3d", (x) => ops.adaptiveAvgPool3d(x, 2), [normal(1, 1, 3, 2, 5)]],
  ["adaptiveMaxPool1d", (x) => ops.adaptiveMaxPool1d(x, 3), [normal(1, 2, 5)]],
  ["adaptiveMaxPool2d", (x) => ops.adaptiveMaxPool2d(x, [2, 3]), [normal(1, 2, 4, 5)]],
  ["adaptiveMaxPool3d", (x) => ops.adaptiveMaxPool3d(x, 2), [normal(1, 1, 3, 2, 5)]],
  ["globalAvgPool", ops.globalAvgPool, [normal(2, 2, 3, 2)]],
  ["globalMaxPool", ops.globalMaxPool, [normal(2, 2, 3, 2)]],
  ["maxPool1d", (x) => ops.maxPool1d(x, 3, { stride: 2, padding: 1 }), [normal(2, 2, 7)]],
  ["maxPool2d", (x) => ops.maxPool2d(x, [2, 3], { stride: 1, dilation: [1, 2] }), [normal(1, 2, 5, 6)]],
  ["maxPool3d", (x) => ops.maxPool3d(x, 2), [normal(1, 1, 4, 4, 2)]],
  ["avgPool1d", (x) => ops.avgPool1d(x, 2), [normal(1, 2, 5)]],
  [
    "avgPool2d",
    (x) => ops.avgPool2d(x, 3, { stride: 2, padding: 1, ceilMode: true, countIncludePad: false }),
    [normal(1, 2, 6, 5)],
  ],
  ["avgPool3d", (x) => ops.avgPool3d(x, 2, { divisorOverride: 3 }), [normal(1, 1, 2, 4, 2)]],
  [
    "pad, mean",
    (x) =>
      ops.pad(
        x,
        [
          [1, 0],
          [2, 1],
        ],
        { mode: "mean" },
      ),
    [normal(2, 3, 2)],
  ],
  ["pad, constant", (x) => ops.pad(x, [[1, 2]], { mode: "constant", value: 3 }), [normal(2, 3)]],
];

describe.each([1, 2] as const)("derivatives of order %i are central differences", (order) => {
  test.each([...elementwise, ...activations, ...shapes, ...convs, ...transposedConvs, ...pools])(
    "%s",
    (_, fn, inputs) => {
      expect(checkGradient(fn, inputs, { order }).entries).toBe(inputs.reduce((n, x) => n + x.size, 0));
    },
  );
});

describe("linear maps and their adjoints have equal inner products", () => {
  const linear: [string, (x: Variable) => Variable, number[]][] = [
    ["conv2d in x", (x) => ops.conv2d(x, normal(4, 2, 3, 3), { stride: 2, padding: 1, groups: 2 }), [2, 4, 7, 8]],
    ["conv2d in w", (w) => ops.conv2d(normal(2, 4, 7, 8), w, { dilation: 2, groups: 2 }), [4, 2, 3, 3]],
    [
      "mean padding",
      (x) =>
        ops.pad(
          x,
          [
            [3, 0],
            [0, 1],
          ],
          { mode: "mean" },
        ),
      [2, 3, 4],
    ],
    ["circular padding that wraps twice", (x) => ops.pad(x, [[5, 4]], { mode: "circular" }), [2, 2]],
    ["avgPool2d", (x) => ops.avgPool2d(x, 3, { stride: 2, padding: 1, ceilMode: true }), [1, 2, 6, 7]],
    ["sum", (x) => sum(x, { dim: 1 }), [2, 3, 2]],
    ["broadcastTo", (x) => broadcastTo(x, [2, 3, 4]), [3, 1]],
  ];
  test.each(linear)("%s", (_, map, shape) => {
    const { forward, adjoint } = checkAdjoint(map, shape);
    expect(adjoint).toBeCloseTo(forward, 9);
  });
});
