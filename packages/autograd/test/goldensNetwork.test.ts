import { type Tensor, tensor } from "@conv/core";
import { goldens } from "@tooling/goldens";
import { describe, expect, test } from "vitest";
import {
  conv2d,
  gather,
  linear,
  logSoftmax,
  maxPool2d,
  mean,
  neg,
  relu,
  reshape,
  type Variable,
  variable,
} from "../src/index.js";
import { expectGolden, gradientName, gradientsOf, type Inputs, leaf } from "./goldenRunners.js";

/** −ln of the probability that the scores [N, C] give to the class of each row, on average. */
function crossEntropy(scores: Variable, classes: Tensor): Variable {
  return neg(mean(gather(logSoftmax(scores, 1), 1, classes)));
}

test("by hand: scores 0 and 0 for two classes: ln 2 is lost, and the right one should rise", () => {
  const scores = variable(tensor([[0, 0]]));
  const loss = crossEntropy(scores, tensor(Int32Array.of(1), [1, 1]));
  loss.backward();
  expect(loss.item()).toBeCloseTo(Math.LN2, 6);
  expect([...(scores.grad?.dataSync() ?? [])]).toEqual([0.5, -0.5]);
});

/** conv, relu, pool, twice, and a linear map: functions only. */
function network(x: Variable, { conv1W, conv1B, conv2W, conv2B, fcW, fcB }: Inputs): Variable {
  const first = maxPool2d(relu(conv2d(x, conv1W, { padding: 1, bias: conv1B })), 2);
  const second = maxPool2d(relu(conv2d(first, conv2W, { padding: 1, bias: conv2B })), 2);
  return linear(reshape(second, [x.shape[0], -1]), fcW, fcB);
}

describe("a small convolutional network, of functions only: its loss and every gradient are PyTorch's", () => {
  test.each(goldens("network"))("$id", (golden) => {
    const { layers, loss: asked } = golden.params;
    expect(layers.map(({ type }: { type: string }) => type)).toEqual([
      ...["conv2d", "relu", "maxPool2d"],
      ...["conv2d", "relu", "maxPool2d"],
      ...["flatten", "linear"],
    ]);
    expect(asked).toEqual({ type: "crossEntropy", reduction: "mean" });

    const { x, target, ...rest } = golden.inputs;
    const parameters = Object.fromEntries(Object.entries(rest).map(([name, values]) => [name, leaf(values)]));
    const logits = network(leaf(x), parameters);
    const loss = crossEntropy(logits, tensor(target.values, [...target.shape, 1]));
    loss.backward();

    expectGolden(golden, "logits", logits.value);
    expectGolden(golden, "loss", loss.value);
    for (const [name, { grad }] of Object.entries(parameters)) expectGolden(golden, gradientName(name), grad?.value);
    expect(gradientsOf(golden)).toEqual(Object.keys(parameters).map(gradientName));
  });
});
