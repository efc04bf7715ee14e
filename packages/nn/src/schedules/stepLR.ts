import { checkInteger, checkOptions } from "@conv/core/operators";
import type { Optimizer } from "../optim/optimizer.js";
import { atLeastZero } from "../options.js";
import { CountedSchedule, type ScheduleOptions, scaling } from "./schedule.js";

/** The options of `StepLR`. */
export interface StepLROptions extends ScheduleOptions {
  /** Steps between two falls. */
  readonly stepSize: number;
  /** Factor of a fall. Default 0.1. */
  readonly gamma?: number;
}

/**
 * The rate falls by γ every `stepSize` steps: lr(t) = lr(0) · γ^⌊t / stepSize⌋. Steps are epochs, unless `every` is `"step"`.
 *
 * @throws {RangeError} When `stepSize` is not a positive integer, or γ is negative.
 */
export class StepLR extends CountedSchedule {
  constructor(optimizer: Optimizer, options: StepLROptions) {
    checkOptions("StepLR", options, ["stepSize", "gamma", "every"]);
    const { gamma = 0.1, every = "epoch" } = options;
    const stepSize = checkInteger("StepLR", "stepSize", options.stepSize, 1);
    atLeastZero("StepLR", "gamma", gamma);
    super(
      "StepLR",
      optimizer,
      every,
      scaling((base, step) => base * gamma ** Math.floor(step / stepSize)),
    );
  }
}
