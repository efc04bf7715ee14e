import { Adam, type FitStep, fromCheckpoint, manualSeed, type Position, restore, toCheckpoint } from "@conv/nn";
import { fitInWorker, type WorkerFit } from "@conv/nn/worker";
import { createModel } from "../../src/model.js";
import { evaluation, model, weightsVersion } from "../state.js";
import { cutAt, record } from "./curve.js";
import { listen } from "./news.js";
import { problemOf } from "./problems.js";
import { metadataOf } from "./resume.js";
import { computer, current, curvesVersion, download, epochSize, pace, phase, problem, runs, show } from "./run.js";
import type { Order, Settings } from "./settings.js";
import { save } from "./store.js";
import { t } from "./texts.js";

/** Milliseconds between two looks at the weights, and between two savings, which take a twentieth of the time at most. */
const [LOOK, SAVE, SHARE] = [200, 2000, 20];

/** The address of the worker's program. */
let program = "";
let worker: Worker | undefined;
let steps: WorkerFit | undefined;
let stopping = new AbortController();
let going: Promise<void> = Promise.resolve();
/** Where the current run goes on; undefined: at its beginning. */
let checkpoint: Uint8Array | undefined;
/** Whether the last session could be saved: that one cannot is said once. */
let canSave = true;

/** Says which program is the worker's. */
export function learnIn(address: string): void {
  program = address;
}

/** Lets the current run go on from where it is. */
export function go(): void {
  stopping = new AbortController();
  phase.value = "starting";
  problem.value = undefined;
  pace.value = 0;
  going = follow(stopping.signal)
    .catch(fail)
    .finally(() => {
      download.value = undefined;
    });
}

/** Stops the current run between two steps, if it goes on. */
export async function halt(): Promise<void> {
  stopping.abort();
  await going;
}

/** Says from where the current run goes on: from the place of a checkpoint, or from its beginning. */
export function goFrom(bytes: Uint8Array | undefined): void {
  checkpoint = bytes;
}

/** A checkpoint of a network at the beginning of a run. */
export function beginningOf(network: typeof model.value, settings: Settings): Uint8Array {
  const optimizer = new Adam(network.parameters());
  return toCheckpoint({ model: network, optimizer, position: { epoch: 0, step: 0 } }, metadataOf(settings));
}

/** Tells the run that goes on of another learning rate. */
export const setRate = (lr: number): void => steps?.setLearningRate(lr);

export const isComplete = ({ epochs }: Settings, { epoch }: Position): boolean => epoch >= epochs;

/** Follows the run in the worker to its end. */
async function follow(signal: AbortSignal): Promise<void> {
  const { curve, settings } = current.value;
  const order: Order = { ...settings, checkpoint };
  worker ??= startWorker();
  // No step ahead: what is saved in the middle of a run is then the run as the page shows it.
  const run = fitInWorker(worker, { model: model.value, settings: order, signal, buffer: 0 });
  let last: FitStep | undefined;
  let [looked, saved, saving] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  let begun = { at: 0, time: 0 };
  for await (const step of run) {
    record(curve, step);
    if (last === undefined) {
      steps = run;
      begun = { at: performance.now(), time: curve.time.at(-1) ?? 0 };
      if (current.value.settings.lr !== settings.lr) run.setLearningRate(current.value.settings.lr);
      phase.value = "running";
      download.value = undefined;
      epochSize.value = step.steps * settings.batchSize;
    }
    last = step;
    if (step.validation !== undefined) evaluation.value = step.validation;
    const now = performance.now();
    if (now - looked > LOOK) {
      looked = now;
      await run.sync();
      pace.value = ((curve.time.at(-1) ?? 0) - begun.time) / ((now - begun.at) / 1000) || 0;
      tell();
    }
    if (now - saved > Math.max(SAVE, SHARE * saving)) {
      const started = performance.now();
      checkpoint = await run.checkpoint(metadataOf(current.value.settings));
      await keep();
      saved = performance.now();
      saving = saved - started;
    }
  }
  steps = undefined;
  if (last === undefined) {
    phase.value = "paused"; // stopped before its first step: there is nothing new
    return;
  }
  tell();
  checkpoint = await run.checkpoint(metadataOf(current.value.settings));
  phase.value = isComplete(current.value.settings, last.position) ? "complete" : "paused";
  await keep();
}

/** Shows where the run is, everywhere. */
function tell(): void {
  curvesVersion.value++;
  weightsVersion.value++;
}

/** Saves the session as it stands. */
export async function keep(): Promise<void> {
  if (checkpoint === undefined) return;
  const isSaved = await save({ runs: runs.value, checkpoint, phase: phase.value, evaluation: evaluation.value });
  if (!isSaved && canSave) problem.value = () => t.value.notSaved;
  canSave = isSaved;
}

/** A run that broke goes back to where it was saved last: what came later is lost with its worker. */
function fail(error: unknown): void {
  steps = undefined;
  worker?.terminate(); // the next run has a new one
  worker = undefined;
  const { curve, settings } = current.value;
  if (checkpoint === undefined) {
    manualSeed(settings.seed);
    show(createModel(settings.architecture), settings);
    cutAt(curve, { epoch: 0, step: 0 });
  } else {
    const before = fromCheckpoint(checkpoint);
    restore({ model: model.value, optimizer: new Adam(model.value.parameters()) }, before);
    cutAt(curve, before.position);
  }
  tell();
  phase.value = "failed";
  problem.value = problemOf(error);
}

function startWorker(): Worker {
  const started = new Worker(program, { type: "module" });
  listen(started, (news) => {
    if ("computer" in news) computer.value = news.computer;
    else download.value = news.download;
  });
  return started;
}
