import { checkChoice, checkInteger, count, formatValue } from "@conv/core/operators";
import type { ParameterGroup } from "../optim/groups.js";
import { Optimizer } from "../optim/optimizer.js";

/** Plain JSON: what schedules and callbacks remember, for checkpoints. */
export type PlainState = Readonly<Record<string, unknown>>;

/** When `fit` steps a schedule: after each training step, or after each epoch. */
export type Rhythm = "step" | "epoch";

/** Changes the learning rates of an optimizer's groups during a run. */
export interface Schedule {
  /** When `fit` calls `step`. */
  readonly every: Rhythm;
  /** What `fit` passes to `step`, if it looks at how training goes. Default: the loss. */
  readonly monitor?: "loss" | "accuracy" | undefined;
  /** Whose rates it changes. */
  readonly optimizer?: Optimizer;
  /** The rate of each group. */
  readonly lastLr: readonly number[];
  /** Goes on: to be called after the optimizer's step. */
  step(metric?: number): void;
  /** What it remembers, as plain JSON. */
  stateDict(): PlainState;
  /**
   * Takes over what a schedule of the same kind remembered; the rates themselves are in the optimizer's state.
   *
   * @throws {TypeError} When the state is that of something else. Nothing is changed then.
   */
  loadStateDict(state: PlainState): void;
}

/** The options of every schedule. */
export interface ScheduleOptions {
  /** When `fit` steps it. */
  readonly every?: Rhythm;
}

/** Sets what a schedule says for a group at a step; `isJump`: whatever the rate is now. */
type Apply = (group: ParameterGroup, step: number, base: number, isJump: boolean, index: number) => void;

/** A schedule whose rates depend on the number of its steps and on the rates it began with. */
export abstract class CountedSchedule implements Schedule {
  readonly #every: Rhythm;
  readonly optimizer: Optimizer;
  /** The rate of each group that it starts from. */
  readonly baseLrs: number[];
  protected readonly name: string;
  readonly #apply: Apply;
  #step = 0;

  constructor(name: string, optimizer: Optimizer, every: Rhythm, apply: Apply) {
    this.name = name;
    this.optimizer = checkOptimizer(name, optimizer);
    this.#every = checkChoice(name, "every", every, ["step", "epoch"]);
    this.#apply = apply;
    this.baseLrs = optimizer.groups.map((group) => {
      group.initialLr ??= group.lr;
      return group.initialLr;
    });
    this.#set(false);
  }

  get every(): Rhythm {
    return this.#every;
  }

  get lastLr(): readonly number[] {
    return this.optimizer.groups.map(({ lr }) => lr);
  }

  /** How often it was stepped. */
  get steps(): number {
    return this.#step;
  }

  step(_metric?: number): void {
    this.#step++;
    this.#set(false);
  }

  /** Goes to a step: sets the rates that it has after so many, whatever they are now. */
  jump(step: number): void {
    this.#step = checkInteger(this.name, "step", step, 0);
    this.#set(true);
  }

  #set(isJump: boolean): void {
    this.optimizer.groups.forEach((group, i) => {
      this.#apply(group, this.#step, this.baseLrs[i], isJump, i);
    });
  }

  stateDict(): PlainState {
    return { schedule: this.name, step: this.#step, baseLrs: [...this.baseLrs] };
  }

  loadStateDict(state: PlainState): void {
    const { step, baseLrs } = checkState(this.name, state);
    const rates = checkedRates(this.name, "baseLrs", baseLrs, this.baseLrs.length);
    this.#step = checkedNumber(this.name, "step", step, Number.isInteger);
    this.baseLrs.splice(0, rates.length, ...rates);
  }
}

/**
 * The rule of schedules that scale: a group's rate is `rateOf(base, step)`. If somebody else changed it meanwhile, another
 * schedule or the program, its distance from `floor` is scaled by as much as the rule's own, as PyTorch's schedules do.
 */
export function scaling(rateOf: (base: number, step: number, group: number) => number, floor = 0): Apply {
  return (group, step, base, isJump, i) => {
    const next = rateOf(base, step, i);
    const before = step === 0 ? base : rateOf(base, step - 1, i);
    if (isJump || group.lr === before) group.lr = next;
    else if (before === floor) group.lr += next - floor;
    else group.lr = floor + (group.lr - floor) * ((next - floor) / (before - floor));
  };
}

/** The optimizer of a schedule. */
export function checkOptimizer(name: string, optimizer: Optimizer): Optimizer {
  if (!(optimizer instanceof Optimizer)) {
    throw new TypeError(
      `${name}: the first argument must be an optimizer, got ${formatValue(optimizer)}. Pass the one that fit is given.`,
    );
  }
  return optimizer;
}

/** A state that a schedule of this name gave. */
export function checkState(name: string, state: PlainState): PlainState {
  const of = state?.schedule;
  if (of !== name) {
    const what = typeof of === "string" ? `a ${of}` : "something else";
    throw new TypeError(
      `loadStateDict: the state is that of ${what}, not of ${name}. Use the schedule it was saved with.`,
    );
  }
  return state;
}

/** A number in a state. */
export function checkedNumber(name: string, field: string, value: unknown, is: (x: number) => boolean): number {
  if (typeof value !== "number" || !is(value) || value < 0) throw damaged(name, field, value);
  return value;
}

/** Rates in a state, one for each group. */
export function checkedRates(name: string, field: string, value: unknown, groups: number): number[] {
  const isRates = Array.isArray(value) && value.every((lr: unknown) => Number.isFinite(lr));
  if (!isRates || value.length !== groups) throw damaged(name, field, value);
  return value;
}

const damaged = (name: string, field: string, value: unknown) =>
  new TypeError(`loadStateDict: the state of ${name} is damaged: ${field} is ${formatValue(value)}.`);

/**
 * One number for all groups, or one for each.
 *
 * @throws {TypeError} When there are as many as there are no groups.
 */
export function perGroup(
  name: string,
  option: string,
  value: number | readonly number[],
  { groups }: Optimizer,
  check: (name: string, option: string, value: number) => number,
): number[] {
  const values = typeof value === "number" ? groups.map(() => value) : value;
  if (!Array.isArray(values) || values.length !== groups.length) {
    throw new TypeError(
      `${name}: ${option} must be one number, or one for each of ${count(groups.length, "group")}, got ${formatValue(value)}.`,
    );
  }
  return values.map((v) => check(name, option, v));
}
