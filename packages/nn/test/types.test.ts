import { type Variable, variable } from "@conv/autograd";
import { type Random, type Shape, type Tensor, tensor } from "@conv/core";
import { describe, expect, expectTypeOf, test } from "vitest";
import * as nn from "../src/index.js";

// The compiler is the judge here: `npm run typecheck`. Nothing of what it refuses is run.

const x = variable(tensor([1, 2]));
const labels = tensor(Int32Array.of(0));

/** Holds what shall not compile, and is not called. */
const refused = (...cases: readonly (() => unknown)[]) => expect(cases.length).toBeGreaterThan(0);

describe("wrong options do not compile:", () => {
  test("convolutions and linear layers", () => {
    refused(
      // @ts-expect-error stride
      () => new nn.Conv1d(1, 2, 3, { strides: 2 }),
      // @ts-expect-error there is no mode of this name
      () => new nn.Conv2d(1, 2, 3, { paddingMode: "wrap" }),
      // @ts-expect-error "same", not "SAME"
      () => new nn.Conv2d(1, 2, 3, { padding: "SAME" }),
      // @ts-expect-error the layer makes its own bias
      () => new nn.Conv2d(1, 2, 3, { bias: tensor([1]) }),
      // @ts-expect-error a convolution has no outputPadding
      () => new nn.Conv3d(1, 2, 3, { outputPadding: 1 }),
      // @ts-expect-error a transposed one has no paddingMode
      () => new nn.ConvTranspose1d(1, 2, 3, { paddingMode: "zeros" }),
      // @ts-expect-error words do not say how much to cut off
      () => new nn.ConvTranspose2d(1, 2, 3, { padding: "same" }),
      // @ts-expect-error outputPadding
      () => new nn.ConvTranspose3d(1, 2, 3, { output_padding: 1 }),
      // @ts-expect-error outputSize
      () => new nn.ConvTranspose2d(1, 2, 3).forward(x, { size: 4 }),
      // @ts-expect-error bias
      () => new nn.Linear(1, 2, { useBias: false }),
      // @ts-expect-error the kernel's size comes third
      () => new nn.Unfold({ kernelSize: 2 }),
      // @ts-expect-error im2col has no groups
      () => new nn.Unfold(2, { groups: 2 }),
      // @ts-expect-error the image's lengths come first
      () => new nn.Fold(4, 2),
      // @ts-expect-error mode
      () => new nn.Pad2d(1, { paddingMode: "zeros" }),
    );
  });

  test("pooling", () => {
    refused(
      // @ts-expect-error stride
      () => new nn.MaxPool1d(2, { strides: 2 }),
      // @ts-expect-error max pooling divides by nothing
      () => new nn.MaxPool2d(2, { countIncludePad: true }),
      // @ts-expect-error ceilMode is a boolean
      () => new nn.MaxPool3d(2, { ceilMode: 1 }),
      // @ts-expect-error average pooling has no dilation
      () => new nn.AvgPool2d(2, { dilation: 2 }),
      // @ts-expect-error p-norms have no padding
      () => new nn.LPPool2d(2, 2, { padding: 1 }),
      // @ts-expect-error p comes first
      () => new nn.LPPool1d([2, 2], 2),
      // @ts-expect-error the size is no option
      () => new nn.AdaptiveAvgPool2d({ outputSize: 2 }),
      // @ts-expect-error null keeps an axis, undefined does not
      () => new nn.AdaptiveMaxPool2d([undefined, 2]),
      // @ts-expect-error it has no options
      () => new nn.GlobalAvgPool({ keepDim: false }),
    );
  });

  test("norms and dropout", () => {
    refused(
      // @ts-expect-error trackRunningStats
      () => new nn.BatchNorm1d(2, { trackRunningStat: false }),
      // @ts-expect-error eps
      () => new nn.BatchNorm2d(2, { epsilon: 1e-3 }),
      // @ts-expect-error affine is a boolean
      () => new nn.BatchNorm3d(2, { affine: 1 }),
      // @ts-expect-error elementwiseAffine
      () => new nn.LayerNorm([2, 3], { affine: true }),
      // @ts-expect-error group norms track nothing
      () => new nn.GroupNorm(2, 4, { momentum: 0.1 }),
      // @ts-expect-error momentum is a number here
      () => new nn.InstanceNorm2d(2, { momentum: null }),
      // @ts-expect-error p is no option
      () => new nn.Dropout({ p: 0.5 }),
      // @ts-expect-error a generator, not a seed
      () => new nn.Dropout2d(0.5, { seed: 1 }),
    );
  });

  test("activations", () => {
    refused(
      // @ts-expect-error the slope is an option
      () => new nn.LeakyReLU(0.1),
      // @ts-expect-error negativeSlope
      () => new nn.LeakyReLU({ slope: 0.1 }),
      // @ts-expect-error numParameters
      () => new nn.PReLU({ num_parameters: 3 }),
      // @ts-expect-error elu's constant is alpha
      () => new nn.ELU({ a: 1 }),
      // @ts-expect-error "none" or "tanh"
      () => new nn.GELU({ approximate: "erf" }),
      // @ts-expect-error beta is a number
      () => new nn.Softplus({ beta: "1" }),
      // @ts-expect-error an axis is needed
      () => new nn.Softmax(),
      // @ts-expect-error one axis
      () => new nn.LogSoftmax([0, 1]),
      // @ts-expect-error there is nothing to choose
      () => new nn.ReLU({ inplace: true }),
    );
  });

  test("containers", () => {
    refused(
      // @ts-expect-error layers are arguments
      () => new nn.Sequential([new nn.ReLU()]),
      // @ts-expect-error a class is no layer
      () => new nn.Sequential(nn.ReLU),
      // @ts-expect-error a function is no layer
      () => new nn.Sequential({ act: (v: Variable) => v }),
      // @ts-expect-error modules come as an array
      () => new nn.ModuleList(new nn.ReLU(), new nn.ReLU()),
      // @ts-expect-error a function of Variables gives one
      () => new nn.Lambda((v) => v.value),
      // @ts-expect-error lengths come as an array
      () => new nn.Unflatten(1, 4),
    );
  });

  test("losses", () => {
    refused(
      // @ts-expect-error labelSmoothing
      () => nn.crossEntropy(x, labels, { smoothing: 0.1 }),
      // @ts-expect-error "mean", "sum" or "none"
      () => nn.crossEntropy(x, labels, { reduction: "average" }),
      // @ts-expect-error nllLoss smooths nothing
      () => nn.nllLoss(x, labels, { labelSmoothing: 0.1 }),
      // @ts-expect-error mseLoss has no weights
      () => nn.mseLoss(x, x, { weight: labels }),
      // @ts-expect-error reduction
      () => nn.l1Loss(x, x, { reduce: "sum" }),
      // @ts-expect-error beta
      () => nn.smoothL1Loss(x, x, { delta: 1 }),
      // @ts-expect-error delta
      () => nn.huberLoss(x, x, { beta: 1 }),
      // @ts-expect-error posWeight is a tensor
      () => nn.bceWithLogitsLoss(x, x, { posWeight: 2 }),
      // @ts-expect-error a gradient must be able to reach the logits
      () => nn.bceWithLogitsLoss(x.value, x),
    );
  });

  test("optimizers", () => {
    const parameters = [x];
    refused(
      // @ts-expect-error lr
      () => new nn.SGD(parameters, { learningRate: 0.1 }),
      // @ts-expect-error momentum is a number
      () => new nn.SGD(parameters, { momentum: true }),
      // @ts-expect-error two betas
      () => new nn.Adam(parameters, { betas: [0.9] }),
      // @ts-expect-error weightDecay
      () => new nn.AdamW(parameters, { weight_decay: 0.1 }),
      // @ts-expect-error RMSprop forgets by alpha
      () => new nn.RMSprop(parameters, { beta: 0.9 }),
      // @ts-expect-error parameters are Variables
      () => new nn.SGD([x.value]),
    );
  });

  test("initialisers", () => {
    refused(
      // @ts-expect-error a shape is an array
      () => nn.init.zeros(3),
      // @ts-expect-error "fanIn" or "fanOut"
      () => nn.init.kaimingNormal([2, 2], { mode: "fan_in" }),
      // @ts-expect-error leakyRelu
      () => nn.init.calculateGain("leaky_relu"),
      // @ts-expect-error bounds are options
      () => nn.init.uniform([2], 0.5),
      // @ts-expect-error low and high
      () => nn.init.truncNormal([2], { a: -1 }),
      // @ts-expect-error gain
      () => nn.init.orthogonal([2, 2], { scale: 2 }),
      // @ts-expect-error groups
      () => nn.init.dirac([2, 2, 3], { group: 2 }),
    );
  });
});

describe("what an editor shows", () => {
  test("sizes are one number, or one for each axis", () => {
    type KernelSize = number | readonly number[];
    expectTypeOf<ConstructorParameters<typeof nn.Conv2d>>().toEqualTypeOf<
      [inChannels: number, outChannels: number, kernelSize: KernelSize, options?: nn.ConvLayerOptions]
    >();
    expectTypeOf<ConstructorParameters<typeof nn.ConvTranspose3d>>().toEqualTypeOf<
      [inChannels: number, outChannels: number, kernelSize: KernelSize, options?: nn.ConvTransposeLayerOptions]
    >();
    expectTypeOf<ConstructorParameters<typeof nn.MaxPool2d>[0]>().toEqualTypeOf<KernelSize>();
    expectTypeOf<ConstructorParameters<typeof nn.LPPool2d>[1]>().toEqualTypeOf<KernelSize>();
    expectTypeOf<ConstructorParameters<typeof nn.Unfold>[0]>().toEqualTypeOf<KernelSize>();
    expectTypeOf<ConstructorParameters<typeof nn.LayerNorm>[0]>().toEqualTypeOf<number | Shape>();
    expectTypeOf<ConstructorParameters<typeof nn.AdaptiveAvgPool2d>[0]>().toEqualTypeOf<
      number | readonly (number | null)[]
    >();
  });

  test("layers, losses and initialisers give Variables and Tensors", () => {
    const layer = new nn.Conv2d(1, 2, 3);
    expectTypeOf(layer.forward).toEqualTypeOf<(given: Variable | Tensor) => Variable>();
    expectTypeOf(layer.weight).toEqualTypeOf<Variable>();
    expectTypeOf(layer.bias).toEqualTypeOf<Variable | undefined>();
    expectTypeOf(new nn.Sequential(layer).forward).toEqualTypeOf<(given: Variable | Tensor) => Variable>();
    expectTypeOf(new nn.Sequential({ layer }).at(0)).toEqualTypeOf<nn.Module>();
    expectTypeOf([...new nn.ModuleList([layer])]).toEqualTypeOf<nn.Module[]>();
    expectTypeOf(new nn.Dropout().random).toEqualTypeOf<Random>();
    expectTypeOf(new nn.BatchNorm2d(2).running_mean).toEqualTypeOf<Tensor | undefined>();
    expectTypeOf(nn.crossEntropy).returns.toEqualTypeOf<Variable>();
    expectTypeOf(nn.bceWithLogitsLoss).returns.toEqualTypeOf<Variable>();
    expectTypeOf(nn.init.xavierUniform).returns.toEqualTypeOf<Tensor>();
    expectTypeOf(layer.stateDict()).toEqualTypeOf<nn.StateDict>();
    layer.weight.value = nn.init.kaimingNormal(layer.weight.shape, { mode: "fanOut", nonlinearity: "relu" });
  });
});
