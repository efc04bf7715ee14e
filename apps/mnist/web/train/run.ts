import type { Progress } from "@conv/data";
import type { Sequential } from "@conv/nn";
import { computed, signal } from "@preact/signals";
import { TWO_BLOCKS } from "../../src/model.js";
import { architecture, evaluation, model, weightsVersion } from "../state.js";
import { emptyCurve, type Run } from "./curve.js";
import type { Computer } from "./news.js";
import type { Settings } from "./settings.js";

/** How the current run stands. */
export type Phase = "starting" | "running" | "paused" | "stopped" | "complete" | "failed";

/** What the page begins with. */
export const FIRST: Settings = {
  architecture: TWO_BLOCKS,
  source: "digits",
  epochs: 15,
  batchSize: 32,
  lr: 0.003,
  seed: 0,
  device: "cpu",
};

/** How many runs are kept to be compared. */
const MOST_RUNS = 5;

/** The runs that are compared; the last is the current one. */
export const runs = signal<readonly Run[]>([{ id: 0, settings: FIRST, curve: emptyCurve() }]);
export const current = computed(() => runs.value[runs.value.length - 1]);
export const phase = signal<Phase>("starting");
/** Epochs in a second, by the clock on the wall; 0 as long as it is not known. */
export const pace = signal(0);
/** Examples in an epoch. */
export const epochSize = signal(0);
/** Goes up whenever a curve has changed: they grow in place. */
export const curvesVersion = signal(0);
export const computer = signal<Computer | undefined>(undefined);
export const download = signal<Progress | undefined>(undefined);
/** Says what went wrong, in the language that is shown; undefined if nothing did. */
export const problem = signal<(() => string) | undefined>(undefined);

export const isGoing = (): boolean => phase.value === "running" || phase.value === "starting";

/** Changes the settings of the current run. */
export function amend(changed: Partial<Settings>): void {
  const run = current.value;
  runs.value = [...runs.value.slice(0, -1), { ...run, settings: { ...run.settings, ...changed } }];
}

/** Puts a run beside those of before. */
export function addRun(network: Sequential, settings: Settings): void {
  const before = runs.value.filter(({ curve }) => curve.time.length > 0).slice(1 - MOST_RUNS);
  runs.value = [...before, { id: (before.at(-1)?.id ?? 0) + 1, settings, curve: emptyCurve() }];
  evaluation.value = undefined;
  problem.value = undefined;
  show(network, settings);
}

/** Shows another network everywhere. */
export function show(network: Sequential, settings: Settings): void {
  model.value = network.eval();
  architecture.value = settings.architecture;
  weightsVersion.value++;
  curvesVersion.value++;
}
