import { checkInteger, checkOptions, formatValue } from "@conv/core/operators";
import type { Optimizer } from "../optim/optimizer.js";
import { atLeastZero } from "../options.js";
import {
  CountedSchedule,
  type PlainState,
  type Rhythm,
  type Schedule,
  type ScheduleOptions,
  scaling,
} from "./schedule.js";

/** The options of `WarmupLR`. */
export interface WarmupLROptions extends ScheduleOptions {
  /** Factor of the first rate, above 0, at most 1. Default 1/3. */
  readonly startFactor?: number;
  /** Factor after `totalIters` steps, 0 to 1. Default 1. */
  readonly endFactor?: number;
  /** Steps from the one to the other. Default 5. */
  readonly totalIters?: number;
  /** What goes on from there, beginning anew, in its own rhythm. Default: the rate stays. */
  readonly after?: Schedule;
}

/**
 * The rate rises in a straight line: lr(t) = lr(0) · (startFactor + (endFactor − startFactor) · min(t, totalIters) /
 * totalIters); then `after` takes over, with its own step 0 at t = totalIters. Stepped after every training step, unless
 * `every` is `"epoch"`.
 *
 * @throws {RangeError} When a factor or `totalIters` is out of range.
 * @see PyTorch's `LinearLR`, and its `SequentialLR` for `after`.
 * @example
 * const after = new CosineLR(optimizer, { tMax: 900, every: "step" });
 * const schedule = new WarmupLR(optimizer, { totalIters: 100, after });
 */
export class WarmupLR extends CountedSchedule {
  readonly #after: Schedule | undefined;
  readonly #totalIters: number;

  constructor(optimizer: Optimizer, options: WarmupLROptions = {}) {
    checkOptions("WarmupLR", options, ["startFactor", "endFactor", "totalIters", "after", "every"]);
    const { startFactor = 1 / 3, endFactor = 1, totalIters = 5, after, every = "step" } = options;
    if (!(atLeastZero("WarmupLR", "startFactor", startFactor) > 0 && startFactor <= 1)) {
      throw new RangeError(`WarmupLR: startFactor must be above 0 and at most 1, got ${startFactor}.`);
    }
    if (atLeastZero("WarmupLR", "endFactor", endFactor) > 1) {
      throw new RangeError(`WarmupLR: endFactor must be from 0 to 1, got ${endFactor}.`);
    }
    checkInteger("WarmupLR", "totalIters", totalIters, 1);
    checkAfter(after, optimizer);
    const factor = (step: number) =>
      startFactor + ((endFactor - startFactor) * Math.min(step, totalIters)) / totalIters;
    super(
      "WarmupLR",
      optimizer,
      every,
      scaling((base, step) => base * factor(step)),
    );
    if (after !== undefined) this.jump(0); // whatever `after` began with
    this.#after = after;
    this.#totalIters = totalIters;
  }

  /** While it warms up its own rhythm, later that of `after`. */
  override get every(): Rhythm {
    return this.#isOver ? (this.#after?.every ?? super.every) : super.every;
  }

  /** What `after` looks at. */
  get monitor(): Schedule["monitor"] {
    return this.#after?.monitor;
  }

  get #isOver(): boolean {
    return this.steps >= this.#totalIters;
  }

  override step(metric?: number): void {
    if (this.#isOver && this.#after !== undefined) this.#after.step(metric);
    else {
      super.step();
      if (this.#isOver && this.#after instanceof CountedSchedule) this.#after.jump(0);
    }
  }

  override jump(step: number): void {
    super.jump(step);
    if (this.#isOver && this.#after instanceof CountedSchedule) this.#after.jump(step - this.#totalIters);
  }

  override stateDict(): PlainState {
    return { ...super.stateDict(), after: this.#after?.stateDict() ?? null };
  }

  override loadStateDict(state: PlainState): void {
    const { after } = state;
    const isState = (x: unknown): x is PlainState => typeof x === "object" && x !== null;
    if (isState(after) !== (this.#after !== undefined)) {
      const [saved, own] = isState(after) ? ["has", "has none"] : ["has none", "has"];
      throw new TypeError(`loadStateDict: the WarmupLR of the state ${saved} an after, but this one ${own}.`);
    }
    const before = super.stateDict();
    super.loadStateDict(state);
    try {
      if (isState(after)) this.#after?.loadStateDict(after);
    } catch (error) {
      super.loadStateDict(before);
      throw error;
    }
  }
}

function checkAfter(after: Schedule | undefined, optimizer: Optimizer): void {
  if (after === undefined) return;
  if (typeof after?.step !== "function") {
    throw new TypeError(`WarmupLR: after must be a schedule, got ${formatValue(after)}.`);
  }
  if (after.optimizer !== undefined && after.optimizer !== optimizer) {
    throw new TypeError("WarmupLR: after changes another optimizer. Make both with the same one.");
  }
}
