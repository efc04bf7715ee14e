import { describe, expect, test } from "vitest";
import * as core from "../src/index.js";
import { ones, zeros } from "../src/index.js";

const { conv2d, avgPool2d } = core;
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
  interpolate: [image, { scaleFactor: 2 }],
  interpolateAdjoint: [ones([1, 2, 6, 6]), { inSize: 3, scaleFactor: 2 }],
  maxPoolAdjoint: [ones([1, 2, 2]), zeros([1, 2, 2], { dtype: "int32" }), { inSize: [4] }],
};

const operators = core as unknown as Readonly<Record<string, Call>>;
const call = (name: string, args: readonly unknown[]) => () => operators[name](...args);
const named = (name: string) => new RegExp(`^${name}: `);

/** What is exported and is no operator on tensors: constructors, sizes, matrices in arrays, devices, errors. */
const OTHERS =
  /^(Tensor|ShapeError|BackendError|cpu|tensor|zeros|ones|full|arange|eye|createRandom|convGeometry|matrix|transposed|gemm|\w+WithIndices)$/;

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

  const exact = /^(add|div|pow|relu|selu|erf|neg|softmax|logSoftmax|flip|matmul|linear|adaptiveAvgPool2d)$/;
  test.each(Object.entries(calls).filter(([name]) => exact.test(name)))(
    "%s refuses a further argument",
    (name, args) => {
      expect(call(name, [...args, { dim: 1 }])).toThrow(named(name));
      expect(call(name, [...args, undefined, 1])).toThrow(/it takes no further argument, got 1/);
      expect(call(name, [...args, {}])).not.toThrow();
      expect(call(name, [...args, { dim: 1 }])).toThrow(/it takes no options, got dim/);
    },
  );

  test.each(Object.entries(calls))("%s refuses what only looks like a tensor, as a Variable does", (name, args) => {
    for (const i of tensorsIn(args)) {
      const { shape, dtype, device } = args[i] as core.Tensor;
      const given = args.map((arg, j) => (j === i ? { shape, dtype, device } : arg));
      expect(call(name, given), String(i)).toThrow(/only looks like a tensor/);
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
    /^(conv|linear|matmul|avgPool|adaptiveAvg|globalAvg|lp|interpolate)/.test(name),
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
