import { checkOptions } from "@conv/core/operators";
import type { Optimizer } from "../optim/optimizer.js";
import { atLeastZero } from "../options.js";
import { CountedSchedule, type ScheduleOptions, scaling } from "./schedule.js";

/** The options of `ExponentialLR`. */
export interface ExponentialLROptions extends ScheduleOptions {
  /** Factor of each step. */
  readonly gamma: number;
}

/**
 * The rate falls by γ at every step: lr(t) = lr(0) · γᵗ. Steps are epochs, unless `every` is `"step"`.
 *
 * @throws {RangeError} When γ is missing or negative.
 */
export class ExponentialLR extends CountedSchedule {
  constructor(optimizer: Optimizer, options: ExponentialLROptions) {
    checkOptions("ExponentialLR", options, ["gamma", "every"]);
    const { every = "epoch" } = options;
    const gamma = atLeastZero("ExponentialLR", "gamma", options.gamma);
    super(
      "ExponentialLR",
      optimizer,
      every,
      scaling((base, step) => base * gamma ** step),
    );
  }
}
