import { createRandom } from "@conv/core";
import { DataLoader, type Dataset } from "@conv/data";
import { Adam, evaluate, type FitStep, fit, type Module, manualSeed } from "@conv/nn";
import type { Claim } from "./claim.js";
import { costOf } from "./cost.js";
import type { Finding } from "./finding.js";
import { shiftsFor } from "./quantities.js";
import { shiftsBy, type Transform } from "./shift.js";
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
  const runs = Object.keys(claim.models).map((name) => ({ name, results: [] as Result[] }));
  for (let seed = 0; seed < settings.seeds; seed++) {
    for (const { name, results } of runs) {
      const { model, stepMilliseconds } = await train(name, claim, data.train, seed, settings, onStep);
      const accuracy = [];
      for (const pixels of shifts) accuracy.push(await examine(model, claim, data.test, pixels));
      results.push({ accuracy, stepMilliseconds });
    }
  }
  return runs.map(({ name, results }) => ({
    name,
    cost: costOf(claim.models[name](), data.train.xShape),
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

/** Trains a model on digits that stand where they stand, and takes the time of its steps. */
async function train(
  name: string,
  { models, transform }: Claim,
  digits: Dataset,
  seed: number,
  { epochs }: Settings,
  onStep: OnStep,
) {
  manualSeed(seed);
  const model = models[name]();
  const optimizer = new Adam(model.parameters(), { lr: LEARNING_RATE });
  const random = createRandom(seed).split();
  const loader = new DataLoader(digits, { batchSize: BATCH_SIZE, shuffle: true, random, transform });
  const times: number[] = [];
  let started = performance.now();
  for await (const step of fit(model, loader, { optimizer, epochs })) {
    times.push(performance.now() - started);
    optimizer.lr = annealed(step);
    onStep(name, seed, step);
    started = performance.now();
  }
  return { model, stepMilliseconds: median(times) };
}

/** The learning rate after a step: half a cosine, down to 0 at the end of the run. */
const annealed = ({ epoch, epochs, step, steps }: FitStep): number =>
  (LEARNING_RATE / 2) * (1 + Math.cos((Math.PI * ((epoch - 1) * steps + step)) / (epochs * steps)));

/** The share of the digits that a model recognises when they are moved by so many pixels: the mean over the directions. */
async function examine(model: Module, { transform }: Claim, digits: Dataset, pixels: number): Promise<number> {
  const accuracies: number[] = [];
  for (const moved of shiftsBy(pixels)) {
    const both: Transform = (batch) => (transform ?? same)(moved(batch));
    const loader = new DataLoader(digits, { batchSize: EXAM_BATCH_SIZE, transform: both });
    accuracies.push((await evaluate(model, loader)).accuracy);
  }
  return mean(accuracies);
}

const same: Transform = (batch) => batch;
