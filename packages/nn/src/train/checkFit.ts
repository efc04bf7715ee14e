import { checkInteger, checkNumber, checkOptions, formatValue } from "@conv/core/operators";
import { crossEntropy } from "../losses/crossEntropy.js";
import type { Module } from "../module.js";
import { Optimizer } from "../optim/optimizer.js";
import type { Schedule } from "../schedules/schedule.js";
import { listOf } from "./callback.js";
import { checkInputs, checkLoader } from "./checkInputs.js";
import type { Loader } from "./loader.js";
import type { Loss } from "./outputs.js";
import type { Signal } from "./platform.js";
import type { Position } from "./progress.js";

/** What is checked of the options of `fit`. */
interface Given {
  readonly optimizer: Optimizer;
  readonly epochs: number;
  readonly loss?: Loss;
  readonly signal?: Signal;
  readonly validate?: Loader;
  readonly schedule?: Schedule | readonly Schedule[] | undefined;
  readonly clipNorm?: number | undefined;
  readonly from?: Position;
  readonly callbacks?: readonly unknown[];
}

const OPTIONS = [...["optimizer", "loss", "epochs", "schedule", "clipNorm", "validate", "from", "signal", "callbacks"]];

/** Refuses what `fit` cannot work with. */
export function checkFit(model: Module, loader: Loader, options: Given): void {
  checkOptions("fit", options, OPTIONS);
  checkInputs("fit", { model, loader, loss: options.loss ?? crossEntropy });
  if (options.validate !== undefined) checkLoader("fit", "validate", options.validate);
  const { optimizer, schedule, clipNorm, from, signal, callbacks = [] } = options;
  if (!(optimizer instanceof Optimizer)) {
    throw new TypeError("fit: the optimizer is missing. Pass { optimizer: new Adam(model.parameters()), … }.");
  }
  const epochs = checkInteger("fit", "epochs", options.epochs, 1);
  if (!(loader?.length > 0)) {
    throw new RangeError(
      `fit: the loader must have at least one batch, but its length is ${formatValue(loader?.length)}.`,
    );
  }
  if (signal !== undefined && typeof signal?.aborted !== "boolean") {
    throw new TypeError(`fit: the signal must be an AbortSignal, got ${formatValue(signal)}. Pass controller.signal.`);
  }
  for (const one of listOf(schedule)) checkSchedule(one, optimizer);
  if (clipNorm !== undefined && !(checkNumber("fit", "clipNorm", clipNorm) > 0)) {
    throw new RangeError(`fit: clipNorm must be above 0, got ${clipNorm}. Leave it out to clip nothing.`);
  }
  if (!Array.isArray(callbacks)) {
    throw new TypeError(`fit: callbacks must be an array, got ${formatValue(callbacks)}. Pass { callbacks: […] }.`);
  }
  callbacks.forEach(checkCallback);
  if (from !== undefined) checkPosition(from, epochs, loader);
}

function checkSchedule(schedule: Schedule, optimizer: Optimizer): void {
  if (typeof schedule?.step !== "function") {
    throw new TypeError(
      `fit: a schedule must have step(), got ${formatValue(schedule)}. Pass new StepLR(optimizer, …).`,
    );
  }
  if (schedule.optimizer !== undefined && schedule.optimizer !== optimizer) {
    throw new TypeError("fit: the schedule changes another optimizer. Make it with the one that fit is given.");
  }
}

function checkCallback(callback: unknown): void {
  const isObject = typeof callback === "object" && callback !== null;
  if (typeof callback === "function" || (isObject && "step" in callback && typeof callback.step === "function")) return;
  throw new TypeError(`fit: a callback must be a function of the step, or have step(), got ${formatValue(callback)}.`);
}

/** A run may be complete already: one that is started again after its last step ends at once. */
function checkPosition(position: Position, epochs: number, loader: Loader): void {
  const { epoch, step, last, random } = position;
  const { length: steps } = loader;
  checkInteger("fit", "from.epoch", epoch, 0);
  checkInteger("fit", "from.step", step, 0);
  if (epoch > epochs || (epoch === epochs && step > 0)) {
    throw new RangeError(
      `fit: the run has done more than ${epochs} epochs: it stands at epoch ${epoch}, step ${step}. Pass a larger number of epochs.`,
    );
  }
  if (random !== undefined && loader.random === undefined && epoch < epochs) {
    throw new TypeError(
      "fit: the loader has no random, but the run's had one, which decided what its batches were. Use the loader it was begun with.",
    );
  }
  const isElsewhere = position.steps !== undefined && position.steps !== steps;
  if (isElsewhere || step > steps || (step === steps && last === undefined)) {
    const place = position.steps === undefined ? `${step} of an epoch` : `${step} of ${position.steps} in an epoch`;
    throw new RangeError(
      `fit: the run stands at step ${place}, but this loader has ${steps}. Use the loader it was begun with.`,
    );
  }
}
