import type { Module } from "../module.js";
import type { Optimizer } from "../optim/optimizer.js";
import type { PlainState, Schedule } from "../schedules/schedule.js";
import type { FitStep, Position } from "./progress.js";

/** A training run: everything that decides how it goes on. */
export interface Run {
  readonly model: Module;
  readonly optimizer: Optimizer;
  /** What changes the learning rate, one or several. */
  readonly schedule?: Schedule | readonly Schedule[] | undefined;
  readonly callbacks?: readonly Callback[] | undefined;
  /** Where the run stands: `position` of its last step. */
  readonly position: Position;
}

/** How a run ended: all epochs are done; a callback stopped it, or the loop was left; its signal was aborted. */
export type FitEnd = "completed" | "stopped" | "aborted";

/** An answer of a callback; `"stop"` ends the run after this step. */
// biome-ignore lint/suspicious/noConfusingVoidType: a callback that only looks returns nothing
export type Answer = "stop" | undefined | void;

/** Something that looks at every step: a function, or an object that may also remember. `fit` waits for what is asynchronous. */
export type Callback = StepCallback | CallbackObject;

/**
 * Called after every step, its validation and its schedules. Callbacks are called in their order: write checkpoints in the
 * last one.
 *
 * @param run What `toCheckpoint` takes.
 */
export type StepCallback = (step: FitStep, run: Run) => Answer | Promise<Answer>;

/** A callback with more to say, or to remember. */
export interface CallbackObject {
  /** Before the first step; also `"stop"` in a run that goes on, when it had been stopped. */
  begin?(run: Run): Answer | Promise<Answer>;
  /** After a step, its validation and its schedules. */
  step(step: FitStep, run: Run): Answer | Promise<Answer>;
  /** After the last step, unless the loop was left or an error ended it. */
  end?(how: FitEnd, run: Run): void | Promise<void>;
  /** What it remembers, as plain JSON, for checkpoints. */
  stateDict?(): PlainState;
  /** @throws {TypeError} When the state is that of something else. */
  loadStateDict?(state: PlainState): void;
}

/** One, several or none, as an array. */
export function listOf<T extends object>(given: T | readonly T[] | undefined): readonly T[] {
  if (given === undefined) return [];
  return isArray(given) ? given : [given];
}

const isArray = <T>(x: T | readonly T[]): x is readonly T[] => Array.isArray(x);
