import { cpu } from "@conv/core";
import { Adam, evaluate, fit, formatSummary, type Module, mermaid, SGD, summary, warmup } from "@conv/nn";
import { afterAll, expect, test } from "vitest";
import { createGpu } from "../src/index.js";
import { adam, begin, loader, type Make, network, numbers, onCpu, stateOf, train } from "./runs.js";

// The kernels of a GPU, run by gpu.js on the processor.

const gpu = await createGpu({ mode: "cpu" });
afterAll(() => gpu.destroy());

const SHAPE = [4, 1, 8, 8];

const optimizers: readonly (readonly [string, Make])[] = [
  ["Adam", adam],
  ["SGD with momentum", (model) => new SGD(model.parameters(), { lr: 0.1, momentum: 0.9 })],
];

test.each(optimizers)("%s: after warmup, steps and evaluations compile no kernel", async (_, optimizerOf) => {
  // Of a device of its own, which knows no kernel yet.
  const gpu = await createGpu({ mode: "cpu" });
  const run = begin(gpu, optimizerOf);
  const before = gpu.info().kernels.compiled;
  await warmup(run.model, SHAPE, { optimizer: run.optimizer, clipNorm: run.clipNorm });
  const { compiled } = gpu.info().kernels;
  expect(compiled).toBeGreaterThan(before + 20);
  const counts: number[] = [];
  await train(run, () => counts.push(gpu.info().kernels.compiled));
  await evaluate(run.model, loader(90));
  expect([...counts, gpu.info().kernels.compiled]).toEqual(new Array(counts.length + 1).fill(compiled));
  await gpu.destroy();
});

test("without a warmup the first step compiles them", async () => {
  const gpu = await createGpu({ mode: "cpu" });
  const run = begin(gpu);
  const { compiled } = gpu.info().kernels;
  for await (const _ of fit(run.model, loader(), { optimizer: run.optimizer, epochs: 1 })) break;
  expect(gpu.info().kernels.compiled).toBeGreaterThan(compiled + 20);
  await gpu.destroy();
});

test("a size that was not asked for needs kernels of its own; one that was, none", async () => {
  const gpu = await createGpu({ mode: "cpu" });
  const model = network().to(gpu);
  const compiledBy = async (run: () => Promise<unknown>) => {
    const { compiled } = gpu.info().kernels;
    await run();
    return gpu.info().kernels.compiled - compiled;
  };
  await warmup(model, [3, 1, 8, 8]);
  expect(await compiledBy(() => evaluate(model, loader()))).toBeGreaterThan(10);
  await warmup(model, [3, 1, 8, 8], { optimizer: new Adam(model.parameters()), batchSizes: [3, 4] });
  expect(await compiledBy(() => warmup(model, SHAPE, { optimizer: new Adam(model.parameters()) }))).toBe(0);
  await gpu.destroy();
});

test("warmup changes nothing there, and leaves nothing behind", async () => {
  const run = begin(gpu);
  await train(run);
  const warm = () => warmup(run.model, SHAPE, { optimizer: run.optimizer, clipNorm: run.clipNorm });
  const before = await stateOf(run);
  await warm(); // and the numbers that the device keeps for later
  await gpu.finish();
  const { arrays } = gpu.info().memory;
  await warm();
  await gpu.finish();
  expect(gpu.info().memory.arrays).toBe(arrays);
  expect(await stateOf(run)).toEqual(before);
});

test("a summary of a model there says the same, in text and as a picture, and leaves nothing behind", async () => {
  const shape = [2, 1, 8, 8];
  const says = (model: Module) => [formatSummary(summary(model, shape)), mermaid(model, shape)];
  const model = network().to(gpu);
  await gpu.finish();
  const { memory } = gpu.info();
  expect(says(model)).toEqual(says(network()));
  await gpu.finish();
  expect(gpu.info().memory).toEqual(memory);
  const weights = await Promise.all(model.parameters().map(({ value }) => value.toAsync(cpu)));
  expect(weights.map(numbers)).toEqual(
    network()
      .parameters()
      .map(({ value }) => numbers(value)),
  );
});

test("a run with a bit of everything has the cpu's losses", async () => {
  const [here, there] = [await onCpu(), await train(begin(gpu))];
  expect(there).toHaveLength(6);
  there.forEach((loss, step) => {
    expect(loss).toBeCloseTo(here[step], 4);
  });
});
