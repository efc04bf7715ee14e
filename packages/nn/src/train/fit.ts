import { crossEntropy } from "../losses/crossEntropy.js";
import type { Module } from "../module.js";
import type { Optimizer } from "../optim/optimizer.js";
import type { Schedule } from "../schedules/schedule.js";
import { type Callback, type FitEnd, listOf } from "./callback.js";
import { checkFit } from "./checkFit.js";
import { FitLoop } from "./fitLoop.js";
import type { Loader } from "./loader.js";
import type { Loss } from "./outputs.js";
import type { Signal } from "./platform.js";
import type { FitStep, Position } from "./progress.js";

/** The options of `fit`. */
export interface FitOptions {
  /** Moves the model's parameters. */
  readonly optimizer: Optimizer;
  /** Default `crossEntropy`. */
  readonly loss?: Loss;
  /** Passes over the loader, in all. */
  readonly epochs: number;
  /** Changes the learning rate, after each step or each epoch, as its `every` says; one or several. Default: none. */
  readonly schedule?: Schedule | readonly Schedule[] | undefined;
  /** The largest norm of all gradients together, see `clipGradNorm`. Default: no limit. */
  readonly clipNorm?: number | undefined;
  /** What the model is evaluated on after each epoch. */
  readonly validate?: Loader;
  /** Where to go on; from `fromCheckpoint`. Default: the beginning. */
  readonly from?: Position;
  /** Stops the run after the current step, or batch of the validation, once it is aborted. */
  readonly signal?: Signal;
  /** What looks at every step, and may stop the run: `earlyStopping`, `bestCheckpoint`, functions. */
  readonly callbacks?: readonly Callback[];
}

/** A run: its steps, and in the end how it ended. */
export interface FitRun extends AsyncGenerator<FitStep, FitEnd, void> {
  /** How it ended; undefined while it runs, or after an error. */
  readonly ended: FitEnd | undefined;
  /**
   * Where it stands, for `toCheckpoint`: after an error too, if that came between two steps, from the loader, or in a
   * validation. Undefined before the first step, within one, and after an error in one: go on from an earlier checkpoint then.
   */
  readonly position: Position | undefined;
}

/**
 * Trains a model: one step for every batch that the loop asks for. After a step come its schedules, at the end of an epoch
 * the validation, then the callbacks; the loop sees the step when all that is done, so that a checkpoint holds it.
 *
 * Batches are moved to where the model lives, so that a loader needs to know nothing of it. Every step is a scope: what it makes, in your own loss and layers too, is given back at its end unless you `keep` it. It
 * gives way to timers, input and drawing about every 16 ms. Breaking out of the loop, or aborting the signal, stops it
 * after the current step. A loss that is NaN does not stop it, as in PyTorch: a callback can.
 *
 * @throws {Error} At the first step: when an option is missing or wrong, or the loader is empty; later: when the loader
 *   gives more or fewer batches than its `length`, or the loss is no scalar.
 * @example
 * for await (const { loss } of fit(model, loader, { optimizer: new Adam(model.parameters()), epochs: 3 })) {
 *   console.log(loss);
 * }
 */
export function fit(model: Module, loader: Loader, options: FitOptions): FitRun {
  const outcome: Outcome = {};
  const steps = followed(() => begun(model, loader, options), outcome);
  return Object.defineProperties(steps, {
    ended: { get: () => outcome.ended },
    position: { get: () => outcome.loop?.position },
  }) as FitRun;
}

/** What is known of a run beside its steps. */
interface Outcome {
  loop?: FitLoop;
  ended?: FitEnd;
}

/** Notes how a run ended. */
async function* followed(begin: () => FitLoop, outcome: Outcome): AsyncGenerator<FitStep, FitEnd, void> {
  let isFailed = false;
  try {
    outcome.loop = begin();
    outcome.ended = yield* outcome.loop.steps();
    return outcome.ended;
  } catch (error) {
    isFailed = true;
    throw error;
  } finally {
    if (!isFailed) outcome.ended ??= "stopped"; // the loop was left
  }
}

/** A run whose options are checked: at its first step. */
function begun(model: Module, loader: Loader, options: FitOptions): FitLoop {
  checkFit(model, loader, options);
  const { loss = crossEntropy, schedule, clipNorm, callbacks = [], ...rest } = options;
  return new FitLoop(model, loader, { ...rest, loss, clipNorm, schedules: listOf(schedule), callbacks });
}
