import { variable } from "@conv/autograd";
import { type Tensor, tensor } from "@conv/core";
import { allClose } from "@conv/core/testing";
import { type Golden, type GoldenTensor, goldens } from "@tooling/goldens";
import { describe, expect, test } from "vitest";
import {
  Adam,
  AdamW,
  BatchNorm2d,
  bceWithLogitsLoss,
  Conv2d,
  crossEntropy,
  Flatten,
  GroupNorm,
  LayerNorm,
  Linear,
  MaxPool2d,
  type Module,
  mseLoss,
  nllLoss,
  type Optimizer,
  ReLU,
  RMSprop,
  Sequential,
  SGD,
} from "../src/index.js";

const read = ({ values, shape }: GoldenTensor): Tensor => tensor(values, shape);

function expectClose(
  got: Tensor | undefined,
  expected: ArrayLike<number>,
  { tolerance }: Golden,
  name = "value",
): void {
  expect(got === undefined ? "there is none" : allClose(got, expected, tolerance), name).toBeUndefined();
}

describe("norm layers equal PyTorch's", () => {
  /** The layer of a case, for C channels and with weight and bias if they are given. */
  const layers: Record<string, (golden: Golden, channels: number, affine: boolean) => Module> = {
    batchNorm2d: ({ params: { momentum, eps } }, channels, affine) =>
      new BatchNorm2d(channels, { momentum, eps, affine }),
    layerNorm: ({ params }, _, elementwiseAffine) =>
      new LayerNorm(params.normalizedShape, { eps: params.eps, elementwiseAffine }),
    groupNorm: ({ params: { numGroups, eps } }, channels, affine) =>
      new GroupNorm(numGroups, channels, { eps, affine }),
  };
  test.each(goldens("norm", Object.keys(layers)))("$id", (golden) => {
    const { op, inputs, outputs, params } = golden;
    const names = { weight: "w", bias: "b", running_mean: "runningMean", running_var: "runningVar" };
    const layer = layers[op](golden, inputs.x.shape[1], inputs.w !== undefined);
    const given = Object.entries(names).filter(([, name]) => name in inputs);
    layer.loadStateDict(Object.fromEntries(given.map(([ours, name]) => [ours, read(inputs[name])])), { strict: false });
    layer.train(params.training);

    const x = variable(read(inputs.x));
    const y = layer.forward(x);
    y.backward(read(inputs.gradY));
    const parameters = Object.fromEntries(layer.namedParameters());
    const state = layer.stateDict();
    const got: Record<string, Tensor | undefined> = {
      y: y.value,
      gradX: x.grad?.value,
      gradW: parameters.weight?.grad?.value,
      gradB: parameters.bias?.grad?.value,
      runningMean: state.running_mean,
      runningVar: state.running_var,
    };
    expect(y.shape).toEqual(outputs.y.shape);
    for (const [name, { values }] of Object.entries(outputs)) expectClose(got[name], values, golden, name);
  });
});

describe("losses equal PyTorch's", () => {
  const losses = { crossEntropy, nllLoss, mseLoss, bceWithLogitsLoss };
  test.each(goldens("losses", Object.keys(losses)))("$id", (golden) => {
    const { x: given, target, weight, gradY } = golden.inputs;
    const x = variable(read(given));
    const y = losses[golden.op as keyof typeof losses](x, read(target), {
      ...golden.params,
      ...(weight === undefined ? {} : { weight: read(weight) }),
    });
    y.backward(read(gradY));
    expect(y.shape).toEqual(golden.outputs.y.shape);
    expectClose(y.value, golden.outputs.y.values, golden, "y");
    expectClose(x.grad?.value, golden.outputs.gradX.values, golden, "gradX");
  });
});

describe("optimizers move parameters as PyTorch's do", () => {
  const classes = { sgd: SGD, adam: Adam, adamw: AdamW, rmsprop: RMSprop };
  test.each(goldens("optim", Object.keys(classes)))("$id", (golden) => {
    const { steps, ...options } = golden.params;
    const { p0, grads } = golden.inputs;
    const parameter = variable(read(p0));
    const optimizer: Optimizer = new classes[golden.op as keyof typeof classes]([parameter], options);
    const size = parameter.size;
    for (let t = 0; t < steps; t++) {
      const [from, to] = [t * size, (t + 1) * size];
      parameter.grad = variable(tensor(grads.values.slice(from, to), p0.shape), { requiresGrad: false });
      optimizer.step();
      expectClose(parameter.value, golden.outputs.p.values.slice(from, to), golden, `step ${t + 1}`);
    }
  });
});

describe("a small convolutional network trains as PyTorch's does", () => {
  test.each(goldens("network"))("$id", (golden) => {
    const { inputs, outputs, params } = golden;
    const model = new Sequential(
      new Conv2d(2, 4, 3, { padding: 1 }),
      new ReLU(),
      new MaxPool2d(2),
      new Conv2d(4, 6, 3, { padding: 1 }),
      new ReLU(),
      new MaxPool2d(2),
      new Flatten(),
      new Linear(36, 5),
    );
    const names = {
      "0.weight": "Conv1W",
      "0.bias": "Conv1B",
      "3.weight": "Conv2W",
      "3.bias": "Conv2B",
      "7.weight": "FcW",
      "7.bias": "FcB",
    };
    const initial = Object.entries(names).map(([ours, theirs]) => [
      ours,
      read(inputs[theirs[0].toLowerCase() + theirs.slice(1)]),
    ]);
    model.loadStateDict(Object.fromEntries(initial));

    const { lr, betas, eps, weightDecay, amsgrad } = params.optimizer;
    const optimizer = new Adam(model.parameters(), { lr, betas, eps, weightDecay, amsgrad });
    const [x, target] = [variable(read(inputs.x), { requiresGrad: false }), read(inputs.target)];
    const losses: number[] = [];
    for (let step = 0; step <= params.steps; step++) {
      const logits = model.forward(x);
      const loss = crossEntropy(logits, target);
      losses.push(loss.item());
      if (step === params.steps) break;
      optimizer.zeroGrad();
      loss.backward();
      if (step === 0) {
        expectClose(logits.value, outputs.logits.values, golden, "logits");
        for (const [name, parameter] of model.namedParameters()) {
          const golden0 = outputs[`grad${names[name as keyof typeof names]}`];
          expectClose(parameter.grad?.value, golden0.values, golden, `gradient of ${name}`);
        }
      }
      optimizer.step();
    }
    expectClose(tensor(losses), outputs.losses.values, golden, "losses");
    for (const [name, parameter] of model.namedParameters()) {
      expectClose(
        parameter.value,
        outputs[`after${names[name as keyof typeof names]}`].values,
        golden,
        `${name} after training`,
      );
    }
  });
});

test("no operator of these fixtures is left out", () => {
  const ops = (set: string) => [...new Set(goldens(set).map(({ op }) => op))].sort();
  expect(ops("norm")).toEqual(["batchNorm2d", "groupNorm", "layerNorm"]);
  expect(ops("losses")).toEqual(["bceWithLogitsLoss", "crossEntropy", "mseLoss", "nllLoss"]);
  expect(ops("optim")).toEqual(["adam", "adamw", "rmsprop", "sgd"]);
  expect(ops("network")).toEqual(["network"]);
});
