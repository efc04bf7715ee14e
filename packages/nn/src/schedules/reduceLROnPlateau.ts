import { checkChoice, checkInteger, checkNumber, checkOptions } from "@conv/core/operators";
import type { Optimizer } from "../optim/optimizer.js";
import { atLeastZero } from "../options.js";
import {
  checkedNumber,
  checkOptimizer,
  checkState,
  type PlainState,
  perGroup,
  type Rhythm,
  type Schedule,
  type ScheduleOptions,
} from "./schedule.js";

/** The options of `ReduceLROnPlateau`. */
export interface ReduceLROnPlateauOptions extends ScheduleOptions {
  /** Whether the metric should fall or rise. Default `"min"`. */
  readonly mode?: "min" | "max";
  /** What `fit` passes: of `validate`, or without it of the epoch's training. Default: the loss, for `"max"` the accuracy. */
  readonly monitor?: "loss" | "accuracy";
  /** Factor of a fall, below 1. Default 0.1. */
  readonly factor?: number;
  /** Steps without improvement that are borne; the next one makes the rate fall. Default 10. */
  readonly patience?: number;
  /** How much better counts as better. Default 0.0001. */
  readonly threshold?: number;
  /** Better by this share of the best, or by this much. Default `"rel"`. */
  readonly thresholdMode?: "rel" | "abs";
  /** Steps after a fall in which nothing is counted. Default 0. */
  readonly cooldown?: number;
  /** The lowest rate, one number or one for each group. Default 0. */
  readonly minLr?: number | readonly number[];
  /** Falls that are not larger than this are left out. Default 1e-8. */
  readonly eps?: number;
}

const OPTIONS = [
  ...["mode", "monitor", "factor", "patience", "threshold", "thresholdMode", "cooldown", "minLr", "eps", "every"],
];

/**
 * The rate falls when a metric has not improved for more than `patience` steps: lr ← max(lr · factor, minLr). NaN is no
 * improvement. Steps are epochs, unless `every` is `"step"`.
 *
 * @throws {RangeError} When an option is out of range.
 * @see PyTorch's `ReduceLROnPlateau`.
 */
export class ReduceLROnPlateau implements Schedule {
  readonly every: Rhythm;
  readonly optimizer: Optimizer;
  readonly monitor: "loss" | "accuracy";
  readonly #isBetter: (metric: number, best: number) => boolean;
  readonly #reduce: () => void;
  readonly #patience: number;
  readonly #cooldown: number;
  readonly #worst: number;
  #best: number;
  #bad = 0;
  #cooling = 0;

  constructor(optimizer: Optimizer, options: ReduceLROnPlateauOptions = {}) {
    checkOptions(NAME, options, OPTIONS);
    const { mode = "min", patience = 10, cooldown = 0, every = "epoch" } = options;
    const { monitor = mode === "max" ? "accuracy" : "loss" } = options;
    this.optimizer = checkOptimizer(NAME, optimizer);
    this.every = checkChoice(NAME, "every", every, ["step", "epoch"]);
    this.monitor = checkChoice(NAME, "monitor", monitor, ["loss", "accuracy"]);
    this.#worst = checkChoice(NAME, "mode", mode, ["min", "max"]) === "min" ? Infinity : -Infinity;
    this.#best = this.#worst;
    this.#isBetter = comparison(mode, options);
    this.#reduce = reduction(optimizer, options);
    this.#patience = checkInteger(NAME, "patience", patience, 0);
    this.#cooldown = checkInteger(NAME, "cooldown", cooldown, 0);
  }

  get lastLr(): readonly number[] {
    return this.optimizer.groups.map(({ lr }) => lr);
  }

  /**
   * Looks at how it went.
   *
   * @param metric A loss, or whatever should fall or rise.
   * @throws {TypeError} When it is missing.
   */
  step(metric: number): void {
    if (typeof metric !== "number") {
      throw new TypeError(`${NAME}: step needs the metric, got ${String(metric)}. Call step(loss).`);
    }
    if (this.#isBetter(metric, this.#best)) {
      this.#best = metric;
      this.#bad = 0;
    } else this.#bad++;
    if (this.#cooling > 0) {
      this.#cooling--;
      this.#bad = 0;
    }
    if (this.#bad <= this.#patience) return;
    this.#reduce();
    this.#cooling = this.#cooldown;
    this.#bad = 0;
  }

  stateDict(): PlainState {
    const best = this.#best === this.#worst ? null : this.#best;
    return { schedule: NAME, best, bad: this.#bad, cooling: this.#cooling };
  }

  loadStateDict(state: PlainState): void {
    const { best, bad, cooling } = checkState(NAME, state);
    const counts = [
      checkedNumber(NAME, "bad", bad, Number.isInteger),
      checkedNumber(NAME, "cooling", cooling, Number.isInteger),
    ];
    const isNumber = typeof best === "number";
    this.#best = best === null ? this.#worst : checkNumber("loadStateDict", "best", isNumber ? best : Number.NaN);
    [this.#bad, this.#cooling] = counts;
  }
}

const NAME = "ReduceLROnPlateau";

function comparison(mode: "min" | "max", { threshold = 1e-4, thresholdMode = "rel" }: ReduceLROnPlateauOptions) {
  atLeastZero(NAME, "threshold", threshold);
  const isRelative = checkChoice(NAME, "thresholdMode", thresholdMode, ["rel", "abs"]) === "rel";
  const sign = mode === "min" ? -1 : 1;
  const bound = (best: number) => (isRelative ? best * (1 + sign * threshold) : best + sign * threshold);
  return (metric: number, best: number) => (mode === "min" ? metric < bound(best) : metric > bound(best));
}

function reduction(optimizer: Optimizer, { factor = 0.1, minLr = 0, eps = 1e-8 }: ReduceLROnPlateauOptions) {
  if (!(atLeastZero(NAME, "factor", factor) < 1)) {
    throw new RangeError(`${NAME}: factor must be below 1, got ${factor}.`);
  }
  atLeastZero(NAME, "eps", eps);
  const least = perGroup(NAME, "minLr", minLr, optimizer, atLeastZero);
  return () => {
    optimizer.groups.forEach((group, i) => {
      const lr = Math.max(group.lr * factor, least[i]);
      if (group.lr - lr > eps) group.lr = lr;
    });
  };
}
