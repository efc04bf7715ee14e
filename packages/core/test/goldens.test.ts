import { type Golden, goldens } from "@tooling/goldens";
import { describe, expect, test } from "vitest";
import * as core from "../src/index.js";
import {
  convAdjointW,
  convAdjointX,
  linear,
  logSoftmax,
  padAdjoint,
  relu,
  softmax,
  sum,
  tensor,
} from "../src/index.js";
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

const convs = { conv1d: core.conv1d, conv2d: core.conv2d, conv3d: core.conv3d };

describe.each(["conv1d", "conv2d", "conv3d"] as const)("%s equals PyTorch", (op) => {
  test.each(goldens(op))("$id", (golden) => {
    const { stride, padding, dilation, groups, paddingMode, paddingSpec, kernelSize } = golden.params;
    const options = { stride, padding: paddingSpec ?? padding, dilation, groups };
    check(golden, ({ x, w, b, gradY }) => {
      const isPadded = paddingMode !== "zeros";
      const padded = isPadded ? core.pad(x, padding, { mode: paddingMode }) : x;
      const inner = isPadded ? { ...options, padding: 0 } : options;
      const gradPadded = convAdjointX(gradY, w, { ...inner, inSize: padded.shape.slice(2) });
      const spatial = gradY.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
      return {
        y: convs[op](x, w, { ...options, bias: b, paddingMode }),
        gradX: isPadded ? padAdjoint(gradPadded, padding, { inSize: x.shape.slice(2), mode: paddingMode }) : gradPadded,
        gradW: convAdjointW(padded, gradY, { ...inner, kernelSize }),
        gradB: sum(gradY, { dim: spatial }),
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

describe("the basics equal PyTorch", () => {
  test.each(goldens("basics", ["pad"]))("$id", (golden) => {
    const { padding, paddingMode: mode } = golden.params;
    check(golden, ({ x, gradY }) => ({
      y: core.pad(x, padding, { mode }),
      gradX: padAdjoint(gradY, padding, { mode, inSize: x.shape.slice(-padding.length) }),
    }));
  });

  test.each(goldens("basics", ["linear"]))("$id", (golden) => {
    check(golden, ({ x, w, b }) => ({ y: linear(x, w, b) }));
  });

  test.each(goldens("basics", ["relu"]))("$id", (golden) => {
    check(golden, ({ x }) => ({ y: relu(x) }));
  });

  test.each(goldens("basics", ["softmax", "logSoftmax"]))("$id", (golden) => {
    check(golden, ({ x }) => ({ y: (golden.op === "softmax" ? softmax : logSoftmax)(x, golden.params.dim) }));
  });
});
