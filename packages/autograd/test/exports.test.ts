import { expect, test } from "vitest";
import * as autograd from "../src/index.js";
import * as testing from "../src/testing/index.js";

test("@conv/autograd exports these names", () => {
  expect(Object.keys(autograd).sort()).toMatchInlineSnapshot(`
    [
      "Variable",
      "add",
      "avgPool1d",
      "avgPool2d",
      "avgPool3d",
      "backward",
      "broadcastTo",
      "checkAdjoint",
      "checkGradient",
      "conv",
      "conv1d",
      "conv2d",
      "conv3d",
      "convAdjointW",
      "convAdjointX",
      "defineOp",
      "div",
      "exp",
      "grad",
      "linear",
      "log",
      "logSoftmax",
      "maxPool1d",
      "maxPool1dWithIndices",
      "maxPool2d",
      "maxPool2dWithIndices",
      "maxPool3d",
      "maxPool3dWithIndices",
      "mean",
      "mul",
      "neg",
      "noGrad",
      "pad",
      "relu",
      "reshape",
      "softmax",
      "sqrt",
      "sub",
      "sum",
      "variable",
      "where",
    ]
  `);
});

test("@conv/autograd/testing exports these names, which the package exports too", () => {
  expect(Object.keys(testing).sort()).toMatchInlineSnapshot(`
    [
      "checkAdjoint",
      "checkGradient",
    ]
  `);
  expect(autograd).toMatchObject(testing);
});
