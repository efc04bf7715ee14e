import { checkBoolean, checkInteger, checkOptions } from "@conv/core/operators";
import { fromSafetensors, stateToCpu, toSafetensors } from "../files/safetensors.js";
import type { Module } from "../module.js";
import type { PlainState } from "../schedules/schedule.js";
import { giveBack } from "../views.js";
import type { Answer, CallbackObject, FitEnd, Run } from "./callback.js";
import { Best, type MonitorOptions } from "./monitor.js";
import type { FitStep } from "./progress.js";

/** The options of `earlyStopping`. */
export interface EarlyStoppingOptions extends MonitorOptions {
  /** Epochs without improvement after which the run stops. Default 3. */
  readonly patience?: number;
  /**
   * Whether the model gets the weights of its best epoch when the run stops or is complete. They are then a part of every
   * checkpoint. Default false.
   */
  readonly restoreBest?: boolean;
}

/** Stops a run. */
export interface EarlyStopping extends CallbackObject {
  /** The best metric so far; undefined before the first epoch. */
  readonly best: number | undefined;
  stateDict(): PlainState;
  loadStateDict(state: PlainState): void;
}

/**
 * Stops a run when the validation has not improved for `patience` epochs; without `validate`, the epoch's mean training
 * loss. NaN is no improvement.
 *
 * @throws {RangeError} When `patience` is not a positive integer.
 * @see Prechelt, "Early stopping, but when?" (1998); `EarlyStopping` of Keras.
 */
export function earlyStopping(options: EarlyStoppingOptions = {}): EarlyStopping {
  checkOptions("earlyStopping", options, ["monitor", "minDelta", "patience", "restoreBest"]);
  const { patience = 3, restoreBest = false } = options;
  checkInteger("earlyStopping", "patience", patience, 1);
  checkBoolean("earlyStopping", "restoreBest", restoreBest);
  const best = new Best("earlyStopping", options);
  let bad = 0;
  let weights: Uint8Array | undefined;
  const answer = (): Answer => (bad >= patience ? "stop" : undefined);
  const keepWeights = async (model: Module): Promise<Answer> => {
    const state = model.snapshot();
    weights = toSafetensors(await stateToCpu(state));
    giveBack(state);
    return answer();
  };
  return {
    get best() {
      return best.value;
    },
    begin: answer,
    step(step: FitStep, { model }: Run) {
      const isBetter = best.look(step);
      if (isBetter === undefined) return undefined;
      bad = isBetter ? 0 : bad + 1;
      return isBetter && restoreBest ? keepWeights(model) : answer();
    },
    end(how: FitEnd, { model }: Run) {
      if (how !== "aborted" && weights !== undefined) model.loadStateDict(fromSafetensors(weights));
    },
    stateDict: () => ({ ...best.state, bad, weights: weights === undefined ? null : toBase64(weights) }),
    loadStateDict(state) {
      best.check(state);
      const given = state.weights;
      const loaded = typeof given === "string" ? fromBase64(given) : undefined;
      if (loaded !== undefined) fromSafetensors(loaded); // damaged ones are noticed now
      bad = checkInteger("loadStateDict", "bad", Number(state.bad), 0);
      weights = loaded;
      best.restore(state);
    },
  };
}

declare function btoa(binary: string): string;
declare function atob(base64: string): string;

function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (let i = 0; i < bytes.length; i += 4096) binary += String.fromCharCode(...bytes.subarray(i, i + 4096));
  return btoa(binary);
}

function fromBase64(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    throw new TypeError("loadStateDict: the weights in the state of earlyStopping are damaged.");
  }
}
