import { createRandom } from "@conv/core";
import { type Batch, DataLoader, type Dataset } from "@conv/data";
import { Adam, evaluate, type FitStep, fit, type Loader, type Module, manualSeed } from "@conv/nn";
import type { Claim } from "./claim.js";
import { costOf } from "./cost.js";
import type { Finding } from "./finding.js";
import { shiftsFor } from "./quantities.js";
import { shiftsBy } from "./shift.js";
import { mean, median } from "./statistics.js";

/** The digits to learn from, and those to be examined on. */
export interface Digits {
  readonly train: Dataset;
  readonly test: Dataset;
}

/** How every model is trained. */
export interface Settings {
  /** Each model is trained from the seeds 0, 1, … */
  readonly seeds: number;
  readonly epochs: number;
}

/** Told of every training step. */
export type OnStep = (model: string, seed: number, step: FitStep) => void;

const BATCH_SIZE = 32;
const LEARNING_RATE = 0.01;
const EXAM_BATCH_SIZE = 120;

/**
 * Trains and examines every model of a claim, once from each seed. The models take turns, so that what disturbs the clock
 * disturbs all of them; one seed gives all the same digits in the same order.
 */
export async function experiment(claim: Claim, data: Digits, settings: Settings, onStep: OnStep): Promise<Finding[]> {
  const shifts = shiftsFor(claim.columns);
  const runs = Object.entries(claim.models).map(([name, create]) => ({ name, create, results: [] as Result[] }));
  for (let seed = 0; seed < settings.seeds; seed++) {
    for (const { name, create, results } of runs) {
      manualSeed(seed);
      const model = create();
      const loader = shuffled(data.train, seed, claim);
      const stepMilliseconds = await train(model, loader, settings, (step) => onStep(name, seed, step));
      const accuracy = [];
      for (const pixels of shifts) accuracy.push(await examine(model, data.test, pixels, claim));
      results.push({ accuracy, stepMilliseconds });
    }
  }
  return runs.map(({ name, create, results }) => ({
    name,
    cost: costOf(create(), data.train.xShape),
    accuracy: Object.fromEntries(shifts.map((pixels, i) => [pixels, results.map(({ accuracy }) => accuracy[i])])),
    stepMilliseconds: results.map((result) => result.stepMilliseconds),
  }));
}

/** What one seed gave. */
interface Result {
  /** One for each shift, in their order. */
  readonly accuracy: readonly number[];
  readonly stepMilliseconds: number;
}

/** The digits in batches, each pass in another order. */
function shuffled(digits: Dataset, seed: number, { transform }: Claim): DataLoader {
  const random = createRandom(seed).split();
  return new DataLoader(digits, { batchSize: BATCH_SIZE, shuffle: true, random, transform });
}

/** Trains a model on digits that stand where they stand. What a step takes, in milliseconds: the median. */
async function train(model: Module, loader: Loader, { epochs }: Settings, onStep: (step: FitStep) => void) {
  const optimizer = new Adam(model.parameters(), { lr: LEARNING_RATE });
  const times: number[] = [];
  let started = performance.now();
  for await (const step of fit(model, loader, { optimizer, epochs })) {
    times.push(performance.now() - started);
    optimizer.lr = annealed(step);
    onStep(step);
    started = performance.now();
  }
  return median(times);
}

/** The learning rate after a step: half a cosine, down to 0 at the end of the run. */
const annealed = ({ epoch, epochs, step, steps }: FitStep): number =>
  (LEARNING_RATE / 2) * (1 + Math.cos((Math.PI * ((epoch - 1) * steps + step)) / (epochs * steps)));

/** The share of the digits that a model recognises when they are moved by so many pixels: the mean over the directions. */
async function examine(model: Module, digits: Dataset, pixels: number, { transform }: Claim): Promise<number> {
  const accuracies: number[] = [];
  for (const moved of shiftsBy(pixels)) {
    const both = transform === undefined ? moved : (batch: Batch) => transform(moved(batch));
    const loader = new DataLoader(digits, { batchSize: EXAM_BATCH_SIZE, transform: both });
    accuracies.push((await evaluate(model, loader)).accuracy);
  }
  return mean(accuracies);
}
