import { cpu, createRandom } from "@conv/core";
import { DataLoader } from "@conv/data";
import { Adam, AdamW, CosineLR, type Evaluation, fit, manualSeed, type Position, SGD } from "@conv/nn";
import { createModel } from "../model.js";
import { transform } from "../transform.js";
import { loadDatasets } from "./datasets.js";
import type { CommandLine } from "./options.js";
import { openPlace, type Place } from "./place.js";
import { openResults } from "./results.js";
import { type Beginning, beginning, settingsOf } from "./resume.js";
import type { Screen } from "./screen.js";

const OPTIMIZERS = { adam: Adam, adamw: AdamW, sgd: SGD };

/**
 * Trains a convolutional network to read digits, shows how it goes, and writes down what it learned.
 *
 * @returns Whether the run is complete: false when `signal` stopped it.
 */
export async function train(commandLine: CommandLine, screen: Screen, signal: AbortSignal): Promise<boolean> {
  const begin = await beginning(commandLine);
  const place = await openPlace(begin.options.device);
  try {
    return await trainAt(place, begin, commandLine, screen, signal);
  } finally {
    await place.close();
  }
}

async function trainAt(
  place: Place,
  begin: Beginning,
  commandLine: CommandLine,
  screen: Screen,
  signal: AbortSignal,
): Promise<boolean> {
  const { device } = place;
  const { options } = begin;
  const { epochs, batchSize, lr, seed } = options;

  const { threads, reason } = await cpu.configure({ threads: options.threads });
  const data = await loadDatasets(options.dataset, signal, (progress) => screen.download(progress));
  const results = await openResults(options.out);

  manualSeed(seed);
  const model = createModel().to(device);
  const optimizer = new OPTIMIZERS[options.optimizer](model.parameters(), { lr });
  const loader = new DataLoader(data.train, {
    batchSize,
    shuffle: true,
    random: createRandom(seed).split(),
    transform,
  });
  const validate = new DataLoader(data.test, { batchSize: 100, transform });
  const schedule = new CosineLR(optimizer, { tMax: epochs * loader.length, every: "step" });
  const from = begin.into(model, optimizer, schedule);

  screen.title(model, data, place, threads);
  if (commandLine.isGiven("threads") && threads !== options.threads) screen.line(`${reason}\n`);
  const started = performance.now();
  const loss: number[] = [];
  let position: Position = from ?? { epoch: 0, step: 0 };
  let exam: Evaluation | undefined;
  for await (const step of fit(model, loader, { optimizer, epochs, schedule, validate, from, signal })) {
    screen.step(step);
    loss.push(step.loss);
    position = step.position;
    exam = step.validation ?? exam;
  }
  const seconds = (performance.now() - started) / 1000;

  const testAccuracy = exam?.accuracy ?? null;
  const metrics = {
    dataset: data.train.name,
    seed,
    epochs: position.epoch,
    testAccuracy,
    loss,
    seconds,
    device: device.name,
    threads,
  };
  await results.write({ model, optimizer, schedule, position }, settingsOf(options), metrics);
  const isComplete = position.epoch === epochs;
  if (isComplete && exam !== undefined) screen.report(data.test, exam, seconds);
  else screen.stopped(position, results);
  screen.written(results);
  return isComplete;
}
