import { checkpoint, type Variable, variable } from "@conv/autograd";
import { createRandom, type Shape } from "@conv/core";
import { describe, expect, test } from "vitest";
import * as nn from "../index.js";
import { summary } from "./summary.js";

const IMAGE = [2, 4, 6, 6];
const SIGNAL = [2, 4, 9];
const VOLUME = [1, 2, 4, 4, 4];

const LAYERS: readonly [name: string, layer: nn.Module, inputShape: Shape][] = [
  ["Conv1d", new nn.Conv1d(4, 2, 3, { padding: "same", paddingMode: "circular" }), SIGNAL],
  ["Conv2d", new nn.Conv2d(4, 8, 3, { groups: 4, stride: 2, padding: 1, paddingMode: "mean" }), IMAGE],
  ["Conv3d", new nn.Conv3d(2, 3, 2, { dilation: 2 }), VOLUME],
  ["Linear", new nn.Linear(6, 5), IMAGE],
  ["MaxPool1d", new nn.MaxPool1d(3, { padding: 1, ceilMode: true }), SIGNAL],
  ["MaxPool3d", new nn.MaxPool3d(2), VOLUME],
  ["AvgPool2d", new nn.AvgPool2d(3, { padding: 1, countIncludePad: false }), IMAGE],
  ["BatchNorm1d", new nn.BatchNorm1d(4), SIGNAL],
  ["BatchNorm2d", new nn.BatchNorm2d(4, { affine: false, momentum: null }), IMAGE],
  ["BatchNorm2d of the batch", new nn.BatchNorm2d(4, { trackRunningStats: false }), IMAGE],
  ["BatchNorm3d", new nn.BatchNorm3d(2), VOLUME],
  ["LayerNorm", new nn.LayerNorm([6, 6]), IMAGE],
  ["GroupNorm", new nn.GroupNorm(2, 4), IMAGE],
  ["InstanceNorm2d", new nn.InstanceNorm2d(4, { affine: true }), IMAGE],
  ["ReLU", new nn.ReLU(), IMAGE],
  ["Flatten", new nn.Flatten(2), IMAGE],
  ["Dropout", new nn.Dropout(), IMAGE],
  ["ConvTranspose2d", new nn.ConvTranspose2d(4, 6, 3, { stride: 2, groups: 2, outputPadding: 1 }), IMAGE],
  ["Unfold", new nn.Unfold([1, 3], { stride: [1, 2] }), IMAGE],
  ["Fold", new nn.Fold([3, 3], 2), [2, 8, 4]],
  ["Upsample", new nn.Upsample({ scaleFactor: [2, 0.5], mode: "bicubic" }), IMAGE],
  ["PixelShuffle", new nn.PixelShuffle(2), IMAGE],
  ["PixelUnshuffle", new nn.PixelUnshuffle(3), IMAGE],
  ["Unflatten", new nn.Unflatten(1, [2, -1]), IMAGE],
  ["Pad2d", new nn.Pad2d([[1, 0], 2], { mode: "reflect" }), IMAGE],
  ["LPPool2d", new nn.LPPool2d(2, 3, { ceilMode: true }), IMAGE],
  ["AdaptiveMaxPool2d", new nn.AdaptiveMaxPool2d([4, null]), IMAGE],
  ["GlobalMaxPool", new nn.GlobalMaxPool(), SIGNAL],
  ["PReLU", new nn.PReLU({ numParameters: 4 }), IMAGE],
  ["Softmax", new nn.Softmax(1), IMAGE],
];

describe("every layer has the shape of a real run", () => {
  test.each(LAYERS)("%s", (_, layer, inputShape) => {
    const x = variable(createRandom(1).normal(inputShape), { requiresGrad: false });
    const { layers } = summary(layer, inputShape);
    expect(layers[0].outputShape).toEqual(layer.eval().forward(x).shape);
    expect(layers[0].receptiveField?.length).toBe(inputShape.length - 2);
  });
});

test("norms that leave pixels where they are leave fields as they are, others see what they take the mean of", () => {
  const sizes = (layer: nn.Module) => summary(layer, IMAGE).layers[0].receptiveField?.map((axis) => axis?.size);
  expect(sizes(new nn.BatchNorm2d(4))).toEqual([1, 1]);
  expect(sizes(new nn.GroupNorm(2, 4))).toEqual([6, 6]);
  expect(sizes(new nn.LayerNorm([6]))).toEqual([1, 6]);
});

test("a part that is computed twice in training runs once here", () => {
  class Checkpointed extends nn.Module {
    readonly inner = new nn.Conv2d(4, 4, 3);
    forward(x: Variable): Variable {
      return checkpoint((given: Variable) => this.inner.forward(given), x);
    }
  }
  expect(summary(new Checkpointed(), IMAGE).layers.map(({ type, call }) => [type, call])).toEqual([
    ["Checkpointed", 1],
    ["Conv2d", 1],
  ]);
});

test("a network of many parameters costs no more than one of few", () => {
  const layer = () => new nn.Conv2d(4, 4, 3, { padding: 1 });
  const { totals } = summary(new nn.Sequential(layer(), layer()), [64, 4, 4096, 4096]); // 16 GiB each
  expect(totals.outputBytes).toBe(2 * 4 * 64 * 4 * 4096 * 4096);
});
