import type { Progress } from "@conv/data";
import { Adam, type FitStep, fromCheckpoint, manualSeed, type Position, restore } from "@conv/nn";
import { fitInWorker, type WorkerFit } from "@conv/nn/worker";
import { computed, signal } from "@preact/signals";
import { createModel, TWO_BLOCKS } from "../../src/model.js";
import { blankModel } from "../blank.js";
import { architecture, evaluation, model, weightsVersion } from "../state.js";
import { type Curve, emptyCurve, type Run, record } from "./curve.js";
import { listen, type Place } from "./news.js";
import { metadataOf } from "./resume.js";
import type { Order, Settings } from "./settings.js";
import { open, type Saved, save } from "./store.js";

/** How the current run stands. */
export type Phase = "starting" | "running" | "paused" | "stopped" | "complete" | "failed";

/** How many runs are kept to be compared. */
const MOST_RUNS = 5;
/** Milliseconds between two looks at the weights, and between two savings. */
const [LOOK, SAVE] = [200, 2000];

const FIRST: Settings = {
  architecture: TWO_BLOCKS,
  source: "digits",
  epochs: 15,
  batchSize: 32,
  lr: 0.003,
  seed: 0,
  device: "cpu",
};

/** The runs that are compared; the last is the current one. */
export const runs = signal<readonly Run[]>([{ id: 0, settings: FIRST, curve: emptyCurve() }]);
export const current = computed(() => runs.value[runs.value.length - 1]);
export const phase = signal<Phase>("starting");
/** The newest step of the current run. */
export const lastStep = signal<FitStep | undefined>(undefined);
/** Goes up whenever a curve has changed. */
export const curvesVersion = signal(0);
export const place = signal<Place | undefined>(undefined);
export const download = signal<Progress | undefined>(undefined);
/** What went wrong, for the person to read; empty if nothing. */
export const problem = signal("");

let worker: Worker | undefined;
let steps: WorkerFit | undefined;
let stopping = new AbortController();
let going: Promise<void> = Promise.resolve();
/** Where the current run goes on; undefined before its first step. */
let checkpoint: Uint8Array | undefined;

/** Goes on where a reload interrupted; else starts the first run. */
export async function begin(): Promise<void> {
  const saved = await open();
  try {
    if (saved !== undefined) return reopen(saved);
  } catch {
    // saved by another version of the page: it starts anew
  }
  return start(FIRST);
}

function reopen(saved: Saved): void {
  const { settings, curve } = saved.runs[saved.runs.length - 1];
  const before = fromCheckpoint(saved.checkpoint);
  const reopened = blankModel(settings.architecture);
  restore({ model: reopened, optimizer: new Adam(reopened.parameters()) }, before);
  show(reopened, settings);
  runs.value = saved.runs;
  checkpoint = saved.checkpoint;
  phase.value = isComplete(settings, before.position) ? "complete" : "paused";
  curvesVersion.value = curve.time.length;
  if (saved.wasRunning && phase.value === "paused") go();
}

const isComplete = ({ epochs }: Settings, { epoch }: Position) => epoch >= epochs;

/** Shows another network everywhere. */
function show(network: typeof model.value, settings: Settings): void {
  model.value = network.eval();
  architecture.value = settings.architecture;
  weightsVersion.value++;
}

/** Commands, one after another: each may have to wait until the current run has come to its end. */
let turn: Promise<void> = Promise.resolve();
const inTurn = (command: () => Promise<void>): Promise<void> => {
  turn = turn.then(command);
  return turn;
};

/** Starts a run of its own: from new weights, drawn with its seed. */
export function start(settings: Settings): Promise<void> {
  return inTurn(async () => {
    await halt();
    manualSeed(settings.seed);
    addRun(createModel(settings.architecture), settings);
    go();
  });
}

/** Shows a network that learned elsewhere; it may go on learning here. */
export function adopt(network: typeof model.value, settings: Settings): Promise<void> {
  return inTurn(async () => {
    await halt();
    addRun(network, settings);
    phase.value = "paused";
  });
}

function addRun(network: typeof model.value, settings: Settings): void {
  const run = { id: current.value.id + 1, settings, curve: emptyCurve() };
  const before = runs.value.filter(({ curve }) => curve.time.length > 0);
  runs.value = [...before.slice(1 - MOST_RUNS), run];
  checkpoint = undefined;
  lastStep.value = undefined;
  evaluation.value = undefined;
  problem.value = "";
  show(network, settings);
  curvesVersion.value++;
}

/** Lets the current run go on, for so many epochs in all. */
export function resume(epochs = current.value.settings.epochs): Promise<void> {
  return inTurn(async () => {
    if (isGoing()) return;
    amend({ epochs });
    go();
  });
}

/** Stops the current run between two steps, so that it can go on: at once, after a reload, on another device. */
export const pause = (): Promise<void> => inTurn(halt);

/** Ends the current run. */
export function stop(): Promise<void> {
  return inTurn(async () => {
    await halt();
    if (phase.value === "paused") phase.value = "stopped";
  });
}

/** Changes the learning rate from the next step on. */
export function setLearningRate(lr: number): void {
  amend({ lr });
  if (phase.value === "running") steps?.setLearningRate(lr);
}

/** Changes what needs a new beginning in the worker, in the middle of a run if need be. */
export function change(changed: Partial<Pick<Settings, "batchSize" | "device">>): Promise<void> {
  return inTurn(async () => {
    const wasGoing = isGoing();
    await halt();
    amend(changed);
    if (wasGoing && phase.value === "paused") go();
  });
}

const isGoing = () => phase.value === "running" || phase.value === "starting";

/** Changes the settings of the current run. */
function amend(changed: Partial<Settings>): void {
  const run = current.value;
  runs.value = [...runs.value.slice(0, -1), { ...run, settings: { ...run.settings, ...changed } }];
}

/** Stops the current run between two steps, if it goes on. */
async function halt(): Promise<void> {
  stopping.abort();
  await going;
}

function go(): void {
  stopping = new AbortController();
  phase.value = "starting";
  problem.value = "";
  going = follow(current.value.curve, stopping.signal).catch((error: unknown) => {
    phase.value = "failed";
    problem.value = error instanceof Error ? error.message : String(error);
    worker?.terminate(); // the next run has a new one
    worker = undefined;
  });
}

/** Follows the run in the worker to its end. */
async function follow(curve: Curve, signal: AbortSignal): Promise<void> {
  const order: Order = { ...current.value.settings, checkpoint };
  // No step ahead: what is saved in the middle of a run is then the run as the page shows it.
  const run = fitInWorker(workerOf(), { model: model.value, settings: order, signal, buffer: 0 });
  steps = run;
  let last: FitStep | undefined;
  let [looked, saved] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for await (const step of run) {
    phase.value = "running";
    record(curve, step);
    last = step;
    if (step.validation !== undefined) evaluation.value = step.validation;
    const now = performance.now();
    if (now - looked > LOOK) {
      looked = now;
      await run.sync();
      tell(step);
    }
    if (now - saved > SAVE) {
      saved = now;
      await store(run, true);
    }
  }
  if (last === undefined) {
    phase.value = "paused"; // stopped before its first step: there is nothing new
    return;
  }
  tell(last);
  await store(run, false);
  phase.value = isComplete(current.value.settings, last.position) ? "complete" : "paused";
}

/** Shows where the run is, everywhere. */
function tell(step: FitStep): void {
  lastStep.value = step;
  curvesVersion.value++;
  weightsVersion.value++;
}

async function store(run: WorkerFit, isRunning: boolean): Promise<void> {
  checkpoint = await run.checkpoint(metadataOf(current.value.settings));
  await save({ runs: runs.value, checkpoint, wasRunning: isRunning });
}

function workerOf(): Worker {
  if (worker !== undefined) return worker;
  const program = document.querySelector<HTMLScriptElement>("script[type=module]")?.src; // main.ts
  worker = new Worker(program as string, { type: "module" });
  listen(worker, (news) => {
    if ("place" in news) place.value = news.place;
    else download.value = news.download.received === news.download.total ? undefined : news.download;
  });
  return worker;
}
