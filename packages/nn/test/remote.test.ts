import { cpu, createRandom, tensor, zeros } from "@conv/core";
import { describe, expect, test } from "vitest";
import {
  Adam,
  evaluate,
  Flatten,
  fit,
  formatSummary,
  Linear,
  mseLoss,
  RMSprop,
  Sequential,
  SGD,
  summary,
} from "../src/index.js";
import {
  adam,
  BUFFERS,
  begin,
  EPOCHS,
  expected,
  loader,
  type Make,
  network,
  PARAMETERS,
  remote,
  STEPS,
  stateOf,
  stepsOf,
} from "./remoteRuns.js";

describe("fit", () => {
  test("gives the cpu's losses, accuracies, norms and weights, bit for bit", async () => {
    const run = begin(remote());
    expect(await stepsOf(run)).toEqual(expected.steps);
    expect(await stateOf(run)).toEqual(expected.state);
    expect(new Set(expected.steps.map(({ loss }) => loss)).size).toBe(EPOCHS * STEPS);
    expect(expected.steps.map(({ validation }) => validation?.predictions.length ?? 0)).toEqual([0, 0, 12, 0, 0, 12]);
  });

  const optimizers: readonly (readonly [name: string, make: Make, remembered: number])[] = [
    ["SGD", (model) => new SGD(model.parameters(), { lr: 0.1 }), 0],
    ["SGD with momentum", (model) => new SGD(model.parameters(), { momentum: 0.9, nesterov: true }), 1],
    ["Adam", adam, 2],
    ["Adam with amsgrad", (model) => new Adam(model.parameters(), { amsgrad: true, weightDecay: 0.1 }), 3],
    ["RMSprop", (model) => new RMSprop(model.parameters(), { centered: true, momentum: 0.9 }), 3],
  ];
  test.each(optimizers)(
    "%s: after every step the device holds the parameters, their gradients, the buffers and what the optimizer remembers",
    async (_, optimizerOf, remembered) => {
      const device = remote();
      const run = begin(device, { optimizerOf });
      expect(device.buffers).toBe(PARAMETERS + BUFFERS);
      const counts: number[] = [];
      await stepsOf(run, undefined, () => counts.push(device.buffers));
      const held = (2 + remembered) * PARAMETERS + BUFFERS;
      expect(counts.slice(1)).toEqual(counts.slice(1).map(() => held)); // the first momentum is the gradient itself
    },
  );

  test("batches may come from the device; a model that is nowhere takes them as they are", async () => {
    const device = remote();
    const run = begin(device);
    const { buffers } = device;
    const evaluation = await evaluate(run.model, loader(90, device));
    expect(evaluation).toEqual(await evaluate(network(), loader(90)));
    expect(device.buffers).toBe(buffers);
    const nowhere = await evaluate(new Sequential(new Flatten()), loader(90, device));
    expect(nowhere.predictions).toHaveLength(12);
    expect(device.buffers).toBe(buffers);
  });

  test("targets that are numbers meet the outputs there", async () => {
    const [here, there] = await Promise.all(
      [cpu, remote()].map(async (device) => {
        const model = new Sequential(new Flatten(), new Linear(64, 2, { random: createRandom(1) })).to(device);
        const optimizer = new SGD(model.parameters(), { lr: 0.1 });
        const batch = { x: createRandom(3).normal([4, 1, 8, 8]), y: createRandom(4).normal([4, 2]) };
        const batches = { length: 1, async *[Symbol.asyncIterator]() { yield batch; } }; // biome-ignore format: one line
        const losses: number[] = [];
        for await (const { loss } of fit(model, batches, { optimizer, loss: mseLoss, epochs: 3 })) losses.push(loss);
        return losses;
      }),
    );
    expect(there).toEqual(here);
  });

  test("a label that is no class is an error as ever, although the model is elsewhere; nothing is left behind", async () => {
    const device = remote();
    const run = begin(device);
    const { buffers } = device;
    const bad = { x: zeros([4, 1, 8, 8]), y: tensor(Int32Array.of(0, 1, 7, 2)) };
    const batches = { length: 1, async *[Symbol.asyncIterator]() { yield bad; } }; // biome-ignore format: one line
    const training = async () => {
      for await (const _ of fit(run.model, batches, { optimizer: run.optimizer, epochs: 1 }));
    };
    await expect(training()).rejects.toThrow("crossEntropy: label 7 is not one of the 3 classes");
    await expect(evaluate(run.model, batches)).rejects.toThrow("crossEntropy: label 7 is not one of the 3 classes");
    expect(device.buffers).toBe(buffers);
  });
});

test("a summary is the same, and leaves the device and what later steps give back as they were", async () => {
  const device = remote();
  const run = begin(device);
  expect(formatSummary(summary(run.model, [2, 1, 8, 8]))).toBe(formatSummary(summary(network(), [2, 1, 8, 8])));
  expect(device.buffers).toBe(PARAMETERS + BUFFERS);
  await stepsOf(run);
  expect(device.buffers).toBe(4 * PARAMETERS + BUFFERS);
});
