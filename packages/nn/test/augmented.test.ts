import fc from "fast-check";
import { expect, test } from "vitest";
import { type FitStep, fit, fromCheckpoint, restore, toCheckpoint } from "../src/index.js";
import { fitInWorker } from "../src/worker.js";
import { type Augmented, augmentedCall, OPTIMIZERS, SCHEDULES } from "./worker/augmented.js";
import { buildWorkers, timeless, weights } from "./workers.js";

const { start } = buildWorkers();

const keysOf = <T extends object>(x: T) => Object.keys(x) as (keyof T)[];

const trainings: fc.Arbitrary<Augmented> = fc.record({
  seed: fc.nat(1000),
  batchSize: fc.constantFrom(4, 6),
  dropLast: fc.boolean(),
  prefetch: fc.constantFrom(0, 1, 3),
  waits: fc.boolean(),
  optimizer: fc.constantFrom(...keysOf(OPTIMIZERS)),
  schedule: fc.constantFrom(...keysOf(SCHEDULES)),
  validates: fc.constantFrom("not", "plainly", "augmented", "training"),
  shares: fc.boolean(),
  patience: fc.constantFrom(1, 99),
});

type Call = ReturnType<typeof augmentedCall>;

function go({ model, loader, ...options }: Call, from?: FitStep["position"], signal?: { readonly aborted: boolean }) {
  return fit(model, loader, { ...options, ...(from && { from }), ...(signal && { signal }) });
}

/** All of a run: its steps, a checkpoint after each, and what it leaves. */
async function whole(training: Augmented) {
  const call = augmentedCall(training);
  const steps: FitStep[] = [];
  const files: Uint8Array[] = [];
  for await (const step of go(call)) {
    steps.push(step);
    files.push(toCheckpoint({ ...call, position: step.position }));
  }
  return { steps: timeless(steps), files, left: weights(call.model) };
}

/** A fresh run that goes on from a checkpoint. */
function resumed(training: Augmented, bytes: Uint8Array) {
  const call = augmentedCall({ ...training, seed: training.seed + 1 });
  const checkpoint = fromCheckpoint(bytes);
  restore(call, checkpoint);
  return { call, from: checkpoint.position };
}

test("left after any step of shuffled, augmented epochs, a run goes on as if it had not been, bit for bit", async () => {
  const property = fc.asyncProperty(trainings, async (training) => {
    const expected = await whole(training);
    for (const [i, bytes] of expected.files.entries()) {
      const { call, from } = resumed(training, bytes);
      const steps: FitStep[] = [];
      for await (const step of go(call, from)) steps.push(step);
      expect(timeless(steps)).toEqual(expected.steps.slice(i + 1));
      expect(weights(call.model)).toEqual(expected.left);
    }
  });
  await fc.assert(property, { seed: 1, numRuns: 15 });
});

test("aborted again and again, between steps and inside validations, it is the run that was never aborted", async () => {
  const property = fc.asyncProperty(trainings, fc.infiniteStream(fc.nat(8)), async (training, lengths) => {
    const expected = await whole(training);
    const steps: FitStep[] = [];
    let { call, from } = { call: augmentedCall(training), from: undefined as FitStep["position"] | undefined };
    for (;;) {
      let looks = 2 + lengths.next().value;
      const run = go(call, from, {
        get aborted() {
          return looks-- <= 0;
        },
      });
      let bytes: Uint8Array | undefined;
      for await (const step of run) {
        steps[(step.epoch - 1) * step.steps + step.step - 1] = step;
        bytes = toCheckpoint({ ...call, position: step.position });
      }
      if (run.ended !== "aborted") break;
      if (bytes !== undefined) ({ call, from } = resumed(training, bytes));
    }
    expect(timeless(steps)).toEqual(expected.steps);
    expect(weights(call.model)).toEqual(expected.left);
  });
  await fc.assert(property, { seed: 2, numRuns: 25 });
});

test("in a worker it is the same run, left at any step and resumed there", async () => {
  const worker = start("augmented.worker.mjs");
  const property = fc.asyncProperty(trainings, fc.nat(20), fc.nat(3), async (training, moment, buffer) => {
    const expected = await whole(training);
    const most = 1 + (moment % (expected.steps.length - 1));
    const first = fitInWorker<Augmented>(worker, { settings: training, buffer });
    let seen = 0;
    for await (const _ of first) if (++seen === most) break;
    const from = await first.checkpoint();
    const settings = { ...training, seed: training.seed + 1 };
    const steps: FitStep[] = [];
    for await (const step of fitInWorker<Augmented>(worker, { settings, from })) steps.push(step);
    expect(steps.length).toBeGreaterThanOrEqual(expected.steps.length - most - buffer);
    expect(timeless(steps)).toEqual(expected.steps.slice(expected.steps.length - steps.length));
  });
  await fc.assert(property, { seed: 3, numRuns: 20 });
});
