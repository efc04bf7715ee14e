import { checkOptions, formatValue } from "@conv/core/operators";
import type { PlainState } from "../schedules/schedule.js";
import type { CallbackObject } from "./callback.js";
import { toCheckpointAsync } from "./checkpoint.js";
import { Best, type MonitorOptions } from "./monitor.js";

/** The options of `bestCheckpoint`. */
export interface BestCheckpointOptions extends MonitorOptions {
  /** Where to put each checkpoint that is better than all before; `fit` waits for it. Default: nowhere but in `bytes`. */
  readonly save?: (bytes: Uint8Array) => void | Promise<void>;
}

/** Keeps the checkpoint of the best epoch. */
export interface BestCheckpoint extends CallbackObject {
  /** The best metric so far; undefined before the first epoch. */
  readonly best: number | undefined;
  /** The checkpoint of that epoch, for `fromCheckpoint`. In a resumed run: undefined until an epoch is better. */
  readonly bytes: Uint8Array | undefined;
  stateDict(): PlainState;
  loadStateDict(state: PlainState): void;
}

/**
 * Keeps a checkpoint of the epoch with the best validation; without `validate`, with the best mean training loss. Put it
 * last among the callbacks, so that the checkpoint knows what the others saw of that epoch.
 *
 * @example
 * const best = bestCheckpoint({ monitor: "accuracy" });
 * for await (const _ of fit(model, loader, { optimizer, epochs: 9, validate, callbacks: [best] }));
 * if (best.bytes) model.loadStateDict(fromCheckpoint(best.bytes).model);
 */
export function bestCheckpoint(options: BestCheckpointOptions = {}): BestCheckpoint {
  checkOptions("bestCheckpoint", options, ["monitor", "minDelta", "save"]);
  const { save } = options;
  if (save !== undefined && typeof save !== "function") {
    throw new TypeError(`bestCheckpoint: save must be a function of the bytes, got ${formatValue(save)}.`);
  }
  const best = new Best("bestCheckpoint", options);
  let bytes: Uint8Array | undefined;
  return {
    get best() {
      return best.value;
    },
    get bytes() {
      return bytes;
    },
    async step(step, run) {
      if (best.look(step) !== true) return;
      bytes = await toCheckpointAsync(run);
      await save?.(bytes);
    },
    stateDict: () => best.state,
    loadStateDict(state) {
      best.check(state);
      best.restore(state);
      bytes = undefined;
    },
  };
}
