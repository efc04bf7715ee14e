import type { Module } from "../module.js";
import type { Schedule } from "../schedules/schedule.js";
import type { Answer, Callback, CallbackObject, FitEnd, Run } from "./callback.js";
import { evaluateUntil } from "./evaluate.js";
import { laterDraws, randomOf } from "./generators.js";
import type { Batch, Loader } from "./loader.js";
import { breather, now, type Signal } from "./platform.js";
import {
  addSums,
  type EpochSums,
  epochMetrics,
  type FitStep,
  meansOf,
  metricOf,
  NO_SUMS,
  type Position,
  type StepRecord,
} from "./progress.js";
import { type StepRule, trainStep } from "./trainStep.js";

/** The options of a run, none of which is left out but for those that say "none". */
export interface FitPlan extends StepRule {
  readonly epochs: number;
  readonly schedules: readonly Schedule[];
  readonly callbacks: readonly Callback[];
  readonly validate?: Loader | undefined;
  readonly from?: Position | undefined;
  readonly signal?: Signal | undefined;
}

/** A place within an epoch, after a step. */
interface Place {
  readonly epoch: number;
  readonly step: number;
  readonly random: Position["random"];
  readonly sums: EpochSums;
}

/** What was done of an epoch before. */
interface Begun {
  readonly skip: number;
  readonly before: EpochSums;
  /** To be called when its pass has begun again. */
  readonly putBack: (() => void) | undefined;
}

/** The loop of `fit`: where the run stands, and how it goes on. */
export class FitLoop {
  readonly #model: Module;
  readonly #loader: Loader;
  readonly #plan: FitPlan;
  readonly #callbacks: readonly CallbackObject[];
  /** Examples seen so far, and the milliseconds that took. */
  #seen = 0;
  #trained = 0;
  #position: Position;
  /** Whether model, optimizer, schedules and callbacks have all come to the position, and not beyond. */
  #isThere = true;

  constructor(model: Module, loader: Loader, plan: FitPlan) {
    this.#model = model;
    this.#loader = loader;
    this.#plan = plan;
    this.#callbacks = plan.callbacks.map((callback) =>
      typeof callback === "function" ? { step: callback } : callback,
    );
    this.#position = plan.from ?? { epoch: 0, step: 0, ...randomOf(loader, plan.validate) };
  }

  /** Where the run stands; undefined within a step, and after an error in one. */
  get position(): Position | undefined {
    return this.#isThere ? this.#position : undefined;
  }

  get #run(): Run {
    const { optimizer, schedules, callbacks } = this.#plan;
    return { model: this.#model, optimizer, schedule: schedules, callbacks, position: this.#position };
  }

  async *steps(): AsyncGenerator<FitStep, FitEnd, void> {
    const end = (await this.#ask((callback) => callback.begin?.(this.#run))) ?? (yield* this.#epochs());
    for (const callback of this.#callbacks) await callback.end?.(end, this.#run);
    return end;
  }

  async *#epochs(): AsyncGenerator<FitStep, FitEnd, void> {
    const { epochs, from, validate } = this.#plan;
    let putBack =
      from !== undefined && from.step > 0 && from.last === undefined
        ? laterDraws(this.#model, this.#loader)
        : undefined;
    if (from?.random !== undefined && from.epoch < epochs) this.#loader.random?.restore(from.random);
    if (from?.validation !== undefined) validate?.random?.restore(from.validation);
    if (from?.last !== undefined) {
      const { epoch, step, random, sums = NO_SUMS, last } = from;
      const [fitStep, end] = await this.#follow(last, { epoch, step, random, sums });
      yield fitStep;
      if (end !== undefined) return end;
    }
    let { epoch, step, sums = NO_SUMS } = this.#position;
    for (; epoch < epochs; epoch++) {
      const end = yield* this.#epoch(epoch, { skip: step, before: sums, putBack });
      if (end !== undefined) return end;
      [step, sums, putBack] = [0, NO_SUMS, undefined];
    }
    return "completed";
  }

  async *#epoch(epoch: number, { skip, before, putBack }: Begun): AsyncGenerator<FitStep, FitEnd | undefined, void> {
    const steps = this.#loader.length;
    const random = this.#loader.random?.state;
    const breathe = breather();
    let [step, sums] = [skip, before];
    this.#model.train();
    for await (const batch of skip === 0 ? this.#loader : skipping(this.#loader, skip)) {
      if (step === skip) putBack?.();
      if (this.#plan.signal?.aborted || step === steps) {
        batch.dispose?.();
        if (step < steps || this.#plan.signal?.aborted) return "aborted";
        throw new RangeError(`fit: the loader gives more batches than its length, ${steps}. Correct the length.`);
      }
      this.#isThere = false;
      const outcome = await this.#train(batch);
      sums = addSums(sums, outcome.sums);
      step++;
      const [fitStep, end] = await this.#follow(outcome.record, { epoch, step, random, sums });
      yield fitStep;
      if (end !== undefined) return end;
      await breathe();
    }
    if (step === steps) return undefined;
    throw new RangeError(`fit: the loader has the length ${steps}, but gave ${step} batches. Correct the length.`);
  }

  async #train(batch: Batch): ReturnType<typeof trainStep> {
    const started = now();
    const outcome = await trainStep(this.#model, batch, this.#plan);
    this.#trained += now() - started;
    this.#seen += outcome.record.examples;
    return outcome;
  }

  /** What comes after a step: validation, schedules, callbacks. */
  async #follow(record: StepRecord, place: Place): Promise<[FitStep, FitEnd | undefined]> {
    const { validate, loss, signal, epochs } = this.#plan;
    const { epoch, step, random, sums } = place;
    const steps = this.#loader.length;
    const isLast = step === steps;
    const evaluates = isLast && validate !== undefined;
    const before = randomOf(this.#loader, validate);
    if (evaluates) {
      this.#position = { epoch, step, steps, ...before, sums, last: record };
      this.#isThere = true;
    }
    const validation = evaluates ? await evaluateUntil(this.#model, validate, loss, signal) : undefined;
    const isCut = evaluates && validation === undefined;
    this.#isThere = isCut;
    const after = randomOf(this.#loader, validate);
    if (!isCut)
      this.#position = isLast
        ? { epoch: epoch + 1, step: 0, ...after }
        : { epoch, step, steps, ...after, random, sums };
    const fitStep: FitStep = {
      ...{ epoch: epoch + 1, epochs, step, steps, ...record },
      examplesPerSecond: this.#trained > 0 ? this.#seen / (this.#trained / 1000) : 0,
      ...(isLast ? { training: meansOf(sums) } : {}),
      ...(validation === undefined ? {} : { validation }),
      position: this.#position,
    };
    if (isCut) return [fitStep, "aborted"];
    this.#advance(fitStep);
    const end = await this.#ask((callback) => callback.step(fitStep, this.#run));
    this.#isThere = true;
    return [fitStep, end];
  }

  /** Every schedule whose turn it is goes on, each once. */
  #advance(fitStep: FitStep): void {
    const atEpoch = epochMetrics(fitStep);
    for (const schedule of this.#plan.schedules) {
      const metrics = schedule.every === "step" ? fitStep : atEpoch;
      if (metrics !== undefined) schedule.step(metricOf("fit", schedule.monitor ?? "loss", metrics));
    }
  }

  /** Asks every callback; one is enough to stop. */
  async #ask(question: (callback: CallbackObject) => Answer | Promise<Answer>): Promise<"stopped" | undefined> {
    let end: "stopped" | undefined;
    for (const callback of this.#callbacks) if ((await question(callback)) === "stop") end = "stopped";
    return end;
  }
}

/** A pass over the loader without its first batches. */
function skipping(loader: Loader, skip: number) {
  if (loader.batches === undefined) {
    throw new TypeError(
      "fit: to go on inside an epoch the loader needs batches({ skip }). Use the DataLoader of @conv/data.",
    );
  }
  return loader.batches({ skip });
}
