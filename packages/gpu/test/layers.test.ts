import { conv2d, grad, maxPool2d, mul, sum, tanh, type Variable, variable } from "@conv/autograd";
import { cpu, createRandom, type Device, type Shape, tensor, zeros } from "@conv/core";
import { allClose } from "@conv/core/testing";
import * as nn from "@conv/nn";
import { afterAll, expect, test } from "vitest";
import { createGpu } from "../src/index.js";

// Every layer computes there what it computes on the cpu, and so do its gradients, in x and in all parameters.

const gpu = await createGpu({ mode: "cpu" });
afterAll(() => gpu.destroy());

const CLOSE = { rtol: 1e-4, atol: 1e-5 };
const image: Shape = [2, 4, 7, 6];
const modes = ["zeros", "circular", "reflect", "replicate", "mean"] as const;

const layers: readonly (readonly [name: string, make: () => nn.Module, xShape: Shape])[] = [
  ["Conv1d", () => new nn.Conv1d(4, 6, 3, { stride: 2, padding: 1, groups: 2 }), [2, 4, 9]],
  ...modes.map((paddingMode) => {
    const make = () => new nn.Conv2d(4, 6, [3, 2], { padding: [2, 1], dilation: [1, 2], paddingMode });
    return [`Conv2d, ${paddingMode}`, make, image] as const;
  }),
  ["Conv2d, depthwise and strided", () => new nn.Conv2d(4, 8, 3, { groups: 4, stride: [2, 3], padding: 1 }), image],
  ["Conv3d", () => new nn.Conv3d(2, 3, 2, { dilation: 2, padding: 1, stride: 2 }), [1, 2, 5, 4, 5]],
  ["ConvTranspose1d", () => new nn.ConvTranspose1d(4, 3, 3, { stride: 2, outputPadding: 1 }), [2, 4, 5]],
  ["ConvTranspose2d", () => new nn.ConvTranspose2d(4, 6, 3, { stride: 2, padding: 1, groups: 2, dilation: 2 }), image],
  ["ConvTranspose3d", () => new nn.ConvTranspose3d(2, 2, 2, { stride: 2 }), [1, 2, 2, 3, 2]],
  ["Linear", () => new nn.Linear(6, 5), image],
  [
    "Unfold and Fold",
    () => new nn.Sequential(new nn.Unfold(2, { padding: 1 }), new nn.Fold([7, 6], 2, { padding: 1 })),
    image,
  ],
  ["Pad2d", () => new nn.Pad2d(2, { mode: "reflect" }), image],
  ["MaxPool2d", () => new nn.MaxPool2d(3, { stride: 2, padding: 1, ceilMode: true }), image],
  ["AvgPool2d", () => new nn.AvgPool2d(3, { stride: 2, padding: 1, countIncludePad: false }), image],
  ["LPPool2d", () => new nn.LPPool2d(2, 2), image],
  ["AdaptiveAvgPool2d", () => new nn.AdaptiveAvgPool2d([3, 4]), image],
  ["AdaptiveMaxPool2d", () => new nn.AdaptiveMaxPool2d([3, 4]), image],
  ["GlobalAvgPool", () => new nn.GlobalAvgPool(), image],
  ["GlobalMaxPool", () => new nn.GlobalMaxPool(), image],
  ["Upsample, bilinear", () => new nn.Upsample({ scaleFactor: 2, mode: "bilinear" }), image],
  ["Upsample, bicubic", () => new nn.Upsample({ size: [5, 9], mode: "bicubic" }), image],
  ["PixelShuffle", () => new nn.PixelShuffle(2), image],
  ["PixelUnshuffle", () => new nn.PixelUnshuffle(2), [2, 1, 6, 4]],
  ["BatchNorm2d", () => new nn.BatchNorm2d(4), image],
  ["BatchNorm2d, by what it tracked", () => new nn.BatchNorm2d(4).eval(), image],
  ["LayerNorm", () => new nn.LayerNorm([7, 6]), image],
  ["GroupNorm", () => new nn.GroupNorm(2, 4), image],
  ["InstanceNorm2d", () => new nn.InstanceNorm2d(4, { affine: true }), image],
  ["ReLU", () => new nn.ReLU(), image],
  ["ReLU6", () => new nn.ReLU6(), image],
  ["SELU", () => new nn.SELU(), image],
  ["Sigmoid", () => new nn.Sigmoid(), image],
  ["Tanh", () => new nn.Tanh(), image],
  ["SiLU", () => new nn.SiLU(), image],
  ["Hardswish", () => new nn.Hardswish(), image],
  ["LeakyReLU", () => new nn.LeakyReLU(), image],
  ["ELU", () => new nn.ELU(), image],
  ["GELU", () => new nn.GELU(), image],
  ["GELU by tanh", () => new nn.GELU({ approximate: "tanh" }), image],
  ["Softplus", () => new nn.Softplus(), image],
  ["PReLU", () => new nn.PReLU({ numParameters: 4 }), image],
  ["Softmax", () => new nn.Softmax(1), image],
  ["LogSoftmax", () => new nn.LogSoftmax(1), image],
  ["Flatten", () => new nn.Flatten(), image],
  ["Dropout", () => new nn.Dropout(0.4, { random: createRandom(9) }), image],
  ["Dropout2d", () => new nn.Dropout2d(0.4, { random: createRandom(9) }), image],
];

/** y, and the gradients of Σ y² in x and in the parameters. */
async function computed(make: () => nn.Module, shape: Shape, device: Device): Promise<Float64Array[]> {
  nn.manualSeed(3);
  const layer = make().to(device);
  const x = variable(createRandom(5).normal(shape).to(device));
  const y = layer.forward(x) as Variable;
  const gradients = grad(sum(mul(y, y)), [x, ...layer.parameters()]);
  return Promise.all([y, ...gradients].map(async (t) => Float64Array.from(await t.value.data())));
}

/** The same numbers, but for rounding. */
function expectClose(there: readonly Float64Array[], here: readonly Float64Array[]): void {
  expect(there).toHaveLength(here.length);
  there.forEach((values, i) => {
    expect(allClose(tensor(values), here[i], CLOSE)).toBeUndefined();
  });
}

test.each(layers)("%s", async (_, make, shape) => {
  expectClose(await computed(make, shape, gpu), await computed(make, shape, cpu));
});

const scores = () => createRandom(1).normal([6, 4]);
const labels = tensor(Int32Array.of(0, 1, 2, 3, -100, 2));
const weight = tensor([1, 2, 0.5, 1]);
const losses: readonly (readonly [string, (y: Variable, device: Device) => Variable])[] = [
  ["crossEntropy", (y) => nn.crossEntropy(y, labels, { labelSmoothing: 0.1 })],
  ["crossEntropy of labels there", (y, device) => nn.crossEntropy(y, labels.to(device), { weight: weight.to(device) })],
  ["nllLoss", (y, device) => nn.nllLoss(y, labels.to(device), { reduction: "sum" })],
  ["bceWithLogitsLoss", (y) => nn.bceWithLogitsLoss(y, zerosLike(y))],
  ["mseLoss", (y) => nn.mseLoss(y, zerosLike(y))],
  ["l1Loss", (y) => nn.l1Loss(y, zerosLike(y))],
  ["smoothL1Loss", (y) => nn.smoothL1Loss(y, zerosLike(y))],
  ["huberLoss", (y) => nn.huberLoss(y, zerosLike(y), { delta: 0.5 })],
];
const zerosLike = (y: Variable) => zeros(y.shape, { device: y.device });

test.each(losses)("%s and its gradient", async (_, loss) => {
  const computed = async (device: Device) => {
    const y = variable(scores().to(device));
    const value = loss(y, device);
    const [gradY] = grad(value, [y]);
    return Promise.all([value, gradY].map(async (t) => Float64Array.from(await t.value.data())));
  };
  expectClose(await computed(gpu), await computed(cpu));
});

test("a label that is no class makes the loss NaN where it cannot be looked at", async () => {
  const wrong = tensor(Int32Array.of(0, 1, 2, 4, 0, 2));
  expect(await nn.crossEntropy(variable(scores().to(gpu)), wrong.to(gpu)).value.array()).toBeNaN();
});

const optimizers: readonly (readonly [string, (parameters: readonly Variable[]) => nn.Optimizer])[] = [
  ["SGD", (p) => new nn.SGD(p, { lr: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.1 })],
  ["Adam", (p) => new nn.Adam(p, { lr: 0.1, amsgrad: true })],
  ["AdamW", (p) => new nn.AdamW(p, { lr: 0.1, weightDecay: 0.1 })],
  ["RMSprop", (p) => new nn.RMSprop(p, { lr: 0.1, centered: true, momentum: 0.5 })],
];

test.each(optimizers)("%s, five steps", async (_, make) => {
  const computed = async (device: Device) => {
    const p = variable(scores().to(device));
    const optimizer = make([p]);
    for (let step = 0; step < 5; step++) {
      optimizer.zeroGrad();
      sum(mul(mul(p, p), p)).backward();
      nn.clipGradNorm([p], 2);
      optimizer.step();
    }
    return [Float64Array.from(await p.value.data())];
  };
  expectClose(await computed(gpu), await computed(cpu));
});

test("gradients of gradients", async () => {
  const computed = async (device: Device) => {
    const random = createRandom(2);
    const [x, w] = [
      [2, 2, 6, 6],
      [3, 2, 3, 3],
    ].map((shape) => variable(random.normal(shape).to(device)));
    const y = sum(tanh(maxPool2d(conv2d(x, w, { stride: 2, padding: 1 }), 2)));
    const [gradX] = grad(y, [x], { createGraph: true });
    const [gradW] = grad(sum(mul(gradX, gradX)), [w]);
    return [Float64Array.from(await gradW.value.data())];
  };
  expectClose(await computed(gpu), await computed(cpu));
});
