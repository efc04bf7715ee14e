import { checkInteger, checkOptions, formatValue } from "@conv/core/operators";
import type { Module } from "../module.js";
import { atLeastZero } from "../options.js";
import { unpackError } from "./errors.js";
import { type Link, openLink } from "./link.js";
import type { Answer, End, FitResult, FitStep, Order } from "./messages.js";
import { memoryOf, packModel, unpackModel } from "./packedModel.js";
import { type AnyWorker, expectWorker } from "./workers.js";

/** An `AbortSignal`, as far as it is used. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** The options of `fitInWorker`. */
export interface FitInWorkerOptions<Settings = unknown> {
  /** What the function given to `serveFit` is called with: anything that structured cloning can copy. */
  readonly settings?: Settings;
  /** What in the settings moves to the worker instead of being copied: ArrayBuffers, ports, an OffscreenCanvas. */
  readonly transfer?: readonly object[];
  /**
   * The run begins with this model's parameters, buffers and random states, and they become those of the worker's model when
   * the run is over, however it ends. The worker builds a model of the same layers.
   */
  readonly model?: Module;
  /** The run goes on from this checkpoint: weights, optimizer, random states and position. */
  readonly from?: Uint8Array;
  /** Stops the run once it is aborted. */
  readonly signal?: AbortSignalLike;
  /**
   * How many steps the worker may be ahead of those that were asked for. Default 8. With 0 it waits for each turn of the
   * loop, as `fit` does.
   */
  readonly buffer?: number;
  /** How long the worker may take to load and call `serveFit`, in milliseconds. Default 30 000. */
  readonly timeout?: number;
}

/** A run in a worker: its steps, and more. */
export interface WorkerFit extends AsyncGenerator<FitStep, FitResult | undefined, void> {
  /**
   * The run as `toCheckpoint` writes it, after the last step that the worker took; its position says which that is. Also after
   * the end, until another run begins in the worker.
   */
  checkpoint(metadata?: Readonly<Record<string, string>>): Promise<Uint8Array>;
  /** Copies the worker's weights, as they are now, into the `model` of the options: to draw them, say. */
  sync(): Promise<void>;
  /**
   * Sets the optimizer's learning rate for all steps that the worker has not taken yet.
   *
   * @throws {Error} When the run has not begun: pass the first rate in the settings.
   */
  setLearningRate(lr: number): void;
}

const OPTIONS = ["settings", "transfer", "model", "from", "signal", "buffer", "timeout"];

/**
 * `fit` in a worker: the same steps, bit for bit, while this thread stays free.
 *
 * The worker's module calls `serveFit`. The run begins with the first step that is asked for, and pauses while none is, except
 * that the worker takes up to `buffer` steps ahead. Aborting the signal stops it after the current step; the loop still
 * receives the steps that were taken, and ends. After a `break` they are dropped. In both cases the weights that come back
 * and the position in `checkpoint()` are those of the last step that the worker took.
 *
 * The worker is the caller's: it serves one run after another until the caller terminates it; in Node it keeps the process
 * alive until `terminate()` or `unref()`. That it ends in the middle of a run is noticed in Node and, by Web Locks, on secure
 * pages (https, localhost); on others do not terminate it before the loop has ended.
 *
 * @param worker A Web Worker, or a `Worker` of `node:worker_threads`.
 * @throws {Error} From the loop: what was thrown in the worker, by name and message, the worker's own error with its stack as
 *   `cause`; when the worker cannot be loaded, does not call `serveFit`, ends in the middle of the run, or has another run on.
 * @example
 * const worker = new Worker(new URL("./train.worker.ts", import.meta.url), { type: "module" });
 * for await (const { loss } of fitInWorker(worker, { settings: { lr: 0.01 }, model })) draw(loss);
 */
export function fitInWorker<Settings = unknown>(
  worker: AnyWorker,
  options: FitInWorkerOptions<Settings> = {},
): WorkerFit {
  expectWorker("fitInWorker", worker);
  checkOptions("fitInWorker", options, OPTIONS);
  const { settings, transfer = [], model, from, signal } = options;
  const buffer = checkInteger("fitInWorker", "buffer", options.buffer ?? 8, 0);
  const timeout = atLeastZero("fitInWorker", "timeout", options.timeout ?? 30_000);
  if (from !== undefined && !(from instanceof Uint8Array)) {
    throw new TypeError(`fitInWorker: from must be the bytes of a checkpoint, a Uint8Array, got ${formatValue(from)}.`);
  }
  if (signal !== undefined && typeof signal?.addEventListener !== "function") {
    throw new TypeError(
      `fitInWorker: the signal must be an AbortSignal, got ${formatValue(signal)}. Pass controller.signal.`,
    );
  }
  if (model !== undefined && typeof model?.loadStateDict !== "function") {
    throw new TypeError(`fitInWorker: the model must be a Module, got ${formatValue(model)}.`);
  }
  let opening: Promise<Link> | undefined;
  let link: Link | undefined; // orders then go at once, before the step that is asked for next

  const open = async (): Promise<Link> => {
    const packed = model === undefined ? undefined : await packModel(model);
    const start = { settings, model: packed, from, buffer };
    link = await openLink(worker, start, { transfer: [...transfer, ...memoryOf(packed)], timeout, signal });
    return link;
  };
  const begun = (): Promise<Link> => {
    if (opening !== undefined) return opening;
    throw new Error("fitInWorker: the run has not begun. It begins with the first step that is asked for.");
  };
  const order = async (what: Order): Promise<Answer> => {
    const answer = await (link ?? (await begun())).order(what);
    if (answer.error !== undefined) throw unpackError(answer.error);
    return answer;
  };

  async function* steps(): AsyncGenerator<FitStep, FitResult | undefined, void> {
    opening = open();
    const run = await opening;
    const stop = () => run.post({ type: "stop" });
    signal?.addEventListener("abort", stop);
    if (signal?.aborted) stop();
    let end: End | undefined;
    try {
      while (end === undefined) {
        run.post({ type: "next" });
        const progress = await run.take();
        if (progress.type === "step") yield progress.step;
        else end = progress;
      }
    } finally {
      signal?.removeEventListener("abort", stop);
      end ??= await abandon(run);
      run.rest();
      if (model !== undefined && end.model !== undefined) unpackModel("fitInWorker", model, end.model);
    }
    if (end.error !== undefined) throw unpackError(end.error);
    return end.result;
  }

  return Object.assign(steps(), {
    async checkpoint(metadata?: Readonly<Record<string, string>>): Promise<Uint8Array> {
      const { bytes } = await order({ type: "checkpoint", metadata });
      return bytes as Uint8Array;
    },
    async sync(): Promise<void> {
      if (model === undefined) throw new TypeError("fitInWorker: sync() needs a model. Pass { model } in the options.");
      const answer = await order({ type: "model" });
      if (answer.model !== undefined) unpackModel("fitInWorker", model, answer.model);
    },
    setLearningRate(lr: number): void {
      const learningRate = atLeastZero("setLearningRate", "lr", lr);
      begun(); // or it would be lost
      order({ type: "learningRate", learningRate }).catch(() => {}); // the loop says what is wrong
    },
  });
}

/** Stops a run whose loop was left, and waits for its end; the steps that are on their way are nobody's. */
async function abandon(link: Link): Promise<End> {
  link.post({ type: "stop" });
  for (;;) {
    const progress = await link.take();
    if (progress.type === "end") return progress;
  }
}
