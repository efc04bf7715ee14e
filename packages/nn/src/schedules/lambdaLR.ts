import { checkOptions, formatValue } from "@conv/core/operators";
import type { Optimizer } from "../optim/optimizer.js";
import { CountedSchedule, type ScheduleOptions, scaling } from "./schedule.js";

/** The factor of the rate after so many steps. */
export type RateFactor = (step: number) => number;

/** The options of `LambdaLR`. */
export interface LambdaLROptions extends ScheduleOptions {
  /** One for all groups, or one for each. */
  readonly lambda: RateFactor | readonly RateFactor[];
}

/**
 * A rule of your own: lr(t) = lr(0) · λ(t). It must depend on t alone, so that a resumed run has the same rates. Steps are
 * epochs, unless `every` is `"step"`. Where another schedule or the program changed the rate, λ scales what they left;
 * PyTorch's sets the rate as if they were not there.
 *
 * @throws {TypeError} When `lambda` is no function, or there is not one for each group.
 * @example
 * new LambdaLR(optimizer, { lambda: (epoch) => 1 / (1 + epoch) });
 */
export class LambdaLR extends CountedSchedule {
  constructor(optimizer: Optimizer, options: LambdaLROptions) {
    checkOptions("LambdaLR", options, ["lambda", "every"]);
    const { lambda, every = "epoch" } = options;
    const given: readonly unknown[] = Array.isArray(lambda) ? lambda : [lambda];
    const isEach = given.length === optimizer?.groups?.length || !Array.isArray(lambda);
    if (!isEach || !given.every((one) => typeof one === "function")) {
      throw new TypeError(
        `LambdaLR: lambda must be a function of the step, or one for each group, got ${formatValue(lambda)}.`,
      );
    }
    super(
      "LambdaLR",
      optimizer,
      every,
      scaling((base, step, i) => base * (typeof lambda === "function" ? lambda(step) : lambda[i](step))),
    );
  }
}
