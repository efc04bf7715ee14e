import { execFile } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { type FitStep, Linear, type Module, Sequential } from "../src/index.js";
import { fitInWorker, serveFit } from "../src/worker.js";
import { network, stepsOf } from "./runs.js";
import { STEPS } from "./worker/call.js";
import type { Settings } from "./worker/train.worker.js";
import { buildWorkers, here, weights } from "./workers.js";

const { start, pathOf } = buildWorkers();

describe("errors of a run in a worker", () => {
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
    await expect(run.checkpoint()).rejects.toThrowErrorMatchingInlineSnapshot(
      `[Error: fitInWorker: an error ended the run in the middle of a step, from where it cannot go on. Use a checkpoint of before.]`,
    );
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

  test("a thread that exits in mid-run; the steps before arrive", async () => {
    const steps: FitStep[] = [];
    const run = fitInWorker<Settings>(start(), { settings: { seed: 1, fault: { step: 4, kind: "exit" } } });
    await expect(async () => {
      for await (const step of run) steps.push(step);
    }).rejects.toThrow("the worker ended in the middle of the run");
    expect(steps).toHaveLength(3);
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
    expect(() => fitInWorker(worker, { signal: new AbortController() as never })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: fitInWorker: the signal must be an AbortSignal, got an object. Pass controller.signal.]`,
    );
    expect(() => fitInWorker(worker, { model: {} as never })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: fitInWorker: the model must be a Module, got an object.]`,
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
    const worker = `new Worker(${JSON.stringify(pathOf("train.worker.mjs"))})`;
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
