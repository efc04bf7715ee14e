import { describe, expect, test } from "vitest";
import * as core from "../src/index.js";
import { ones, tensor, zeros } from "../src/index.js";

const { conv1d, conv2d, convTranspose2d, maxPool2d, avgPool2d } = core;
const [x, w] = [ones([2, 4, 6, 6]), ones([8, 4, 3, 3])];
const image = ones([1, 2, 4, 4]);
const signal = ones([1, 2, 4]);
const labels = zeros([2], { dtype: "int32" });

type Call = (...args: unknown[]) => unknown;

/** How every operator is called rightly: what a wrong argument is put into. */
const calls: Readonly<Record<string, readonly unknown[]>> = {
  ...Object.fromEntries(["add", "sub", "mul", "div", "pow", "maximum", "minimum"].map((name) => [name, [x, 2]])),
  ...Object.fromEntries(
    ["neg", "abs", "exp", "log", "sqrt", "step", "relu", "selu", "erf", "sigmoid", "silu", "tanh"].map((name) => [
      name,
      [x],
    ]),
  ),
  clamp: [x, { min: 0 }],
  where: [x, 1, 2],
  cast: [x, "float64"],
  leakyRelu: [x, { negativeSlope: 0.1 }],
  prelu: [x, ones([4])],
  elu: [x, { alpha: 1 }],
  gelu: [x, { approximate: "tanh" }],
  softplus: [x, { beta: 1 }],
  softmax: [x, 1],
  logSoftmax: [x, 1],
  ...Object.fromEntries(["sum", "mean", "variance", "max", "min", "argmax"].map((name) => [name, [x, { dim: 1 }]])),
  reshape: [x, [-1]],
  permute: [x, [3, 2, 1, 0]],
  transpose: [x, 0, 1],
  slice: [x, { end: 1 }],
  flip: [x, 0],
  broadcastTo: [x, [2, 4, 6, 6]],
  concat: [[x, x], 1],
  stack: [[x, x], 1],
  gather: [ones([2, 2]), 1, zeros([2, 1], { dtype: "int32" })],
  oneHot: [labels, 3],
  matmul: [ones([2, 3]), ones([3, 2])],
  linear: [ones([2, 3]), ones([4, 3]), ones([4])],
  conv1d: [signal, ones([3, 2, 2]), { bias: ones([3]) }],
  conv2d: [x, w, { stride: 2 }],
  conv3d: [ones([1, 1, 2, 2, 2]), ones([1, 1, 2, 2, 2]), { padding: 1 }],
  convTranspose1d: [signal, ones([2, 3, 2]), { bias: ones([3]) }],
  convTranspose2d: [image, ones([2, 3, 2, 2]), { stride: 2 }],
  convTranspose3d: [ones([1, 1, 2, 2, 2]), ones([1, 1, 2, 2, 2]), { padding: 1 }],
  convAdjointX: [ones([2, 8, 4, 4]), w, { inSize: 6 }],
  convAdjointW: [x, ones([2, 8, 4, 4]), { kernelSize: 3 }],
  convMatrix: [w, { inSize: 4 }],
  im2col: [x, { kernelSize: 2 }],
  col2im: [ones([1, 4, 4]), { kernelSize: 2, inSize: [3, 3] }],
  pad: [x, [1, 1], { mode: "reflect" }],
  padAdjoint: [x, [1, 1], { mode: "mean", inSize: [4, 4] }],
  ...Object.fromEntries(
    ["maxPool", "avgPool"].flatMap((name) =>
      [signal, image, ones([1, 2, 2, 2, 2])].map((of, i) => [`${name}${i + 1}d`, [of, 2, { stride: 1 }]]),
    ),
  ),
  ...Object.fromEntries(
    ["adaptiveAvgPool", "adaptiveMaxPool"].flatMap((name) =>
      [signal, image, ones([1, 2, 2, 2, 2])].map((of, i) => [`${name}${i + 1}d`, [of, 1]]),
    ),
  ),
  globalAvgPool: [image],
  globalMaxPool: [image],
  lpPool: [image, 2, 2, { stride: 1 }],
  lpPool1d: [signal, 2, 2, { stride: 1 }],
  lpPool2d: [image, 2, 2, { stride: 1 }],
  lpPool3d: [ones([1, 2, 2, 2, 2]), 2, 2, { stride: 1 }],
  avgPoolAdjoint: [ones([1, 2, 2, 2]), 2, { inSize: [4, 4] }],
  adaptiveAvgPoolAdjoint: [ones([1, 2, 2, 2]), { inSize: [5, 5] }],
  maxPoolAdjoint: [ones([1, 2, 2]), zeros([1, 2, 2], { dtype: "int32" }), { inSize: [4] }],
};

const operators = core as unknown as Readonly<Record<string, Call>>;
const call = (name: string, args: readonly unknown[]) => () => operators[name](...args);
const named = (name: string) => new RegExp(`^${name}: `);

/** What is thrown, with its kind. */
function textOf(wrong: () => unknown): string {
  try {
    return `nothing is thrown, but ${String(wrong())} returned`;
  } catch (error) {
    return String(error);
  }
}

/** What is exported and is no operator on tensors: constructors, sizes, steps, checks. */
const OTHERS =
  /^(Tensor|ShapeError|BackendError|SELU|GELU_TANH|cpu|tensor|zeros|ones|full|arange|eye|createRandom|promotion|spatialRank|splitPadding|matrix|transposed|gemm|sizeOf|stridesOf|isSameShape|formatShape|formatValue|broadcastShapes|expect\w+|check\w+|resolve\w+|perAxis|clampBounds|preluShape|\w+Geometry|\w+Options|\w+WithIndices|\w+ing|\w*convolution\w*|transposedConvolution|linearMap|matrixProduct)$/;

test("the table below holds every operator, called rightly", () => {
  const exported = Object.keys(core).filter((name) => !OTHERS.test(name));
  expect(Object.keys(calls).sort()).toEqual(exported.sort());
  for (const [name, args] of Object.entries(calls)) expect(call(name, args), name).not.toThrow();
});

/** Where the tensors stand among the arguments of a call. */
const tensorsIn = (args: readonly unknown[]) => args.flatMap((arg, i) => (arg instanceof core.Tensor ? [i] : []));

describe("every operator, in its own name", () => {
  test.each(Object.entries(calls))("%s refuses what is no tensor", (name, args) => {
    for (const i of tensorsIn(args)) {
      for (const wrong of [undefined, null, "1", [1, 2], { a: 1 }, new Float32Array(2)]) {
        if (name === "linear" && i === 2 && wrong === undefined) continue; // no bias
        const given = args.map((arg, j) => (j === i ? wrong : arg));
        expect(call(name, given), `${i}: ${String(wrong)}`).toThrow(named(name));
        expect(call(name, given)).toThrow(TypeError);
      }
    }
  });

  const last = (args: readonly unknown[]) => args.at(-1) as object;
  const isOptions = (arg: unknown) => typeof arg === "object" && !Array.isArray(arg) && !(arg instanceof core.Tensor);
  test.each(Object.entries(calls).filter(([, args]) => isOptions(args.at(-1))))(
    "%s refuses an option it does not know",
    (name, args) => {
      const given = [...args.slice(0, -1), { ...last(args), colour: "red" }];
      expect(call(name, given)).toThrow(named(name));
      expect(call(name, given)).toThrow(/unknown option colour/);
    },
  );

  test.each(Object.entries(calls).filter(([, args]) => tensorsIn(args).length > 1))(
    "%s refuses tensors of two devices",
    (name, args) => {
      const elsewhere: core.Device = { ...core.cpu, name: "elsewhere" };
      for (const i of tensorsIn(args).slice(1)) {
        const given = args.map((arg, j) => (j === i ? (arg as core.Tensor).to(elsewhere) : arg));
        expect(call(name, given)).toThrow(named(name));
        expect(call(name, given)).toThrow(/two devices, cpu and elsewhere/);
      }
    },
  );
});

describe("int32 does not go into linear algebra, nor two types", () => {
  const int = (of: unknown) => (of instanceof core.Tensor && of.dtype !== "int32" ? core.cast(of, "int32") : of);
  const algebra = Object.keys(calls).filter((name) =>
    /^(conv|linear|matmul|avgPool|adaptiveAvg|globalAvg|lp)/.test(name),
  );

  test.each(algebra)("%s", (name) => {
    expect(call(name, calls[name].map(int))).toThrow(TypeError);
    expect(call(name, calls[name].map(int))).toThrow(named(name));
    const [first, second, ...rest] = calls[name];
    if (second instanceof core.Tensor && first instanceof core.Tensor) {
      expect(call(name, [core.cast(first, "float64"), second, ...rest])).toThrow(named(name));
    }
  });

  test("the words", () => {
    expect(() => conv2d(core.cast(x, "int32"), core.cast(w, "int32"))).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: conv2d: its tensors are int32, but it computes in floats. Use cast(x, "float32").]`,
    );
    expect(() => conv2d(core.cast(x, "float64"), w)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: conv2d: its tensors have dtypes float64 and float32. Make them of one: cast(x, "float64").]`,
    );
    expect(() => conv2d(x, w, { bias: zeros([8], { dtype: "int32" }) })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: conv2d: its tensors have dtypes float32 and int32. Make them of one: cast(x, "float32").]`,
    );
    expect(() => avgPool2d(core.cast(image, "int32"), 2)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: avgPool2d: its tensors are int32, but it computes in floats. Use cast(x, "float32").]`,
    );
  });
});

describe("the words of the commonest mistakes", () => {
  test.each([
    [
      "channels without groups",
      () => conv2d(x, ones([8, 2, 3, 3])),
      "ShapeError: conv2d: w [8, 2, 3, 3] takes 2 channels per group, but x [2, 4, 6, 6] has 4 channels in 1 group. Did you mean groups: 2?",
    ],
    [
      "groups that do not divide",
      () => conv2d(x, w, { groups: 3 }),
      "ShapeError: conv2d: w [8, 4, 3, 3] takes 4 channels per group, but x [2, 4, 6, 6] has 4 channels in 3 groups. Did you mean groups: 1?",
    ],
    [
      "a kernel larger than the image",
      () => conv2d(x, ones([8, 4, 9, 9])),
      "ShapeError: conv2d: the dilated kernel spans 9 pixels along spatial axis 0 (kernel 9, dilation 1), but x [2, 4, 6, 6] with padding [0, 0] has 6. Use more padding or a smaller kernel.",
    ],
    [
      "a stride of 0",
      () => conv2d(x, w, { stride: 0 }),
      "RangeError: conv2d: stride must be a positive integer, got 0.",
    ],
    [
      "a fractional stride",
      () => conv2d(x, w, { stride: 1.5 }),
      "RangeError: conv2d: stride must be a positive integer, got 1.5.",
    ],
    [
      "a padding that is NaN",
      () => conv2d(x, w, { padding: Number.NaN }),
      "RangeError: conv2d: padding must be an integer of at least 0, got NaN.",
    ],
    [
      "null for a stride",
      () => conv2d(x, w, { stride: null as never }),
      "RangeError: conv2d: stride must be a positive integer, got null.",
    ],
    [
      "a stride in words",
      () => conv2d(x, w, { stride: "2" as never }),
      'RangeError: conv2d: stride must be a positive integer, got "2".',
    ],
    [
      "TensorFlow's strides",
      () => conv2d(x, w, { strides: 2 } as never),
      "TypeError: conv2d: unknown option strides. Did you mean stride?",
    ],
    ["pad", () => conv2d(x, w, { pad: 1 } as never), "TypeError: conv2d: unknown option pad. Did you mean padding?"],
    [
      "a word that is none",
      () => conv2d(x, w, { padding: "SAME" as never }),
      'RangeError: conv2d: padding must be numbers, "same" or "valid", got "SAME".',
    ],
    [
      "PyTorch's order of arguments",
      () => conv2d(x, w, ones([8]) as never),
      "TypeError: conv2d: the last argument is the options, got a tensor. Pass a bias as { bias: b }.",
    ],
    [
      "a nested array for x",
      () => conv2d([[[[1]]]] as never, w),
      "TypeError: conv2d: x must be a tensor, got [[[[1]]]]. Make a tensor with tensor(values, shape).",
    ],
    [
      "an image without a batch",
      () => conv2d(ones([4, 6, 6]), w),
      "ShapeError: conv2d: x must have 4 axes, [N, C, …] with 2 spatial, but its shape is [4, 6, 6]. Reshape it to [1, 4, 6, 6].",
    ],
    [
      "a signal into conv2d",
      () => conv1d(x as never, w),
      "ShapeError: conv1d: x must have 3 axes, [N, C, …] with 1 spatial, but its shape is [2, 4, 6, 6]. Reshape it.",
    ],
    [
      "a bias of the wrong length",
      () => conv2d(x, w, { bias: ones([4]) }),
      "ShapeError: conv2d: bias has shape [4], but these sizes need [8]. Give it that shape.",
    ],
    [
      "reflect beyond the image",
      () => conv2d(x, w, { padding: 6, paddingMode: "reflect" }),
      'ShapeError: conv2d: mode "reflect" mirrors the image without its edge, at most 5 of the 6 pixels along spatial axis 0, but padding is [6, 6]. Pad less, or use "circular" or "replicate".',
    ],
    [
      "same for a transposed convolution",
      () => convTranspose2d(image, ones([2, 3, 2, 2]), { padding: "same" as never }),
      'RangeError: convTranspose2d: padding must be numbers, got "same". Words do not say how much to cut off.',
    ],
    [
      "a pool larger than the image",
      () => maxPool2d(image, 5),
      "ShapeError: maxPool2d: the window spans 5 pixels along spatial axis 0, but x [1, 2, 4, 4] with padding [0, 0] has 4. Use a smaller kernelSize.",
    ],
    [
      "ceilMode in words",
      () => maxPool2d(image, 2, { ceilMode: "yes" as never }),
      'TypeError: maxPool2d: ceilMode must be true or false, got "yes".',
    ],
    [
      "keepDim as a number",
      () => core.sum(x, { dim: 1, keepDim: 1 as never }),
      "TypeError: sum: keepDim must be true or false, got 1.",
    ],
    [
      "ragged arrays",
      () => tensor([[1, 2], [3]]),
      "ShapeError: tensor: the nested arrays are ragged: at depth 1 one has length 1, the first has 2. Make them equal.",
    ],
    [
      "a wrong length",
      () => tensor([1, 2, 3], [2, 2]),
      "ShapeError: tensor: 3 values do not fill the shape [2, 2], which has 4 elements.",
    ],
    [
      "a shape that is none",
      () => zeros([2, -1]),
      "RangeError: zeros: each axis of shape [2, -1] must be an integer of at least 0, got -1.",
    ],
    [
      "shapes that do not broadcast",
      () => core.add(ones([2, 3]), ones([2])),
      "ShapeError: add: shapes [2, 3] and [2] do not broadcast: axis -1 has lengths 3 and 2. Make them equal, or one of them 1.",
    ],
    [
      "an axis that is not there",
      () => core.softmax(x, 4),
      "RangeError: softmax: dim 4 is not an axis of [2, 4, 6, 6]. Use -4 to 3.",
    ],
  ])("%s", (_, wrong, words) => {
    expect(textOf(wrong)).toBe(words);
  });
});

describe("empty tensors and batches of 0 work, as in PyTorch", () => {
  test("through convolution, its adjoints and its transpose", () => {
    const none = zeros([0, 4, 6, 6]);
    expect(conv2d(none, w, { padding: 1 }).shape).toEqual([0, 8, 6, 6]);
    expect(conv2d(none, w, { padding: 1, paddingMode: "mean", bias: ones([8]) }).shape).toEqual([0, 8, 6, 6]);
    expect(core.convAdjointX(zeros([0, 8, 4, 4]), w, { inSize: 6 }).shape).toEqual([0, 4, 6, 6]);
    const gradW = core.convAdjointW(none, zeros([0, 8, 4, 4]), { kernelSize: 3 });
    expect([gradW.shape, Math.max(...gradW.dataSync())]).toEqual([[8, 4, 3, 3], 0]);
    expect(convTranspose2d(zeros([0, 2, 4, 4]), ones([2, 3, 2, 2])).shape).toEqual([0, 3, 5, 5]);
  });

  test("through pooling, linear maps, reductions and shapes", () => {
    const none = zeros([0, 2, 4, 4]);
    expect(maxPool2d(none, 2).shape).toEqual([0, 2, 2, 2]);
    expect(avgPool2d(none, 2).shape).toEqual([0, 2, 2, 2]);
    expect(core.adaptiveAvgPool2d(none, 3).shape).toEqual([0, 2, 3, 3]);
    expect(core.globalMaxPool(none).shape).toEqual([0, 2, 1, 1]);
    expect(core.linear(zeros([0, 3]), ones([4, 3])).shape).toEqual([0, 4]);
    expect(core.matmul(zeros([2, 0]), zeros([0, 3])).dataSync()).toEqual(new Float32Array(6));
    expect(core.sum(none).item()).toBe(0);
    expect(core.mean(zeros([0])).item()).toBeNaN();
    expect(core.softmax(zeros([0, 3]), 1).shape).toEqual([0, 3]);
    expect(core.softmax(zeros([3, 0]), 1).shape).toEqual([3, 0]);
    expect(core.concat([none, zeros([1, 2, 4, 4])]).shape).toEqual([1, 2, 4, 4]);
    expect(core.relu(zeros([])).shape).toEqual([]);
  });
});
