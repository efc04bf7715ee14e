import * as core from "@conv/core";
import { createRandom, type PaddingMode, type Shape, type Tensor, tensor } from "@conv/core";
import { sizeOf } from "@conv/core/operators";
import type { Variable } from "../src/index.js";
import * as ops from "../src/index.js";

/** An operator, what it is called with, and what of that has gradients. */
export interface DeviceCase {
  /** The name it is exported by. */
  readonly operator: string;
  /** The operator, and what is special. */
  readonly name: string;
  /** Made into Variables, each of which has a gradient. */
  readonly inputs: readonly Tensor[];
  /** The result; `on` brings a tensor that has no gradient, such as indices, to the device. */
  readonly run: (inputs: Variable[], on: (x: Tensor) => Tensor) => Variable;
}

type Run = DeviceCase["run"];
type Row = readonly [name: string, inputs: readonly Tensor[], run: Run];

/** Numbers around 0. One shape gives one tensor. */
export const normal = (...shape: number[]): Tensor => createRandom(sizeOf(shape) + shape.length).normal(shape);
/** Numbers from 0.5 to 2, where logarithms and powers are tame. */
const positive = (...shape: number[]): Tensor => createRandom(sizeOf(shape)).uniform(shape, { low: 0.5, high: 2 });
/** Small integers as floats: some of them are equal, some 0. */
const ties = (...shape: number[]): Tensor => {
  const random = createRandom(sizeOf(shape));
  const values = Float32Array.from({ length: sizeOf(shape) }, () => random.integer(3) - 1);
  return tensor(values, shape);
};
/** Integers below `bound`, int32. */
const integers = (shape: Shape, bound: number): Tensor => {
  const random = createRandom(sizeOf(shape));
  return tensor(
    Int32Array.from({ length: sizeOf(shape) }, () => random.integer(bound)),
    shape,
  );
};
const float64 = (...shape: number[]): Tensor => createRandom(sizeOf(shape)).normal(shape, { dtype: "float64" });

const MODES: readonly PaddingMode[] = ["zeros", "reflect", "replicate", "circular", "mean"];

const operators = { ...ops };

/** The cases of an operator. */
const of = (operator: keyof typeof operators, ...rows: readonly Row[]): readonly DeviceCase[] =>
  rows.map(([name, inputs, run]) => ({ operator, name: name === "" ? operator : `${operator}, ${name}`, inputs, run }));

const [image, filters, bias] = [normal(2, 4, 6, 5), normal(6, 2, 3, 3), normal(6)];

const convolutions = [
  ...of(
    "conv1d",
    ...MODES.map(
      (paddingMode): Row => [
        `padding ${paddingMode}`,
        [normal(2, 2, 7), normal(3, 2, 3), normal(3)],
        ([x, w, b]) => ops.conv1d(x, w, { padding: [[2, 1]], paddingMode, bias: b }),
      ],
    ),
  ),
  ...of(
    "conv2d",
    ...MODES.map(
      (paddingMode): Row => [
        `padding ${paddingMode}, groups, stride`,
        [image, filters, bias],
        ([x, w, b]) => ops.conv2d(x, w, { padding: [1, [2, 0]], stride: [2, 1], groups: 2, paddingMode, bias: b }),
      ],
    ),
    ["no options", [normal(1, 2, 4, 4), normal(3, 2, 2, 3)], ([x, w]) => ops.conv2d(x, w)],
    [
      "same, dilation",
      [normal(1, 2, 6, 5), normal(2, 2, 3, 2)],
      ([x, w]) => ops.conv2d(x, w, { padding: "same", dilation: 2, paddingMode: "circular" }),
    ],
    ["depthwise", [normal(2, 3, 5, 4), normal(6, 1, 3, 3)], ([x, w]) => ops.conv2d(x, w, { groups: 3, padding: 1 })],
    ["1×1", [normal(2, 3, 3, 3), normal(4, 3, 1, 1)], ([x, w]) => ops.conv2d(x, w)],
    ["float64", [float64(1, 2, 4, 4), float64(2, 2, 3, 3)], ([x, w]) => ops.conv2d(x, w, { padding: 1 })],
    ["a filter that has no gradient", [image], ([x], on) => ops.conv2d(x, on(filters), { groups: 2, bias: on(bias) })],
    ["a batch of 0", [normal(0, 2, 4, 4), normal(3, 2, 3, 3)], ([x, w]) => ops.conv2d(x, w)],
  ),
  ...of(
    "conv3d",
    ...MODES.map(
      (paddingMode): Row => [
        `padding ${paddingMode}`,
        [normal(1, 2, 3, 4, 3), normal(2, 2, 2, 2, 2), normal(2)],
        ([x, w, b]) => ops.conv3d(x, w, { padding: 1, paddingMode, bias: b }),
      ],
    ),
  ),
  ...of("convTranspose1d", [
    "stride, outputPadding",
    [normal(2, 3, 4), normal(3, 2, 3), normal(2)],
    ([x, w, b]) => ops.convTranspose1d(x, w, { stride: 2, outputPadding: 1, padding: 1, bias: b }),
  ]),
  ...of(
    "convTranspose2d",
    [
      "stride, groups",
      [normal(2, 4, 3, 3), normal(4, 2, 3, 2), normal(4)],
      ([x, w, b]) => ops.convTranspose2d(x, w, { stride: 2, groups: 2, bias: b }),
    ],
    [
      "dilation",
      [normal(1, 2, 3, 4), normal(2, 3, 2, 2)],
      ([x, w]) => ops.convTranspose2d(x, w, { dilation: 2, padding: 1 }),
    ],
  ),
  ...of("convTranspose3d", [
    "stride",
    [normal(1, 2, 2, 3, 2), normal(2, 3, 2, 2, 2), normal(3)],
    ([x, w, b]) => ops.convTranspose3d(x, w, { stride: 2, bias: b }),
  ]),
  ...of(
    "convAdjointX",
    ...MODES.map(
      (paddingMode): Row => [
        `padding ${paddingMode}`,
        [normal(2, 6, 6, 5), filters],
        ([gradY, w]) => ops.convAdjointX(gradY, w, { inSize: [6, 5], padding: 1, groups: 2, paddingMode }),
      ],
    ),
  ),
  ...of(
    "convAdjointW",
    ...MODES.map(
      (paddingMode): Row => [
        `padding ${paddingMode}`,
        [image, normal(2, 6, 6, 5)],
        ([x, gradY]) => ops.convAdjointW(x, gradY, { kernelSize: 3, padding: 1, groups: 2, paddingMode }),
      ],
    ),
  ),
  ...of(
    "linear",
    ["", [normal(3, 4), normal(5, 4), normal(5)], ([x, w, b]) => ops.linear(x, w, b)],
    ["no bias, three axes", [normal(2, 3, 4), normal(5, 4)], ([x, w]) => ops.linear(x, w)],
  ),
  ...of(
    "convMatrix",
    ["", [normal(2, 2, 2, 2)], ([w]) => ops.convMatrix(w, { inSize: [3, 4], padding: 1, stride: 2 })],
    ["float64", [float64(2, 1, 3)], ([w]) => ops.convMatrix(w, { inSize: [5], groups: 2 })],
  ),
  ...of(
    "pad",
    ...MODES.map((mode): Row => [mode, [normal(2, 4, 5)], ([x]) => ops.pad(x, [[2, 1], [0, 3]], { mode })]), // biome-ignore format: one line
    ["a value", [normal(2, 3)], ([x]) => ops.pad(x, [1, 2], { mode: "constant", value: 7 })],
  ),
  ...of(
    "padAdjoint",
    ...MODES.map(
      (mode): Row => [
        mode,
        [normal(2, 7, 8)],
        ([g]) => ops.padAdjoint(g, [[2, 1], [0, 3]], { mode, inSize: [4, 5] }), // biome-ignore format: one line
      ],
    ),
  ),
  ...of("im2col", [
    "",
    [normal(2, 2, 5, 4)],
    ([x]) => ops.im2col(x, { kernelSize: [3, 2], stride: 2, padding: 1, dilation: [1, 2] }),
  ]),
  ...of("col2im", [
    "",
    [normal(2, 12, 12)],
    ([columns]) => ops.col2im(columns, { kernelSize: [3, 2], inSize: [5, 5] }),
  ]),
  ...of(
    "matmul",
    ["", [normal(3, 4), normal(4, 2)], ([a, b]) => ops.matmul(a, b)],
    ["stacks that broadcast", [normal(2, 1, 3, 4), normal(3, 4, 2)], ([a, b]) => ops.matmul(a, b)],
    ["a vector", [normal(3, 4), normal(4)], ([a, b]) => ops.matmul(a, b)],
  ),
];

const [signal, volume] = [normal(2, 2, 9), normal(1, 2, 4, 3, 4)];
const window = { stride: 2, padding: 1 };

const pools = [
  ...of("maxPool1d", ["", [signal], ([x]) => ops.maxPool1d(x, 3, window)]),
  ...of(
    "maxPool2d",
    ["", [image], ([x]) => ops.maxPool2d(x, 3, { ...window, ceilMode: true })],
    ["ties, dilation", [ties(1, 2, 6, 6)], ([x]) => ops.maxPool2d(x, 2, { dilation: 2, stride: 1 })],
  ),
  ...of("maxPool3d", ["", [volume], ([x]) => ops.maxPool3d(x, 2)]),
  ...of("maxPool1dWithIndices", ["", [signal], ([x]) => ops.maxPool1dWithIndices(x, 2).y]),
  ...of("maxPool2dWithIndices", ["", [image], ([x]) => ops.maxPool2dWithIndices(x, [2, 3]).y]),
  ...of("maxPool3dWithIndices", ["", [volume], ([x]) => ops.maxPool3dWithIndices(x, 2).y]),
  ...of("maxPoolAdjoint", [
    "at given indices",
    [normal(2, 3, 2, 2)],
    ([g], on) => ops.maxPoolAdjoint(g, on(integers([2, 3, 2, 2], 20)), { inSize: [5, 4] }),
  ]),
  ...of("avgPool1d", ["", [signal], ([x]) => ops.avgPool1d(x, 3, window)]),
  ...of(
    "avgPool2d",
    ["", [image], ([x]) => ops.avgPool2d(x, 3, { ...window, ceilMode: true })],
    ["padding not counted", [image], ([x]) => ops.avgPool2d(x, 3, { ...window, countIncludePad: false })],
    ["a divisor", [image], ([x]) => ops.avgPool2d(x, 2, { divisorOverride: 3 })],
  ),
  ...of("avgPool3d", ["", [volume], ([x]) => ops.avgPool3d(x, 2)]),
  ...of("avgPoolAdjoint", ["", [normal(2, 3, 2, 2)], ([g]) => ops.avgPoolAdjoint(g, 2, { inSize: [5, 4] })]),
  ...of("adaptiveAvgPool1d", ["", [signal], ([x]) => ops.adaptiveAvgPool1d(x, 4)]),
  ...of(
    "adaptiveAvgPool2d",
    ["uneven windows", [image], ([x]) => ops.adaptiveAvgPool2d(x, [4, 2])],
    ["even windows", [image], ([x]) => ops.adaptiveAvgPool2d(x, [3, 5])],
  ),
  ...of("adaptiveAvgPool3d", ["", [volume], ([x]) => ops.adaptiveAvgPool3d(x, [3, 2, 1])]),
  ...of(
    "adaptiveAvgPoolAdjoint",
    ["uneven windows", [normal(2, 3, 2, 3)], ([g]) => ops.adaptiveAvgPoolAdjoint(g, { inSize: [5, 4] })],
    ["even windows", [normal(2, 3, 2, 2)], ([g]) => ops.adaptiveAvgPoolAdjoint(g, { inSize: [4, 6] })],
  ),
  ...of("adaptiveMaxPool1d", ["", [signal], ([x]) => ops.adaptiveMaxPool1d(x, 4)]),
  ...of(
    "adaptiveMaxPool2d",
    ["uneven windows", [image], ([x]) => ops.adaptiveMaxPool2d(x, [4, 2])],
    ["even windows", [image], ([x]) => ops.adaptiveMaxPool2d(x, [3, 5])],
  ),
  ...of("adaptiveMaxPool3d", ["", [volume], ([x]) => ops.adaptiveMaxPool3d(x, [3, 2, 1])]),
  ...of("adaptiveMaxPool1dWithIndices", ["", [signal], ([x]) => ops.adaptiveMaxPool1dWithIndices(x, 4).y]),
  ...of("adaptiveMaxPool2dWithIndices", ["", [image], ([x]) => ops.adaptiveMaxPool2dWithIndices(x, 2).y]),
  ...of("adaptiveMaxPool3dWithIndices", ["", [volume], ([x]) => ops.adaptiveMaxPool3dWithIndices(x, 2).y]),
  ...of("globalAvgPool", ["of images", [image], ([x]) => ops.globalAvgPool(x)]),
  ...of("globalMaxPool", ["of volumes", [volume], ([x]) => ops.globalMaxPool(x)]),
  ...of("lpPool", ["", [positive(1, 2, 4, 4)], ([x]) => ops.lpPool(x, 2, 2)]),
  ...of("lpPool1d", ["", [positive(1, 2, 6)], ([x]) => ops.lpPool1d(x, 3, 2)]),
  ...of("lpPool2d", ["", [positive(1, 2, 5, 4)], ([x]) => ops.lpPool2d(x, 1.5, 2, { stride: 1 })]),
  ...of("lpPool3d", ["", [positive(1, 1, 2, 4, 2)], ([x]) => ops.lpPool3d(x, 2, 2)]),
];

const interpolations = [
  ...of(
    "interpolate",
    ["nearest", [image], ([x]) => ops.interpolate(x, { scaleFactor: 2 })],
    ["bilinear", [image], ([x]) => ops.interpolate(x, { size: [4, 9], mode: "bilinear" })],
    ["trilinear", [volume], ([x]) => ops.interpolate(x, { scaleFactor: 1.5, mode: "trilinear", alignCorners: true })],
    ["float64", [float64(1, 2, 3, 4)], ([x]) => ops.interpolate(x, { size: 6, mode: "bicubic" })],
    ["to the same size", [signal], ([x]) => ops.interpolate(x, { size: 9 })],
  ),
  ...of("interpolateAdjoint", [
    "bilinear",
    [normal(2, 3, 8, 6)],
    ([g]) => ops.interpolateAdjoint(g, { inSize: [4, 3], scaleFactor: 2, mode: "bilinear" }),
  ]),
];

const [row, column] = [normal(1, 4), normal(3, 1)];
const pairs = (["add", "sub", "mul", "div", "maximum", "minimum"] as const).flatMap((operator) =>
  of(
    operator,
    ["one shape", [positive(3, 4), normal(3, 4)], ([a, b]) => operators[operator](a, b)],
    ["a row and a column", [row, column], ([a, b]) => operators[operator](a, b)],
    ["a number first", [normal(3)], ([b]) => operators[operator](2, b)],
    ["a number second", [normal(3)], ([a]) => operators[operator](a, -0.5)],
    ["float32 and float64", [normal(2, 3), float64(3)], ([a, b]) => operators[operator](a, b)],
    ["an int32 without a gradient", [normal(2, 3)], ([a], on) => operators[operator](a, on(integers([3], 4)))],
  ),
);
const each = (["neg", "abs", "exp", "relu", "selu", "erf", "sigmoid", "silu", "tanh"] as const).flatMap((operator) =>
  of(
    operator,
    ["numbers around 0", [normal(3, 5)], ([x]) => operators[operator](x)],
    ["-1, 0 and 1", [ties(9)], ([x]) => operators[operator](x)],
    ["float64", [float64(4)], ([x]) => operators[operator](x)],
  ),
);

const elementwise = [
  ...pairs,
  ...of("maximum", ["equals", [ties(3, 4), ties(4)], ([a, b]) => ops.maximum(a, b)]),
  ...of("minimum", ["equals", [ties(3, 4), ties(4)], ([a, b]) => ops.minimum(a, b)]),
  ...of(
    "pow",
    ["broadcasting", [positive(3, 1), normal(4)], ([a, b]) => ops.pow(a, b)],
    ["a square", [normal(5)], ([a]) => ops.pow(a, 2)],
    ["of a number", [normal(5)], ([b]) => ops.pow(2, b)],
    ["of 0, to 0", [ties(9), tensor([2])], ([a, b]) => ops.pow(ops.abs(a), b)],
  ),
  ...each,
  ...of("log", ["", [positive(7)], ([x]) => ops.log(x)]),
  ...of("sqrt", ["", [positive(7)], ([x]) => ops.sqrt(x)]),
  ...of(
    "clamp",
    ["two bounds", [normal(9)], ([x]) => ops.clamp(x, { min: -0.5, max: 0.7 })],
    ["a lower bound", [ties(9)], ([x]) => ops.clamp(x, { min: 0 })],
    ["an upper bound", [ties(9)], ([x]) => ops.clamp(x, { max: 0 })],
  ),
  ...of(
    "where",
    ["", [normal(3, 4), normal(4)], ([a, b], on) => ops.where(on(ties(3, 1)), a, b)],
    ["a number", [normal(3, 4)], ([a], on) => ops.where(on(integers([4], 2)), a, 0)],
    ["the condition a Variable", [ties(4), normal(4)], ([c, b]) => ops.where(c, ops.mul(c, b), b)],
    ["two numbers", [normal(4)], ([x], on) => ops.mul(x, ops.where(on(ties(4)), 1, 2))],
  ),
  ...of(
    "cast",
    ["to float64", [normal(4)], ([x]) => ops.cast(x, "float64")],
    ["to float32", [float64(4)], ([x]) => ops.cast(x, "float32")],
  ),
  ...of("leakyRelu", ["", [normal(9)], ([x]) => ops.leakyRelu(x, { negativeSlope: 0.2 })]),
  ...of(
    "prelu",
    ["one slope", [normal(2, 3, 4), normal(1)], ([x, w]) => ops.prelu(x, w)],
    ["a slope for each channel", [normal(2, 3, 4), normal(3)], ([x, w]) => ops.prelu(x, w)],
  ),
  ...of("elu", ["", [normal(9)], ([x]) => ops.elu(x, { alpha: 1.5 })]),
  ...of(
    "gelu",
    ["", [normal(9)], ([x]) => ops.gelu(x)],
    ["tanh", [normal(9)], ([x]) => ops.gelu(x, { approximate: "tanh" })],
  ),
  ...of(
    "softplus",
    ["", [normal(9)], ([x]) => ops.softplus(x)],
    ["beyond the threshold", [normal(9)], ([x]) => ops.softplus(x, { beta: 2, threshold: 1 })],
  ),
];

const reductions = [
  ...(["sum", "mean", "max", "min", "variance"] as const).flatMap((operator) =>
    of(
      operator,
      ["of all", [normal(2, 3, 4)], ([x]) => operators[operator](x)],
      ["of two axes", [ties(2, 3, 4)], ([x]) => operators[operator](x, { dim: [0, -1] })],
      ["of one axis, kept", [normal(2, 3, 4)], ([x]) => operators[operator](x, { dim: 1, keepDim: true })],
    ),
  ),
  ...of("variance", ["biased", [normal(2, 5)], ([x]) => ops.variance(x, { dim: 1, correction: 0 })]),
  ...of("softmax", ["", [normal(2, 5, 3)], ([x]) => ops.softmax(x, 1)]),
  ...of("logSoftmax", ["", [normal(4, 5)], ([x]) => ops.logSoftmax(x, -1)]),
];

const shapes = [
  ...of("reshape", ["", [normal(2, 6)], ([x]) => ops.reshape(x, [3, -1])]),
  ...of("permute", ["", [normal(2, 3, 4)], ([x]) => ops.permute(x, [2, 0, 1])]),
  ...of("transpose", ["", [normal(2, 3, 4)], ([x]) => ops.transpose(x, 0, -1)]),
  ...of("slice", ["", [normal(2, 7)], ([x]) => ops.slice(x, { dim: 1, start: 1, end: -1, step: 2 })]),
  ...of("flip", ["", [normal(2, 3)], ([x]) => ops.flip(x, 1)]),
  ...of("broadcastTo", ["", [column], ([x]) => ops.broadcastTo(x, [2, 3, 4])]),
  ...of(
    "gather",
    ["indices that repeat", [normal(3, 4)], ([x], on) => ops.gather(x, 1, on(integers([3, 7], 4)))],
    ["a part of x", [normal(3, 4, 2)], ([x], on) => ops.gather(x, 0, on(integers([5, 2, 1], 3)))],
  ),
  ...of(
    "concat",
    ["along the channels", [normal(2, 1, 3), normal(2, 4, 3)], ([a, b]) => ops.concat([a, b], 1)],
    ["float32, float64 and int32", [normal(2), float64(3)], ([a, b], on) => ops.concat([a, on(integers([2], 9)), b])],
  ),
  ...of("stack", ["", [normal(2, 3), normal(2, 3), normal(2, 3)], ([a, b, c]) => ops.stack([a, b, c], -1)]),
];

const whole = [
  ...of(
    "checkpoint",
    ["a block", [image, filters], ([x, w]) => ops.checkpoint((v) => ops.gelu(ops.conv2d(v, w, { groups: 2 })), x)],
    [
      "random numbers",
      [normal(3, 4)],
      ([x]) => {
        const random = createRandom(7);
        const noise = (v: Variable) => random.normal(v.shape, { device: v.device });
        return ops.checkpoint((v) => ops.mul(ops.exp(v), noise(v)), x);
      },
    ],
  ),
  ...of("defineLinear", [
    "an operator of one's own",
    [normal(3, 4)],
    ([x]) => {
      const mirrored = ops.defineLinear({
        name: "mirrored",
        forward: (t) => core.flip(t, 1),
        adjoint: (t) => core.flip(t, 1),
      });
      return ops.mul(mirrored(x), x);
    },
  ]),
  ...of("defineOp", [
    "an operator of one's own",
    [normal(3, 4), normal(4)],
    ([a, b]) => {
      const product = ops.defineOp({
        name: "product",
        inputs: ["a", "b"],
        forward: ({ a, b }) => core.mul(a, b),
        adjoint: {
          a: (gradY, { b }) => ops.mul(gradY, b),
          b: (gradY, { a }) => ops.sum(ops.mul(gradY, a), { dim: 0 }),
        },
      });
      return product(a, b);
    },
  ]),
];

/** Calls of every operator, as its users write them; each is the same on every device. */
export const deviceCases: readonly DeviceCase[] = [
  ...convolutions,
  ...pools,
  ...interpolations,
  ...elementwise,
  ...reductions,
  ...shapes,
  ...whole,
];
