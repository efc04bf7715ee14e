import { expect, test } from "vitest";
import type { Kernels, Tensor } from "../src/index.js";
import * as core from "../src/index.js";
import * as kernels from "../src/kernels.js";
import * as testing from "../src/testing/index.js";

/** Every kernel that a device may replace: does not compile when kernels.ts lacks one, or has one of another type. */
const all: Kernels<Tensor> = kernels;
/** Does not compile when kernels.ts exports a name that no device may replace. */
const more: Record<Exclude<keyof typeof kernels, keyof Kernels<Tensor>>, never> = {};

test("@conv/core exports these names", () => {
  expect(Object.keys(core).sort()).toMatchInlineSnapshot(`
    [
      "BackendError",
      "ShapeError",
      "Tensor",
      "add",
      "adjointWGeometry",
      "adjointXGeometry",
      "argmax",
      "asTensor",
      "avgPool1d",
      "avgPool2d",
      "avgPool3d",
      "avgPooling",
      "broadcastShapes",
      "checkInteger",
      "checkOptions",
      "col2im",
      "conv1d",
      "conv2d",
      "conv3d",
      "convAdjointW",
      "convAdjointX",
      "convGeometry",
      "convolution",
      "cpu",
      "createRandom",
      "div",
      "exp",
      "expectShape",
      "formatShape",
      "formatValue",
      "full",
      "gemm",
      "im2col",
      "isSameShape",
      "linear",
      "linearMap",
      "log",
      "logSoftmax",
      "matrix",
      "max",
      "maxPool1d",
      "maxPool1dWithIndices",
      "maxPool2d",
      "maxPool2dWithIndices",
      "maxPool3d",
      "maxPool3dWithIndices",
      "maxPooling",
      "maximum",
      "mean",
      "mul",
      "neg",
      "ones",
      "pad",
      "padAdjoint",
      "padGeometry",
      "perAxis",
      "poolGeometry",
      "reduceGeometry",
      "relu",
      "reshape",
      "resolveDims",
      "resolveShape",
      "sizeOf",
      "softmax",
      "sqrt",
      "step",
      "stridesOf",
      "sub",
      "sum",
      "tensor",
      "transposed",
      "where",
      "zeros",
    ]
  `);
});

test("@conv/core/kernels exports these names, which are those of the interface Kernels", () => {
  expect(Object.keys({ ...all, ...more }).sort()).toMatchInlineSnapshot(`
    [
      "add",
      "argmax",
      "avgPool",
      "avgPoolAdjoint",
      "broadcastTo",
      "col2im",
      "conv",
      "convAdjointW",
      "convAdjointX",
      "div",
      "exp",
      "im2col",
      "log",
      "max",
      "maxPoolIndices",
      "maximum",
      "mul",
      "neg",
      "pad",
      "padAdjoint",
      "pick",
      "pickAdjoint",
      "relu",
      "sqrt",
      "step",
      "sub",
      "sum",
      "where",
    ]
  `);
  for (const kernel of Object.values(all)) expect(kernel).toBeInstanceOf(Function);
});

test("@conv/core/testing exports these names", () => {
  expect(Object.keys(testing).sort()).toMatchInlineSnapshot(`
    [
      "allClose",
      "convDirect",
    ]
  `);
});
