import { Adam, fromCheckpoint, manualSeed, restore, type Sequential } from "@conv/nn";
import { createModel } from "../../src/model.js";
import { blankModel } from "../blank.js";
import { evaluation } from "../state.js";
import { beginningOf, go, goFrom, halt, isComplete, keep, setRate } from "./follow.js";
import { problemOf } from "./problems.js";
import { addRun, amend, current, FIRST, isGoing, phase, problem, runs, show } from "./run.js";
import type { Settings } from "./settings.js";
import { open, type Saved } from "./store.js";

/** Commands, one after another: each may have to wait until the current run has come to its end. */
let turn: Promise<void> = Promise.resolve();
function inTurn(command: () => void | Promise<void>): Promise<void> {
  turn = turn.then(command).catch((error: unknown) => {
    problem.value = problemOf(error);
  });
  return turn;
}

/** Goes on where a reload interrupted; else starts the first run. */
export function begin(): Promise<void> {
  return inTurn(async () => {
    const saved = await open();
    try {
      if (saved !== undefined) return reopen(saved);
    } catch {
      // saved by another version of the page: it starts anew
    }
    startWith(FIRST);
  });
}

function reopen(saved: Saved): void {
  const { settings } = saved.runs[saved.runs.length - 1];
  const before = fromCheckpoint(saved.checkpoint);
  const reopened = blankModel(settings.architecture);
  restore({ model: reopened, optimizer: new Adam(reopened.parameters()) }, before);
  runs.value = saved.runs;
  evaluation.value = saved.evaluation;
  goFrom(saved.checkpoint);
  show(reopened, settings);
  if (isComplete(settings, before.position)) phase.value = "complete";
  else if (saved.phase === "running") go();
  else phase.value = saved.phase === "stopped" ? "stopped" : "paused";
}

function startWith(settings: Settings): void {
  manualSeed(settings.seed);
  goFrom(undefined);
  addRun(createModel(settings.architecture), settings);
  go();
}

/** Starts a run of its own: from new weights, drawn with its seed. */
export function start(settings: Settings): Promise<void> {
  return inTurn(async () => {
    await halt();
    startWith(settings);
  });
}

/** Shows a network that learned elsewhere; it may go on learning here. */
export function adopt(network: Sequential, settings: Settings): Promise<void> {
  return inTurn(async () => {
    await halt();
    goFrom(beginningOf(network, settings));
    addRun(network, settings);
    phase.value = "paused";
    await keep();
  });
}

/** Lets the current run go on, for so many epochs in all. */
export function resume(epochs = current.value.settings.epochs): Promise<void> {
  return inTurn(() => {
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
    if (phase.value !== "paused") return;
    phase.value = "stopped";
    await keep();
  });
}

/** Changes the learning rate from the next step on. */
export function setLearningRate(lr: number): Promise<void> {
  amend({ lr });
  setRate(lr);
  return isGoing() ? turn : inTurn(keep);
}

/** Changes what needs a new beginning in the worker, in the middle of a run if need be. */
export function change(changed: Partial<Pick<Settings, "batchSize" | "device">>): Promise<void> {
  return inTurn(async () => {
    const wasGoing = isGoing();
    await halt();
    amend(changed);
    if (wasGoing && phase.value === "paused") go();
    else await keep();
  });
}
