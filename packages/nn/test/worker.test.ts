import { cpu, type Tensor } from "@conv/core";
import { remoteDevice } from "@tooling/remote";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Adam, type FitStep, fit, fromCheckpoint, restore } from "../src/index.js";
import { fitInWorker } from "../src/worker.js";
import { lossesOf, network, stepsOf } from "./runs.js";
import { callOf, STEPS } from "./worker/call.js";
import type { Settings } from "./worker/train.worker.js";
import { buildWorkers, here, timeless, weights } from "./workers.js";

const { start } = buildWorkers();
const numbersOf = (state: Readonly<Record<string, Tensor>>) =>
  Object.entries(state).map(([name, tensor]): [string, number[]] => [name, [...tensor.dataSync()]]);
const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe("fitInWorker", () => {
  test("gives the steps of fit, bit for bit, and the weights back", async () => {
    const settings = { seed: 1 };
    const expected = await here(settings);
    const model = network(1);
    const steps = await stepsOf(fitInWorker<Settings>(start(), { settings, model }));
    expect(steps).toHaveLength(2 * STEPS);
    expect(timeless(steps)).toEqual(timeless(expected.steps));
    expect(steps[STEPS - 1].validation?.predictions).toHaveLength(8);
    expect(weights(model)).toEqual(weights(expected.model));
  });

  test("the two models may each be on a device that cannot be read at once", async () => {
    const settings = { seed: 1, remote: true };
    const expected = await here({ seed: 1 });
    const device = remoteDevice();
    const model = network(1).to(device);
    const { buffers } = device;
    const run = fitInWorker<Settings>(start(), { settings, model });
    const steps = await stepsOf(run);
    expect(timeless(steps)).toEqual(timeless(expected.steps));
    const checkpoint = fromCheckpoint(await run.checkpoint());
    expect(device.buffers).toBe(buffers);
    expect(weights(await model.toAsync(cpu))).toEqual(weights(expected.model));
    expect(new Map(numbersOf(checkpoint.model))).toEqual(new Map(weights(expected.model)));
  });

  test("begins with the weights and random states of the model that it is given", async () => {
    const [model, other] = [network(7), network(7)];
    const { loader, ...call } = callOf({ seed: 1, epochs: 1 });
    call.model.loadStateDict(other.stateDict());
    const settings = { seed: 1, epochs: 1 };
    const first = await stepsOf(fitInWorker<Settings>(start(), { settings, model }));
    expect(lossesOf(first)).not.toEqual(lossesOf((await here(settings)).steps));
    const optimizer = new Adam(other.parameters(), { lr: 0.02 });
    expect(lossesOf(first)).toEqual(lossesOf(await stepsOf(fit(other, loader, { optimizer, epochs: 1 }))));
    expect(weights(model)).toEqual(weights(other));
  });

  test("serves one run after another; the model goes on where it was", async () => {
    const worker = start();
    const model = network(1);
    const settings = { seed: 1, epochs: 1 };
    const first = await stepsOf(fitInWorker<Settings>(worker, { settings, model }));
    expect(["message", "error", "exit"].map((event) => worker.listenerCount(event))).toEqual([0, 0, 0]);
    const second = await stepsOf(fitInWorker<Settings>(worker, { settings, model }));
    expect(second[STEPS - 1].validation?.loss).toBeLessThan(first[STEPS - 1].validation?.loss ?? 0);
    const again = await stepsOf(fitInWorker<Settings>(worker, { settings }));
    expect(lossesOf(again)).toEqual(lossesOf(first));
  });

  test("leaves the worker's other messages alone", async () => {
    const worker = start();
    const said: unknown[] = [];
    worker.on("message", (message) => said.push(message));
    await stepsOf(fitInWorker<Settings>(worker, { settings: { seed: 1, epochs: 1 } }));
    expect(said.filter((message) => (message as { step?: number }).step !== undefined)).toHaveLength(STEPS);
  });

  test("waits for a worker that serves later", async () => {
    const steps = await stepsOf(fitInWorker<Settings>(start("late.worker.mjs"), { settings: { seed: 1, epochs: 1 } }));
    expect(steps).toHaveLength(STEPS);
  });

  test.each([1, 2])("the worker may compute with %i threads; the curve is the same", async (threads) => {
    const worker = start();
    const said: unknown[] = [];
    worker.on("message", (message) => said.push(message));
    const steps = await stepsOf(fitInWorker<Settings>(worker, { settings: { seed: 1, epochs: 1, threads } }));
    expect(said).toContainEqual({ threads });
    expect(timeless(steps)).toEqual(timeless((await here({ seed: 1, epochs: 1 })).steps));
  });
});

describe("stopping", () => {
  test("break, with buffer 0, stops after the step of the loop, as fit does", async () => {
    const model = network(1);
    const run = fitInWorker<Settings>(start(), { settings: { seed: 1 }, model, buffer: 0 });
    for await (const { step } of run) if (step === 5) break;
    expect(weights(model)).toEqual(weights((await here({ seed: 1 }, 5)).model));
    expect(fromCheckpoint(await run.checkpoint()).position).toMatchObject({ epoch: 0, step: 5 });
  });

  test("break stops after the last step that the worker took; the weights are those of the position", async () => {
    const model = network(1);
    const run = fitInWorker<Settings>(start(), { settings: { seed: 1 }, model, buffer: 4 });
    for await (const _ of run) break;
    const { position } = fromCheckpoint(await run.checkpoint());
    expect(position.step).toBeGreaterThanOrEqual(1);
    expect(position.step).toBeLessThanOrEqual(5);
    expect(weights(model)).toEqual(weights((await here({ seed: 1 }, position.step)).model));
  });

  test("abort: the loop receives the steps that were taken, and ends; the weights are those of the last", async () => {
    const controller = new AbortController();
    const model = network(1);
    const steps: FitStep[] = [];
    const { signal } = controller;
    for await (const step of fitInWorker<Settings>(start(), { settings: { seed: 1 }, model, signal })) {
      if (steps.push(step) === 3) controller.abort();
    }
    expect(steps.length).toBeGreaterThanOrEqual(3);
    expect(steps.length).toBeLessThanOrEqual(3 + 8);
    const expected = await here({ seed: 1 }, steps.length);
    expect(timeless(steps)).toEqual(timeless(expected.steps));
    expect(weights(model)).toEqual(weights(expected.model));
  });

  test("abort while the loop waits for nothing stops the worker at once", async () => {
    const controller = new AbortController();
    const run = fitInWorker<Settings>(start(), { settings: { seed: 1 }, signal: controller.signal, buffer: 0 });
    await run.next();
    controller.abort();
    expect((await run.next()).done).toBe(true);
  });

  test("aborted before it began, there are no steps, and the model stays as it was", async () => {
    const model = network(7);
    const steps = await stepsOf(
      fitInWorker<Settings>(start(), { settings: { seed: 1 }, model, signal: AbortSignal.abort() }),
    );
    expect(steps).toEqual([]);
    expect(weights(model)).toEqual(weights(network(7)));
  });

  test("a signal of the worker's own stops it too", async () => {
    const model = network(1);
    const steps = await stepsOf(fitInWorker<Settings>(start(), { settings: { seed: 1, limit: 5 }, model }));
    expect(steps).toHaveLength(5);
    expect(weights(model)).toEqual(weights((await here({ seed: 1 }, 5)).model));
  });

  test("abort reaches the preparation through its signal", async () => {
    const controller = new AbortController();
    const worker = start();
    worker.on("message", (message) => message.waits && controller.abort());
    const { signal } = controller;
    expect(await stepsOf(fitInWorker<Settings>(worker, { settings: { seed: 1, waits: true }, signal }))).toEqual([]);
  });

  test("however it stops, weights, position and steps belong together", async () => {
    const worker = start();
    const how = fc.record({
      buffer: fc.integer({ min: 0, max: 5 }),
      most: fc.integer({ min: 1, max: STEPS + 6 }),
      stop: fc.constantFrom("break", "abort", "abort in a pause"),
    });
    await fc.assert(
      fc.asyncProperty(how, async ({ buffer, most, stop }) => {
        const controller = new AbortController();
        const model = network(1);
        const { signal } = controller;
        const run = fitInWorker<Settings>(worker, { settings: { seed: 1 }, model, buffer, signal });
        const steps: FitStep[] = [];
        for await (const step of run) {
          steps.push(step);
          if (steps.length !== most) continue;
          if (stop === "break") break;
          controller.abort();
          if (stop === "abort in a pause") await sleep(20);
        }
        const { epoch, step } = fromCheckpoint(await run.checkpoint()).position;
        const taken = epoch * STEPS + step;
        const expected = await here({ seed: 1 }, taken);
        expect(taken).toBeLessThanOrEqual(most + buffer);
        expect(steps).toHaveLength(stop === "break" ? most : taken);
        expect(timeless(steps)).toEqual(timeless(expected.steps.slice(0, steps.length)));
        expect(weights(model)).toEqual(weights(expected.model));
      }),
      { numRuns: 20, seed: 1 },
    );
  });

  test("a run that was never begun needs no worker", async () => {
    const run = fitInWorker(start());
    await expect(run.checkpoint()).rejects.toThrowErrorMatchingInlineSnapshot(
      `[Error: fitInWorker: the run has not begun. It begins with the first step that is asked for.]`,
    );
    expect(() => run.setLearningRate(0.1)).toThrow("fitInWorker: the run has not begun.");
    expect(await run.return(undefined)).toEqual({ done: true, value: undefined });
  });
});

describe("orders", () => {
  test("a checkpoint in mid-run goes on in another worker with the same curve", async () => {
    const expected = await here({ seed: 1 });
    const steps: FitStep[] = [];
    let from = new Uint8Array();
    const run = fitInWorker<Settings>(start(), { settings: { seed: 1 }, buffer: 0 });
    for await (const step of run) {
      steps.push(step);
      if (steps.length !== 7) continue;
      from = new Uint8Array(await run.checkpoint({ note: "seven" }));
      break;
    }
    expect(fromCheckpoint(from).position).toEqual(steps[6].position);
    const model = network(2);
    steps.push(...(await stepsOf(fitInWorker<Settings>(start(), { settings: { seed: 2 }, from, model }))));
    expect(timeless(steps)).toEqual(timeless(expected.steps));
    expect(weights(model)).toEqual(weights(expected.model));
    expect(from.length).toBeGreaterThan(0); // it was copied, not moved
  });

  test("a checkpoint goes on here, too", async () => {
    const run = fitInWorker<Settings>(start(), { settings: { seed: 1 } });
    for await (const _ of run) break;
    const checkpoint = fromCheckpoint(await run.checkpoint());
    const { model, loader, ...options } = callOf({ seed: 3 });
    restore({ model, optimizer: options.optimizer }, checkpoint);
    const rest = await stepsOf(fit(model, loader, { ...options, from: checkpoint.position }));
    expect(timeless(rest)).toEqual(timeless((await here({ seed: 1 })).steps.slice(checkpoint.position.step)));
  });

  test("checkpoints that are asked for together come in order, in a pause and while the loop waits", async () => {
    const run = fitInWorker<Settings>(start(), { settings: { seed: 1 }, buffer: 0 });
    const first = run.next();
    const early = run.checkpoint();
    await first;
    const [a, second, b] = await Promise.all([run.checkpoint(), run.next(), run.checkpoint()]);
    const at = (bytes: Uint8Array) => fromCheckpoint(bytes).position.step;
    expect(second).toMatchObject({ value: { step: 2 } });
    expect(at(await early)).toBeLessThanOrEqual(1);
    expect(at(a)).toBe(1);
    expect(at(b)).toBe(2);
    await run.return(undefined);
  });

  test("sync copies the weights in mid-run", async () => {
    const model = network(1);
    const run = fitInWorker<Settings>(start(), { settings: { seed: 1 }, model, buffer: 0 });
    for (let i = 0; i < 3; i++) await run.next();
    expect(weights(model)).toEqual(weights(network(1)));
    await run.sync();
    expect(weights(model)).toEqual(weights((await here({ seed: 1 }, 3)).model));
    await run.return(undefined);
    const other = fitInWorker<Settings>(start(), { settings: { seed: 1 } });
    await expect(other.sync()).rejects.toThrowErrorMatchingInlineSnapshot(
      `[TypeError: fitInWorker: sync() needs a model. Pass { model } in the options.]`,
    );
  });

  test("setLearningRate holds for the steps that were not taken yet", async () => {
    const run = fitInWorker<Settings>(start(), { settings: { seed: 1 }, buffer: 0 });
    const rates: number[] = [];
    for await (const { learningRate } of run) {
      if (rates.push(learningRate) === 2) run.setLearningRate(0.5);
      if (rates.length === 4) break;
    }
    expect(rates).toEqual([0.02, 0.02, 0.5, 0.5]);
    expect(() => run.setLearningRate(-1)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: setLearningRate: lr must be a finite number of at least 0, got -1.]`,
    );
  });

  test("after another run began in the worker, the first is gone", async () => {
    const worker = start();
    const first = fitInWorker<Settings>(worker, { settings: { seed: 1, epochs: 1 } });
    await stepsOf(first);
    expect(fromCheckpoint(await first.checkpoint()).position.epoch).toBe(1);
    await stepsOf(fitInWorker<Settings>(worker, { settings: { seed: 1, epochs: 1 } }));
    await expect(first.checkpoint()).rejects.toThrowErrorMatchingInlineSnapshot(
      `[Error: fitInWorker: the worker has ended, or begun another run.]`,
    );
  });
});

describe("the worker runs ahead by no more than the buffer", () => {
  test.each([0, 1, 3])("of %i steps", async (buffer) => {
    const worker = start();
    let taken = 0;
    worker.on("message", ({ step = taken }: { step?: number }) => {
      taken = step;
    });
    const run = fitInWorker<Settings>(worker, { settings: { seed: 1 }, buffer });
    const ahead: number[] = [];
    for (let asked = 1; asked <= 6; asked++) {
      await run.next();
      while (taken < asked + buffer) await sleep(1);
      await sleep(30); // the worker could take many steps in that time
      ahead.push(taken - asked);
    }
    expect(ahead).toEqual(Array(6).fill(buffer));
    await run.return(undefined);
  });
});
