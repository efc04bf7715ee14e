import { checkInteger, checkOptions } from "@conv/core/operators";
import type { Optimizer } from "../optim/optimizer.js";
import { atLeastZero } from "../options.js";
import { CountedSchedule, type ScheduleOptions, scaling } from "./schedule.js";

/** The options of `CosineLR`. */
export interface CosineLROptions extends ScheduleOptions {
  /** Steps from the first rate down to `etaMin`: those of the whole run. */
  readonly tMax: number;
  /** The lowest rate. Default 0. */
  readonly etaMin?: number;
}

/**
 * Half a cosine: lr(t) = etaMin + (lr(0) − etaMin) · (1 + cos(πt / tMax)) / 2. After tMax steps it rises again. Steps are
 * epochs, unless `every` is `"step"`.
 *
 * @throws {RangeError} When `tMax` is not a positive integer, or `etaMin` is negative.
 * @see Loshchilov and Hutter, "SGDR: Stochastic gradient descent with warm restarts" (arXiv:1608.03983), without restarts;
 *   PyTorch's `CosineAnnealingLR`.
 * @example
 * const schedule = new CosineLR(optimizer, { tMax: epochs * loader.length, every: "step" });
 */
export class CosineLR extends CountedSchedule {
  constructor(optimizer: Optimizer, options: CosineLROptions) {
    checkOptions("CosineLR", options, ["tMax", "etaMin", "every"]);
    const { etaMin = 0, every = "epoch" } = options;
    const tMax = checkInteger("CosineLR", "tMax", options.tMax, 1);
    atLeastZero("CosineLR", "etaMin", etaMin);
    const half = (step: number) => (1 + Math.cos((Math.PI * step) / tMax)) / 2;
    const rateOf = (base: number, step: number) => etaMin + (base - etaMin) * half(step);
    super("CosineLR", optimizer, every, scaling(rateOf, etaMin));
  }
}
