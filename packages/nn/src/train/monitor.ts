import { checkChoice } from "@conv/core/operators";
import { atLeastZero } from "../options.js";
import type { PlainState } from "../schedules/schedule.js";
import { epochMetrics, type FitStep, metricOf } from "./progress.js";

/** The options of callbacks that look for the best epoch. */
export interface MonitorOptions {
  /** Which metric: of `validate`, or without it of the epoch's training. Default `"loss"`, which should fall. */
  readonly monitor?: "loss" | "accuracy";
  /** How much better counts as better. Default 0. */
  readonly minDelta?: number;
}

/** The best metric so far. */
export class Best {
  readonly #name: string;
  readonly #monitor: "loss" | "accuracy";
  readonly #minDelta: number;
  /** Undefined before the first epoch that has one. */
  value: number | undefined;

  constructor(name: string, { monitor = "loss", minDelta = 0 }: MonitorOptions) {
    this.#name = name;
    this.#monitor = checkChoice(name, "monitor", monitor, ["loss", "accuracy"]);
    this.#minDelta = atLeastZero(name, "minDelta", minDelta);
  }

  /** Whether this step, the last of an epoch, is better than all before; undefined within an epoch. NaN is not better. */
  look(step: FitStep): boolean | undefined {
    const metrics = epochMetrics(step);
    if (metrics === undefined) return undefined;
    const metric = metricOf(this.#name, this.#monitor, metrics);
    const sign = this.#monitor === "loss" ? -1 : 1;
    const isFirst = this.value === undefined && Number.isFinite(metric);
    if (!isFirst && !(sign * (metric - (this.value ?? Number.NaN)) > this.#minDelta)) return false;
    this.value = metric;
    return true;
  }

  get state(): PlainState {
    return { callback: this.#name, monitor: this.#monitor, best: this.value ?? null };
  }

  /** @throws {TypeError} When the state is that of something else. */
  check({ callback, monitor, best }: PlainState): void {
    const isMine = callback === this.#name && monitor === this.#monitor;
    if (isMine && (best === null || typeof best === "number")) return;
    throw new TypeError(
      `loadStateDict: this is no state of ${this.#name} that monitors the ${this.#monitor}. Use the callbacks it was saved with.`,
    );
  }

  restore({ best }: PlainState): void {
    this.value = typeof best === "number" ? best : undefined;
  }
}
