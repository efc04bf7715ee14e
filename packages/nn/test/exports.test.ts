import * as autograd from "@conv/autograd";
import * as core from "@conv/core";
import { expect, test } from "vitest";
import * as nn from "../src/index.js";
import * as node from "../src/node.js";
import * as worker from "../src/worker.js";

test("@conv/nn exports these names", () => {
  expect(Object.keys(nn).sort()).toMatchInlineSnapshot(`
    [
      "Adam",
      "AdamW",
      "AdaptiveAvgPool1d",
      "AdaptiveAvgPool2d",
      "AdaptiveAvgPool3d",
      "AdaptiveMaxPool1d",
      "AdaptiveMaxPool2d",
      "AdaptiveMaxPool3d",
      "AvgPool1d",
      "AvgPool2d",
      "AvgPool3d",
      "BatchNorm1d",
      "BatchNorm2d",
      "BatchNorm3d",
      "Conv1d",
      "Conv2d",
      "Conv3d",
      "ConvTranspose1d",
      "ConvTranspose2d",
      "ConvTranspose3d",
      "CosineLR",
      "Dropout",
      "Dropout1d",
      "Dropout2d",
      "Dropout3d",
      "ELU",
      "ExponentialLR",
      "Flatten",
      "Fold",
      "FormatError",
      "GELU",
      "GlobalAvgPool",
      "GlobalMaxPool",
      "GroupNorm",
      "Hardswish",
      "Identity",
      "InstanceNorm1d",
      "InstanceNorm2d",
      "InstanceNorm3d",
      "LPPool1d",
      "LPPool2d",
      "LPPool3d",
      "Lambda",
      "LambdaLR",
      "LayerNorm",
      "LeakyReLU",
      "Linear",
      "LogSoftmax",
      "MaxPool1d",
      "MaxPool2d",
      "MaxPool3d",
      "Module",
      "ModuleList",
      "MultiStepLR",
      "OneCycleLR",
      "Optimizer",
      "PReLU",
      "Pad1d",
      "Pad2d",
      "Pad3d",
      "PixelShuffle",
      "PixelUnshuffle",
      "RMSprop",
      "ReLU",
      "ReLU6",
      "ReduceLROnPlateau",
      "SELU",
      "SGD",
      "Sequential",
      "SiLU",
      "Sigmoid",
      "Softmax",
      "Softplus",
      "StepLR",
      "Tanh",
      "Unflatten",
      "Unfold",
      "Upsample",
      "WarmupLR",
      "bceWithLogitsLoss",
      "bestCheckpoint",
      "clipGradNorm",
      "clipGradValue",
      "crossEntropy",
      "earlyStopping",
      "evaluate",
      "fit",
      "formatSummary",
      "fromCheckpoint",
      "fromSafetensors",
      "gradNorm",
      "huberLoss",
      "init",
      "l1Loss",
      "manualSeed",
      "mermaid",
      "mseLoss",
      "nllLoss",
      "restore",
      "safetensorsMetadata",
      "smoothL1Loss",
      "stateToCpu",
      "summary",
      "toCheckpoint",
      "toCheckpointAsync",
      "toSafetensors",
      "warmup",
    ]
  `);
  expect(Object.keys(nn.init).sort()).toMatchInlineSnapshot(`
    [
      "calculateGain",
      "constant",
      "dirac",
      "eye",
      "fanIn",
      "fanOut",
      "kaimingNormal",
      "kaimingUniform",
      "normal",
      "ones",
      "orthogonal",
      "truncNormal",
      "uniform",
      "xavierNormal",
      "xavierUniform",
      "zeros",
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

test("classes of built packages have the names that they are exported under: summaries and errors show them", () => {
  const classes = [...Object.entries(core), ...Object.entries(autograd)].filter(
    ([name, value]) => /^[A-Z][a-z]/.test(name) && typeof value === "function",
  );
  expect(classes.map(([name]) => name)).toEqual(expect.arrayContaining(["Tensor", "Variable"]));
  expect(classes.map(([, value]) => "name" in value && value.name)).toEqual(classes.map(([name]) => name));
});
