import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { Adam, type FitStep, fit, fromCheckpoint, Linear, type Module, restore, Sequential } from "../src/index.js";
import { fitInWorker, serveFit } from "../src/worker.js";
import { lossesOf, network, stepsOf } from "./runs.js";
import { callOf, STEPS } from "./worker/call.js";
import type { Settings } from "./worker/train.worker.js";

const sources = fileURLToPath(new URL("worker", import.meta.url));
let folder = "";
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "conv-nn-worker-"));
  await build({
    entryPoints: ["train.worker.ts", "late.worker.ts"].map((file) => join(sources, file)),
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    outdir: folder,
    outExtension: { ".js": ".mjs" },
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

const workers: Worker[] = [];
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.terminate();
});
/** Starts a worker of a built program, or of one given as text. */
function start(program = "train.worker.mjs", text?: string): Worker {
  if (text !== undefined) writeFileSync(join(folder, program), text);
  const worker = new Worker(pathToFileURL(join(folder, program)));
  workers.push(worker);
  return worker;
}

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Everything about a step that does not depend on the clock. */
const timeless = (steps: readonly FitStep[]) => steps.map(({ examplesPerSecond: _, ...step }) => step);
const weights = (model: Module) => Object.entries(model.stateDict()).map(([name, t]) => [name, [...t.dataSync()]]);
/** A run on this thread, as the worker's. */
async function here(settings: Settings, most = Number.POSITIVE_INFINITY) {
  const { model, loader, ...options } = callOf(settings);
  const steps: FitStep[] = [];
  for await (const step of fit(model, loader, options)) if (steps.push(step) >= most) break;
  return { model, steps };
}

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
    expect(await run.next()).toEqual({ done: true, value: undefined });
  });

  test("aborted before it began, there are no steps, and the model stays as it was", async () => {
    const model = network(7);
    const steps = await stepsOf(
      fitInWorker<Settings>(start(), { settings: { seed: 1 }, model, signal: AbortSignal.abort() }),
    );
    expect(steps).toEqual([]);
    expect(weights(model)).toEqual(weights(network(7)));
  });

  test("abort reaches the preparation through its signal", async () => {
    const controller = new AbortController();
    const worker = start();
    worker.on("message", (message) => message.waits && controller.abort());
    const { signal } = controller;
    expect(await stepsOf(fitInWorker<Settings>(worker, { settings: { seed: 1, waits: true }, signal }))).toEqual([]);
  });

  test("a run that was never begun needs no worker", async () => {
    const run = fitInWorker(start());
    await expect(run.checkpoint()).rejects.toThrowErrorMatchingInlineSnapshot(
      `[Error: fitInWorker: the run has not begun. It begins with the first step that is asked for.]`,
    );
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
    expect(second.value?.step).toBe(2);
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

describe("errors", () => {
  const failure = async (settings: Omit<Settings, "seed">, model?: Module): Promise<Error> => {
    const run = fitInWorker<Settings>(start(), { settings: { seed: 1, ...settings }, model });
    return stepsOf(run).then(
      () => expect.unreachable(),
      (error) => error,
    );
  };

  test("thrown in the preparation arrive with class, name and message, and the worker's stack as cause", async () => {
    const error = await failure({ fault: { step: 0, kind: "range" } });
    expect(error).toBeInstanceOf(RangeError);
    expect([error.name, error.message]).toEqual(["RangeError", "The fault of the test."]);
    expect((error.cause as Error).stack).toMatch(/RangeError: The fault of the test\.[\s\S]*train\.worker/);
  });

  test("thrown in training arrive after the steps before, and the weights of those come back", async () => {
    const model = network(1);
    const steps: FitStep[] = [];
    const run = fitInWorker<Settings>(start(), { settings: { seed: 1, fault: { step: 4, kind: "shape" } }, model });
    const error: Error = await (async () => {
      for await (const step of run) steps.push(step);
    })().catch((reason) => reason);
    expect([error.name, error.message]).toEqual(["ShapeError", "The shape of the test."]);
    expect(((error.cause as Error).cause as Error).message).toBe("Deeper.");
    expect(steps).toHaveLength(3);
    expect(weights(model)).toEqual(weights((await here({ seed: 1 }, 3)).model));
    expect(fromCheckpoint(await run.checkpoint()).position.step).toBe(3);
  });

  test("that are none become some", async () => {
    expect(await failure({ fault: { step: 1, kind: "text" } })).toMatchInlineSnapshot(`[Error: Words.]`);
  });

  test("after one the worker still serves", async () => {
    const worker = start();
    const settings = { seed: 1, epochs: 1 };
    await expect(
      stepsOf(fitInWorker<Settings>(worker, { settings: { ...settings, fault: { step: 0, kind: "range" } } })),
    ).rejects.toThrow();
    expect(await stepsOf(fitInWorker<Settings>(worker, { settings }))).toHaveLength(STEPS);
  });

  test("a checkpoint of a run whose preparation failed is refused", async () => {
    const run = fitInWorker<Settings>(start(), { settings: { seed: 1, fault: { step: 0, kind: "range" } } });
    await run.next().catch(() => {});
    await expect(run.checkpoint()).rejects.toThrowErrorMatchingInlineSnapshot(
      `[Error: fitInWorker: there is no run: its preparation in the worker failed.]`,
    );
  });

  test("a thread that exits in mid-run", async () => {
    expect(await failure({ fault: { step: 4, kind: "exit" } })).toMatchInlineSnapshot(
      `[Error: fitInWorker: the worker ended in the middle of the run.]`,
    );
  });

  test("a thread that dies of an exception of its own", async () => {
    const error = await failure({ epochs: 100, fault: { step: 4, kind: "uncaught" } });
    expect(error).toMatchInlineSnapshot(
      `[Error: fitInWorker: the worker ended in the middle of the run: The fault of the test.]`,
    );
    expect(error.cause).toBeInstanceOf(RangeError);
  });

  test("terminate in mid-run, in the loop and in a checkpoint; and a worker that has ended already", async () => {
    const worker = start();
    const run = fitInWorker<Settings>(worker, { settings: { seed: 1, epochs: 1000 } });
    await run.next();
    const checkpoint = run.checkpoint();
    worker.terminate();
    await Promise.allSettled([checkpoint]);
    await expect(stepsOf(run)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[Error: fitInWorker: the worker ended in the middle of the run.]`,
    );
    await expect(run.checkpoint()).rejects.toThrowErrorMatchingInlineSnapshot(
      `[Error: fitInWorker: the worker ended in the middle of the run.]`,
    );
    await expect(fitInWorker(worker).next()).rejects.toThrowErrorMatchingInlineSnapshot(
      `[Error: fitInWorker: the worker has ended already. Start another one.]`,
    );
  });

  test("a run that is over has no checkpoint after its worker ended", async () => {
    const worker = start();
    const run = fitInWorker<Settings>(worker, { settings: { seed: 1, epochs: 1 } });
    await stepsOf(run);
    await worker.terminate();
    await expect(run.checkpoint()).rejects.toThrowErrorMatchingInlineSnapshot(
      `[Error: fitInWorker: the worker has ended, or begun another run.]`,
    );
  });

  test("programs that do not serve", async () => {
    const first = (name: string, text?: string) => fitInWorker(start(name, text), { timeout: 500 }).next();
    await expect(first("missing.mjs")).rejects.toThrow(
      /^fitInWorker: the worker failed before it called serveFit: Cannot find module/,
    );
    await expect(first("wrong.mjs", "const = 1;")).rejects.toThrowErrorMatchingInlineSnapshot(
      `[Error: fitInWorker: the worker failed before it called serveFit: Unexpected token '=']`,
    );
    await expect(first("throws.mjs", "throw new Error('At once.')")).rejects.toThrowErrorMatchingInlineSnapshot(
      `[Error: fitInWorker: the worker failed before it called serveFit: At once.]`,
    );
    await expect(first("empty.mjs", "")).rejects.toThrowErrorMatchingInlineSnapshot(
      `[Error: fitInWorker: the worker ended before it called serveFit. Its module must call serveFit(…) of @conv/nn/worker.]`,
    );
    await expect(first("silent.mjs", "setInterval(() => {}, 1000)")).rejects.toThrowErrorMatchingInlineSnapshot(
      `[Error: fitInWorker: the worker has not called serveFit within 500 ms. Does its module call serveFit(…) of @conv/nn/worker, and does it load? If it takes longer, pass { timeout } in milliseconds.]`,
    );
  });

  test("a second run at the same time is refused, and does the first no harm", async () => {
    const worker = start();
    const run = fitInWorker<Settings>(worker, { settings: { seed: 1, epochs: 1 } });
    await run.next();
    const other = fitInWorker<Settings>(worker, { settings: { seed: 1 } });
    await expect(stepsOf(other)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[Error: fitInWorker: another run is on in this worker. Let its loop end, or break out of it; or start a second worker.]`,
    );
    await expect(other.checkpoint()).rejects.toThrowErrorMatchingInlineSnapshot(
      `[Error: fitInWorker: the worker has ended, or begun another run.]`,
    );
    expect(await stepsOf(run)).toHaveLength(STEPS - 1);
  });

  test("another model than the worker's is refused", async () => {
    const run = (model: Module) => fitInWorker<Settings>(start(), { settings: { seed: 1 }, model }).next();
    await expect(run(new Sequential(new Linear(2, 8)))).rejects.toThrowErrorMatchingInlineSnapshot(
      `[Error: serveFit: this model has tensors 3.weight, 3.bias, which the model that was sent does not have. Build the same model in the worker and where fitInWorker is called.]`,
    );
    await expect(run(new Sequential(network(1)))).rejects.toThrowErrorMatchingInlineSnapshot(
      `[Error: serveFit: this model lacks tensors 0.0.weight, 0.0.bias, 0.3.weight, 0.3.bias of the model that was sent and has tensors 0.weight, 0.bias, 3.weight, 3.bias, which the model that was sent does not have. Build the same model in the worker and where fitInWorker is called.]`,
    );
  });

  test("settings that cannot be sent, and options that are none", async () => {
    await expect(fitInWorker(start(), { settings: { f: () => 1 } }).next()).rejects.toThrowErrorMatchingInlineSnapshot(
      `[TypeError: fitInWorker: the settings cannot be sent to a worker (() => 1 could not be cloned.). Pass plain data, and build the rest there.]`,
    );
    const worker = start();
    expect(() => fitInWorker("train.worker.js" as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: fitInWorker: the worker must be a Worker, of the browser or of node:worker_threads, got "train.worker.js".]`,
    );
    expect(() => fitInWorker(worker, { buffer: -1 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: fitInWorker: buffer must be an integer of at least 0, got -1.]`,
    );
    expect(() => fitInWorker(worker, { epochs: 3 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: fitInWorker: unknown option epochs. It takes settings, transfer, model, from, signal, buffer, timeout.]`,
    );
    expect(() => fitInWorker(worker, { from: "run" as never })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: fitInWorker: from must be the bytes of a checkpoint, a Uint8Array, got "run".]`,
    );
    expect(() => serveFit(3 as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: serveFit: pass a function that returns { model, loader, optimizer, epochs }, got 3.]`,
    );
  });
});

describe("a process of its own", () => {
  /** Runs a program that imports the built package, and gives what it prints. */
  const outputOf = async (text: string): Promise<string> => {
    const program = fileURLToPath(new URL("../.worker-program.mjs", import.meta.url));
    writeFileSync(program, text);
    try {
      return (await promisify(execFile)(process.execPath, [program], { timeout: 20_000 })).stdout.trim();
    } finally {
      rmSync(program);
    }
  };

  test("goes on until the run is over, though the worker does not count; then it ends", async () => {
    const worker = `new Worker(${JSON.stringify(join(folder, "train.worker.mjs"))})`;
    const printed = await outputOf(`
      import { Worker } from "node:worker_threads";
      import { fitInWorker } from "@conv/nn/worker";
      const worker = ${worker};
      worker.unref();
      let steps = 0;
      for await (const step of fitInWorker(worker, { settings: { seed: 1 } })) steps++;
      console.log(steps);
    `);
    expect(printed).toBe(String(2 * STEPS));
  });

  test("serveFit says that the main thread is no worker", async () => {
    const printed = await outputOf(`
      import { serveFit } from "@conv/nn/worker";
      try { serveFit(() => ({})); } catch (error) { console.log(String(error)); }
    `);
    expect(printed).toMatchInlineSnapshot(
      `"TypeError: serveFit: this is no worker. Call it in the module that new Worker(…) loads; Node must be 20.16 or newer."`,
    );
  });
});
