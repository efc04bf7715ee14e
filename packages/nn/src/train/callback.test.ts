import { mul } from "@conv/core";
import { describe, expect, test } from "vitest";
import { clouds, network, stepsOf } from "../../test/runs.js";
import { toyLoader } from "../../test/toyLoader.js";
import { bestCheckpoint, type CallbackObject, fit, fromCheckpoint, restore, SGD, toCheckpoint } from "../index.js";

const { rows, labels } = clouds(10, 1);
const loader = () => toyLoader(rows, labels, { batchSize: 4 });
const start = (lr = 0.1) => {
  const model = network(1);
  return { model, optimizer: new SGD(model.parameters(), { lr }) };
};

/** From here on it is worse, and stays so. */
function spoil({ model, optimizer }: ReturnType<typeof start>): void {
  optimizer.lr = 0;
  for (const p of model.layers[3].parameters()) p.value = mul(p.value, -30);
}

describe("callbacks", () => {
  test("by hand: begin, every step before the loop sees it, and end; in their order, and waited for", async () => {
    const { model, optimizer } = start();
    const log: string[] = [];
    const object: CallbackObject = {
      begin: () => void log.push("begin"),
      step: async ({ step }) => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        log.push(`object ${step}`);
      },
      end: (how, { position }) => void log.push(`${how} ${position.epoch}`),
    };
    const callbacks = [object, ({ step }: { step: number }) => void log.push(`function ${step}`)];
    for await (const { step } of fit(model, loader(), { optimizer, epochs: 1, callbacks })) log.push(`loop ${step}`);
    const steps = [1, 2, 3].flatMap((n) => [`object ${n}`, `function ${n}`, `loop ${n}`]);
    expect(log).toEqual(["begin", ...steps, "completed 1"]);
  });

  test("one that stops ends the run after its step; the others see the step too", async () => {
    const { model, optimizer } = start();
    const seen: number[] = [];
    const callbacks = [
      async ({ step }: { step: number }) => (step === 2 ? ("stop" as const) : undefined),
      ({ step }: { step: number }) => void seen.push(step),
    ];
    const steps = await stepsOf(fit(model, loader(), { optimizer, epochs: 5, callbacks }));
    expect([steps.length, seen]).toEqual([2, [1, 2]]);
  });

  test("their run is what toCheckpoint takes: resumed from there, all losses are the same", async () => {
    const whole = start();
    const files: Uint8Array[] = [];
    const keep = { step: (_: unknown, run: Parameters<typeof toCheckpoint>[0]) => void files.push(toCheckpoint(run)) };
    const steps = await stepsOf(
      fit(whole.model, loader(), { optimizer: whole.optimizer, epochs: 2, callbacks: [keep] }),
    );
    const part = start();
    const checkpoint = fromCheckpoint(files[1]);
    restore(part, checkpoint);
    const from = checkpoint.position;
    const rest = await stepsOf(fit(part.model, loader(), { optimizer: part.optimizer, epochs: 2, from }));
    expect(rest.map(({ loss }) => loss)).toEqual(steps.slice(2).map(({ loss }) => loss));
  });

  test("that are none are refused; an error in one ends the run", async () => {
    const { model, optimizer } = start();
    const first = (callbacks: unknown) => fit(model, loader(), { optimizer, epochs: 1, callbacks } as never).next();
    await expect(first([{}])).rejects.toThrowErrorMatchingInlineSnapshot(
      `[TypeError: fit: a callback must be a function of the step, or have step(), got an object.]`,
    );
    await expect(first(() => "stop")).rejects.toThrowErrorMatchingInlineSnapshot(
      `[TypeError: fit: callbacks must be an array, got a function. Pass { callbacks: […] }.]`,
    );
    const failing = () => {
      throw new Error("from a callback");
    };
    await expect(first([failing])).rejects.toThrow("from a callback");
  });
});

describe("bestCheckpoint", () => {
  test("keeps the bytes of the best epoch, and gives each better one to save", async () => {
    const run = start(0.5);
    const saved: Uint8Array[] = [];
    const best = bestCheckpoint({ save: async (bytes) => void saved.push(bytes) });
    const worsening = ({ epoch, step }: { epoch: number; step: number }) => {
      if (epoch === 2 && step === 3) spoil(run);
    };
    const options = { optimizer: run.optimizer, epochs: 5, validate: loader(), callbacks: [best, worsening] };
    const steps = await stepsOf(fit(run.model, loader(), options));
    expect(best.best).toBe(Math.min(...steps.flatMap(({ validation }) => (validation ? [validation.loss] : []))));
    expect([saved.length, saved[1] === best.bytes]).toEqual([2, true]);
    const checkpoint = fromCheckpoint(saved[1]);
    expect([checkpoint.position.epoch, checkpoint.learningRate]).toEqual([2, 0.5]);
    expect(checkpoint.callbacks).toEqual([{ callback: "bestCheckpoint", monitor: "loss", best: best.best }]);
  });

  test("its state survives a checkpoint: what is no better than before the break is not saved", async () => {
    const run = { ...start(0), callbacks: [bestCheckpoint()] };
    const { model, optimizer, callbacks } = run;
    const [last] = (await stepsOf(fit(model, loader(), { optimizer, epochs: 1, callbacks, validate: loader() }))).slice(
      -1,
    );
    const bytes = toCheckpoint({ ...run, position: last.position });
    const fresh = { ...start(0), callbacks: [bestCheckpoint()] };
    restore(fresh, fromCheckpoint(bytes));
    const options = { optimizer: fresh.optimizer, epochs: 2, callbacks: fresh.callbacks, validate: loader() };
    await stepsOf(fit(fresh.model, loader(), { ...options, from: last.position }));
    expect([fresh.callbacks[0].best, fresh.callbacks[0].bytes]).toEqual([last.validation?.loss, undefined]);
    expect(() => bestCheckpoint({ monitor: "accuracy" }).loadStateDict(callbacks[0].stateDict())).toThrow(TypeError);
  });

  test("options that cannot be are refused", () => {
    expect(() => bestCheckpoint({ save: "file" as never })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: bestCheckpoint: save must be a function of the bytes, got "file".]`,
    );
    expect(() => bestCheckpoint({ path: "file" } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: bestCheckpoint: unknown option path. It takes monitor, minDelta, save.]`,
    );
  });
});
