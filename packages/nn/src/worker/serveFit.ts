import { formatValue } from "@conv/core/operators";
import { Module } from "../module.js";
import { fromCheckpoint, restore, toCheckpointAsync } from "../train/checkpoint.js";
import { type FitOptions, type FitRun, fit } from "../train/fit.js";
import { randomOf } from "../train/generators.js";
import type { Loader } from "../train/loader.js";
import { type Answered, type Desk, openDesk } from "./desk.js";
import { packError } from "./errors.js";
import { type End, greetingOf, type Order, type Run, type Start, TAG } from "./messages.js";
import { memoryOf, packModel, unpackModel } from "./packedModel.js";
import { type AbortingSignal, holdLock, parentOf } from "./platform.js";

/** What `fit` is called with: the model, the loader, and the options. */
export interface FitCall extends FitOptions {
  readonly model: Module;
  readonly loader: Loader;
}

/** Builds what is to be trained, in the worker, for each run anew. `signal` is aborted when the caller stops the run. */
export type PrepareFit<Settings> = (
  settings: Settings,
  context: { readonly signal: AbortingSignal },
) => FitCall | Promise<FitCall>;

let isServing = false;

/**
 * In a worker's module: serves the runs that `fitInWorker` asks for, one after another.
 *
 * @param prepare Builds model, loader and optimizer from the caller's settings, and returns them with the options of `fit`.
 *   All of them stay in the worker: loss, schedule and callbacks too may be functions.
 * @throws {TypeError} When this is no worker, or serves already.
 * @example
 * // train.worker.ts
 * serveFit(async ({ lr }: { readonly lr: number }) => {
 *   const model = createModel();
 *   return { model, loader, optimizer: new Adam(model.parameters(), { lr }), epochs: 3 };
 * });
 */
export function serveFit<Settings = undefined>(prepare: PrepareFit<Settings>): void {
  if (typeof prepare !== "function") {
    throw new TypeError(
      `serveFit: pass a function that returns { model, loader, optimizer, epochs }, got ${formatValue(prepare)}.`,
    );
  }
  const parent = parentOf("serveFit");
  if (isServing) throw new TypeError("serveFit: this worker serves already. Call it once, and choose by the settings.");
  isServing = true;
  const lock = holdLock(TAG);
  const announce = async () => parent.post({ [TAG]: "ready", lock: await lock });
  let desk: Desk | undefined;
  parent.listen((message) => {
    const greeting = greetingOf(message);
    if (greeting?.[TAG] === "hello") announce();
    if (greeting?.[TAG] !== "start") return;
    if (desk !== undefined && !desk.isOver) {
      refuse(openDesk(greeting));
      return;
    }
    desk?.close();
    desk = openDesk(greeting);
    serve(prepare as PrepareFit<unknown>, greeting, desk);
  });
  announce();
}

function refuse(desk: Desk): void {
  const error = new Error(
    "fitInWorker: another run is on in this worker. Let its loop end, or break out of it; or start a second worker.",
  );
  desk.end({ error: packError(error) }, []);
  desk.close();
}

/** One run, from its start to the end of its channel. */
async function serve(prepare: PrepareFit<unknown>, start: Start, desk: Desk): Promise<void> {
  let run: Served | undefined;
  let steps: FitRun | undefined;
  let end: Omit<End, "type"> = {};
  const { signal } = desk;
  try {
    const { model, loader, ...options } = checkCall(await prepare(start.settings, { signal }));
    if (start.model !== undefined) unpackModel("serveFit", model, start.model);
    const from = start.from === undefined ? options.from : resume({ ...options, model }, start.from);
    run = { ...options, model, position: from ?? { epoch: 0, step: 0, ...randomOf(loader, options.validate) } };
    steps = fit(model, loader, { ...options, from, signal: either(signal, options.signal) });
    for (;;) {
      await desk.attend((order) => carryOut(order, run));
      const { done, value } = await steps.next(); // it looks at the signal
      if (done) {
        end = { result: value };
        break;
      }
      run = { ...run, position: value.position };
      desk.step(value);
    }
  } catch (error) {
    if (run !== undefined && steps !== undefined) run = { ...run, position: steps.position };
    const isAbort = signal.aborted && run === undefined && (error as Partial<Error> | null)?.name === "AbortError";
    if (!isAbort) end = { error: packError(error) };
  }
  try {
    const model = start.model === undefined || run === undefined ? undefined : await packModel(run.model);
    desk.end({ ...end, model }, memoryOf(model));
  } catch (error) {
    desk.end({ error: packError(error) }, []);
  }
  await desk.attend((order) => carryOut(order, run));
}

/** A run without a position after an error in the middle of a step. */
type Served = Omit<Run, "position"> & { readonly position: Run["position"] | undefined };

function positioned({ position, ...run }: Served): Run {
  if (position !== undefined) return { ...run, position };
  throw new Error(
    "fitInWorker: an error ended the run in the middle of a step, from where it cannot go on. Use a checkpoint of before.",
  );
}

/** What the caller wants between two steps, or after the last. */
async function carryOut(order: Order, run: Served | undefined): Promise<Answered> {
  try {
    if (run === undefined) throw new Error("fitInWorker: there is no run: its preparation in the worker failed.");
    if (order.type === "checkpoint") {
      const bytes = await toCheckpointAsync(positioned(run), order.metadata);
      return { answer: { bytes }, transfer: [bytes.buffer].filter((buffer) => buffer instanceof ArrayBuffer) };
    }
    if (order.type === "model") {
      const model = await packModel(run.model);
      return { answer: { model }, transfer: memoryOf(model) };
    }
    run.optimizer.lr = order.learningRate;
    return { answer: {} };
  } catch (error) {
    return { answer: { error: packError(error) } };
  }
}

function checkCall(call: FitCall): FitCall {
  if (call?.model instanceof Module) return call;
  throw new TypeError(
    `serveFit: the function must return { model, loader, optimizer, epochs }, got ${formatValue(call)}.`,
  );
}

function resume(run: Omit<Run, "position">, bytes: Uint8Array) {
  const checkpoint = fromCheckpoint(bytes);
  restore(run, checkpoint);
  return checkpoint.position;
}

const either = (signal: AbortingSignal, own: FitOptions["signal"]): NonNullable<FitOptions["signal"]> => ({
  get aborted() {
    return signal.aborted || own?.aborted === true;
  },
});
