import { type Golden, goldens } from "@tooling/goldens";
import { describe, expect, test } from "vitest";
import * as core from "../src/index.js";
import { convAdjointW, convAdjointX, linear, matmul, padAdjoint, sum, tensor, transpose } from "../src/index.js";
import { allClose } from "../src/testing/allClose.js";

type Results = Record<string, core.Tensor>;

/** Runs the operator of a golden case and its adjoints, and compares every output it has. */
function check(golden: Golden, run: (inputs: Results) => Results): void {
  const inputs = Object.fromEntries(
    Object.entries(golden.inputs).map(([name, { values, shape }]) => [name, tensor(values, shape)]),
  );
  const results = run(inputs);
  for (const [name, got] of Object.entries(results)) {
    const expected = golden.outputs[name];
    if (expected === undefined) continue;
    expect(got.shape).toEqual(expected.shape);
    const tolerance = expected.values instanceof Int32Array ? { rtol: 0, atol: 0 } : golden.tolerance;
    expect(allClose(got, expected.values, tolerance), name).toBeUndefined();
  }
}

/** All axes but the channels: what a bias was added along. */
const spatialAndBatch = (y: core.Tensor) => y.shape.map((_, axis) => axis).filter((axis) => axis !== 1);

const convs = { conv1d: core.conv1d, conv2d: core.conv2d, conv3d: core.conv3d };

describe.each(["conv1d", "conv2d", "conv3d"] as const)("%s equals PyTorch", (op) => {
  test.each(goldens(op))("$id", (golden) => {
    const { stride, padding, dilation, groups, paddingMode, paddingSpec, kernelSize } = golden.params;
    const options = { stride, padding: paddingSpec ?? padding, dilation, groups, paddingMode };
    check(golden, ({ x, w, b, gradY }) => ({
      y: convs[op](x, w, { ...options, bias: b }),
      gradX: convAdjointX(gradY, w, { ...options, inSize: x.shape.slice(2) }),
      gradW: convAdjointW(x, gradY, { ...options, kernelSize }),
      gradB: sum(gradY, { dim: spatialAndBatch(gradY) }),
    }));
  });
});

describe("convTranspose2d equals PyTorch: its adjoints are the convolution and convAdjointW", () => {
  test.each(goldens("convTranspose2d"))("$id", (golden) => {
    const { kernelSize, outputPadding, ...options } = golden.params;
    check(golden, ({ x, w, b, gradY }) => {
      const all = core.conv2d(gradY, w, options); // beyond x where outputPadding makes room for more windows
      const beyond = [2, 3].map((axis) => [0, all.shape[axis] - x.shape[axis]] as const);
      return {
        y: core.convTranspose2d(x, w, { ...options, outputPadding, bias: b }),
        gradX: padAdjoint(all, beyond, { inSize: x.shape.slice(2) }),
        gradW: convAdjointW(gradY, core.pad(x, beyond), { ...options, kernelSize }),
        gradB: sum(gradY, { dim: spatialAndBatch(gradY) }),
      };
    });
  });
});

describe("pooling equals PyTorch", () => {
  test.each(goldens("pool", ["maxPool2d"]))("$id", (golden) => {
    const { kernelSize, stride, padding, dilation, ceilMode } = golden.params;
    const options = { stride, padding, dilation, ceilMode };
    check(golden, ({ x, gradY }) => {
      const { y, indices } = core.maxPool2dWithIndices(x, kernelSize, options);
      return { y, indices, gradX: core.maxPoolAdjoint(gradY, indices, { inSize: x.shape.slice(2) }) };
    });
  });

  test.each(goldens("pool", ["avgPool2d"]))("$id", (golden) => {
    const { kernelSize, ...options } = golden.params;
    check(golden, ({ x, gradY }) => ({
      y: core.avgPool2d(x, kernelSize, options),
      gradX: core.avgPoolAdjoint(gradY, kernelSize, { ...options, inSize: x.shape.slice(2) }),
    }));
  });
});

describe("adaptive pooling equals PyTorch", () => {
  test.each(goldens("pool", ["adaptiveAvgPool2d"]))("$id", (golden) => {
    check(golden, ({ x, gradY }) => ({
      y: core.adaptiveAvgPool2d(x, golden.params.outputSize),
      gradX: core.adaptiveAvgPoolAdjoint(gradY, { inSize: x.shape.slice(2) }),
    }));
  });

  test.each(goldens("pool", ["adaptiveMaxPool2d"]))("$id", (golden) => {
    check(golden, ({ x, gradY }) => {
      const { y, indices } = core.adaptiveMaxPool2dWithIndices(x, golden.params.outputSize);
      return { y, indices, gradX: core.maxPoolAdjoint(gradY, indices, { inSize: x.shape.slice(2) }) };
    });
  });
});

describe("interpolation equals PyTorch", () => {
  test.each(goldens("interpolate", ["interpolate"]))("$id", (golden) => {
    check(golden, ({ x, gradY }) => ({
      y: core.interpolate(x, golden.params),
      gradX: core.interpolateAdjoint(gradY, { ...golden.params, inSize: x.shape.slice(2) }),
    }));
  });

  test.each(goldens("interpolate", ["interpolateAdjoint"]))("$id", (golden) => {
    const { inSize: _, ...options } = golden.params;
    check(golden, ({ g, gradY }) => ({
      y: core.interpolateAdjoint(g, golden.params),
      gradG: core.interpolate(gradY, options),
    }));
  });
});

/** What each activation of the fixtures is called with. */
const activations: Readonly<Record<string, (x: core.Tensor, params: never) => core.Tensor>> = {
  relu: core.relu,
  sigmoid: core.sigmoid,
  tanh: core.tanh,
  silu: core.silu,
  leakyRelu: core.leakyRelu,
  elu: core.elu,
  gelu: core.gelu,
  softplus: core.softplus,
};

describe("the basics equal PyTorch", () => {
  test.each(goldens("basics", ["pad"]))("$id", (golden) => {
    const { padding, paddingMode: mode } = golden.params;
    check(golden, ({ x, gradY }) => ({
      y: core.pad(x, padding, { mode }),
      gradX: padAdjoint(gradY, padding, { mode, inSize: x.shape.slice(-padding.length) }),
    }));
  });

  test.each(goldens("basics", ["linear"]))("$id", (golden) => {
    check(golden, ({ x, w, b, gradY }) => {
      const [rows, gradRows] = [core.reshape(x, [-1, w.shape[1]]), core.reshape(gradY, [-1, w.shape[0]])];
      return {
        y: linear(x, w, b),
        gradX: matmul(gradY, w),
        gradW: matmul(transpose(gradRows, 0, 1), rows),
        gradB: sum(gradRows, { dim: 0 }),
      };
    });
  });

  test.each(goldens("basics", Object.keys(activations)))("$id", (golden) => {
    check(golden, ({ x }) => ({ y: activations[golden.op](x, golden.params as never) }));
  });

  test.each(goldens("basics", ["softmax", "logSoftmax"]))("$id", (golden) => {
    const { softmax, logSoftmax } = core;
    check(golden, ({ x }) => ({ y: (golden.op === "softmax" ? softmax : logSoftmax)(x, golden.params.dim) }));
  });
});

test("no operator of these fixtures is left out", () => {
  const ops = (set: string) => [...new Set(goldens(set).map(({ op }) => op))].sort();
  const { softmax, logSoftmax, linear, pad } = core;
  expect(ops("pool")).toEqual(["adaptiveAvgPool2d", "adaptiveMaxPool2d", "avgPool2d", "maxPool2d"]);
  expect(ops("interpolate")).toEqual(["interpolate", "interpolateAdjoint"]);
  expect(ops("basics")).toEqual(Object.keys({ ...activations, softmax, logSoftmax, linear, pad }).sort());
});
