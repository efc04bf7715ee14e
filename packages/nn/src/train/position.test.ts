import { createRandom } from "@conv/core";
import { expect, test } from "vitest";
import { clouds, network } from "../../test/runs.js";
import { toyLoader } from "../../test/toyLoader.js";
import { timeless, weights } from "../../test/workers.js";
import {
  Adam,
  type FitOptions,
  type FitStep,
  fit,
  fromCheckpoint,
  type Loader,
  restore,
  toCheckpoint,
} from "../index.js";

const { rows, labels } = clouds(12, 3);
const EPOCHS = 2;

/** A loader that cannot give its batch of this number, counted over all passes from 1. */
function failing(loader: Loader, at: number): Loader {
  let given = 0;
  async function* batches(options: { readonly skip?: number } = {}) {
    for await (const batch of loader.batches?.(options) ?? []) {
      if (++given === at) throw new Error("The network is gone.");
      yield batch;
    }
  }
  const { length, random } = loader;
  return { length, random, batches, [Symbol.asyncIterator]: () => batches() };
}

function begin(seed: number) {
  const model = network(seed);
  const optimizer = new Adam(model.parameters(), { lr: 0.05, amsgrad: true });
  const loader: Loader = toyLoader(rows, labels, { batchSize: 4, random: createRandom(seed) });
  const validate: Loader = toyLoader(rows, labels, { batchSize: 5, random: createRandom(seed + 1) });
  return { model, optimizer, loader, validate };
}

const go = ({ model, loader, ...options }: ReturnType<typeof begin>, more: Partial<FitOptions> = {}) =>
  fit(model, loader, { ...options, epochs: EPOCHS, ...more });

/** The steps of a run until its end, or until its error. */
async function stepsOf(run: AsyncIterable<FitStep>) {
  const steps: FitStep[] = [];
  try {
    for await (const step of run) steps.push(step);
  } catch (error) {
    expect(String(error)).toMatch(/The network is gone|The test stops/);
  }
  return steps;
}

test("by hand: before the first step it is unknown, then that of the last step, and of the end", async () => {
  const run = go(begin(1));
  expect(run.position).toBeUndefined();
  const { value } = await run.next();
  expect(value).toMatchObject({ position: run.position });
  expect(run.position).toMatchObject({ epoch: 0, step: 1 });
  const steps = await stepsOf(run);
  expect(run.position).toBe(steps.at(-1)?.position);
});

test.each([
  ["loader", 3],
  ["loader", 4],
  ["loader", 5],
  ["validate", 1],
  ["validate", 2],
  ["validate", 5],
] as const)("after an error of the %s in batch %i it is a place to go on from, bit for bit", async (which, at) => {
  const whole = begin(1);
  const expected = await stepsOf(go(whole));
  const broken = begin(1);
  const run = go({ ...broken, [which]: failing(broken[which], at) });
  const steps = await stepsOf(run);
  expect(steps.length).toBeLessThan(expected.length);
  expect(run.ended).toBeUndefined();
  const { position } = run;
  if (position === undefined) throw new Error("There is none.");
  const fresh = begin(7);
  const checkpoint = fromCheckpoint(toCheckpoint({ ...broken, position }));
  restore(fresh, checkpoint);
  const rest = await stepsOf(go(fresh, { from: checkpoint.position }));
  expect(timeless([...steps, ...rest])).toEqual(timeless(expected));
  expect(weights(fresh.model)).toEqual(weights(whole.model));
});

test("after an error within a step, of the loss or of a callback, there is none", async () => {
  const stop = () => {
    throw new Error("The test stops.");
  };
  for (const fault of [{ loss: stop }, { callbacks: [stop] }]) {
    const run = go(begin(1), fault);
    expect(await stepsOf(run)).toEqual([]);
    expect(run.position).toBeUndefined();
  }
});
