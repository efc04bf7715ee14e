import { createRandom, type PaddingMode, type Tensor, tensor } from "@conv/core";
import { describe, expect, test } from "vitest";
import * as ops from "../index.js";
import { checkAdjoint, checkGradient, type Variable, variable } from "../index.js";

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

const pools: Case[] = [
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
  test.each([...elementwise, ...convs, ...pools])("%s", (_, fn, inputs) => {
    expect(checkGradient(fn, inputs, { order }).entries).toBe(inputs.reduce((n, x) => n + x.size, 0));
  });
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

test("relu stops an infinite gradient where x is not positive: not 0·∞", () => {
  const x = variable(tensor([-1, 2]));
  sum(log(relu(x))).backward();
  expect([...(x.grad?.dataSync() ?? [])]).toEqual([0, 0.5]);
});

test("unknown options are refused as in @conv/core", () => {
  const x = variable(tensor([-1, 2]));
  expect(() => sum(x, { axis: 0 } as never)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: sum: unknown option axis. Did you mean dim?]`,
  );
  expect(() => mean(x, { keepdim: true } as never)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: mean: unknown option keepdim. Did you mean keepDim?]`,
  );
});
