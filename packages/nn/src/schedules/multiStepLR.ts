import { checkInteger, checkOptions, formatValue } from "@conv/core/operators";
import type { Optimizer } from "../optim/optimizer.js";
import { atLeastZero } from "../options.js";
import { CountedSchedule, type ScheduleOptions, scaling } from "./schedule.js";

/** The options of `MultiStepLR`. */
export interface MultiStepLROptions extends ScheduleOptions {
  /** The steps at which the rate falls; at one that is there twice it falls twice. */
  readonly milestones: readonly number[];
  /** Factor of a fall. Default 0.1. */
  readonly gamma?: number;
}

/**
 * The rate falls by γ at each milestone: lr(t) = lr(0) · γ^(number of milestones up to t). Steps are epochs, unless `every`
 * is `"step"`.
 *
 * @throws {TypeError} When `milestones` is no array.
 * @throws {RangeError} When a milestone is not a positive integer, or γ is negative.
 */
export class MultiStepLR extends CountedSchedule {
  constructor(optimizer: Optimizer, options: MultiStepLROptions) {
    checkOptions("MultiStepLR", options, ["milestones", "gamma", "every"]);
    const { milestones, gamma = 0.1, every = "epoch" } = options;
    if (!Array.isArray(milestones)) {
      throw new TypeError(`MultiStepLR: milestones must be an array of steps, got ${formatValue(milestones)}.`);
    }
    for (const milestone of milestones) checkInteger("MultiStepLR", "a milestone", milestone, 1);
    atLeastZero("MultiStepLR", "gamma", gamma);
    const passed = (step: number) => milestones.filter((milestone) => milestone <= step).length;
    super(
      "MultiStepLR",
      optimizer,
      every,
      scaling((base, step) => base * gamma ** passed(step)),
    );
  }
}
