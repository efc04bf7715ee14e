import { expect, test } from "vitest";
import * as nn from "../src/index.js";
import * as node from "../src/node.js";
import * as worker from "../src/worker.js";

test("@conv/nn exports these names", () => {
  expect(Object.keys(nn).sort()).toMatchInlineSnapshot(`
    [
      "Adam",
      "AdamW",
      "AvgPool1d",
      "AvgPool2d",
      "AvgPool3d",
      "BatchNorm1d",
      "BatchNorm2d",
      "BatchNorm3d",
      "Conv1d",
      "Conv2d",
      "Conv3d",
      "Dropout",
      "Flatten",
      "FormatError",
      "GroupNorm",
      "InstanceNorm1d",
      "InstanceNorm2d",
      "InstanceNorm3d",
      "LayerNorm",
      "Linear",
      "MaxPool1d",
      "MaxPool2d",
      "MaxPool3d",
      "Module",
      "Optimizer",
      "RMSprop",
      "ReLU",
      "SGD",
      "Sequential",
      "bceWithLogitsLoss",
      "crossEntropy",
      "evaluate",
      "fit",
      "fromCheckpoint",
      "fromSafetensors",
      "init",
      "l1Loss",
      "manualSeed",
      "mseLoss",
      "nllLoss",
      "restore",
      "safetensorsMetadata",
      "smoothL1Loss",
      "toCheckpoint",
      "toSafetensors",
    ]
  `);
  expect(Object.keys(nn.init).sort()).toMatchInlineSnapshot(`
    [
      "fanIn",
      "kaimingUniform",
      "uniform",
    ]
  `);
});

test("@conv/nn/node exports these names", () => {
  expect(Object.keys(node).sort()).toMatchInlineSnapshot(`
    [
      "loadCheckpoint",
      "loadSafetensors",
      "saveCheckpoint",
      "saveSafetensors",
      "writeWhole",
    ]
  `);
});

test("@conv/nn/worker exports these names", () => {
  expect(Object.keys(worker).sort()).toMatchInlineSnapshot(`
    [
      "fitInWorker",
      "serveFit",
    ]
  `);
});
