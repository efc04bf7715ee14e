import type { Signal } from "../train/platform.js";
import { packError } from "./errors.js";
import { type Answer, type Command, type Order, type Progress, type Report, type Start, TAG } from "./messages.js";
import { type Port, platform } from "./platform.js";
import { type AnyWorker, greet, isNodeWorker, watch } from "./workers.js";

/** The caller's side of a run. */
export interface Link {
  post(command: Command): void;
  /**
   * The next step, or the end.
   *
   * @throws {Error} When the worker has ended before it came.
   */
  take(): Promise<Progress>;
  /**
   * Has something done between two steps, or after the last.
   *
   * @throws {Error} When the worker has ended, or begun another run.
   */
  order(order: Order): Promise<Answer>;
  /** The run is over: a process need not go on for its sake. */
  rest(): void;
}

/** How a run is started. */
interface LinkOptions {
  /** What of the settings and the model moves. */
  readonly transfer: readonly object[];
  readonly timeout: number;
  readonly signal: Signal | undefined;
}

/** Starts a run in a worker, once that serves. */
export async function openLink(
  worker: AnyWorker,
  start: Omit<Start, "port" | "isStopped">,
  { transfer, timeout, signal }: LinkOptions,
): Promise<Link> {
  const lock = await greet(worker, timeout);
  const port = send(worker, { ...start, isStopped: signal?.aborted === true }, transfer);
  const progress: Progress[] = [];
  const waiting: { resolve(answer: Answer): void; reject(error: Error): void }[] = [];
  let failure: Error | undefined;
  let isResting = false;
  let wake = () => {};

  const fail = (error: Error) => {
    failure ??= error;
    for (const { reject } of waiting.splice(0)) reject(failure);
    stopWatching();
    port.close();
    wake();
  };
  const lose = (cause?: Error) => {
    const why = cause === undefined ? "." : `: ${cause.message}`;
    const what = isResting
      ? "the worker has ended, or begun another run."
      : `the worker ended in the middle of the run${why}`;
    fail(new Error(`fitInWorker: ${what}`, cause === undefined ? {} : { cause }));
  };
  const stopWatching = watch(worker, lock, lose);
  port.onmessage = ({ data }) => {
    const report = data as Report;
    if (report.type === "answer") waiting.shift()?.resolve(report);
    else if (report.type === "gone") lose();
    else progress.push(report);
    wake();
    letGo();
  };
  port.onmessageerror = () => fail(new Error("fitInWorker: a message of the worker could not be read."));
  port.addEventListener("close", () => {
    if (isResting || !isNodeWorker(worker)) lose(); // in the course of a run Node says why, but later
  });
  const letGo = () => {
    if (isResting && waiting.length === 0) port.unref?.();
  };
  return {
    post: (command) => port.postMessage(command),
    async take() {
      for (;;) {
        const next = progress.shift();
        if (next !== undefined) return next;
        if (failure !== undefined) throw failure;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    order(order) {
      if (failure !== undefined) return Promise.reject(failure);
      port.ref?.();
      port.postMessage(order);
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    rest() {
      isResting = true;
      if (isNodeWorker(worker)) stopWatching(); // its errors are the caller's again
      letGo();
    },
  };
}

/** Sends what a run begins with. The channel's port on this side. */
function send(worker: AnyWorker, start: Omit<Start, "port">, transfer: readonly object[]): Port {
  const { port1, port2 } = new platform.MessageChannel();
  try {
    worker.postMessage({ ...start, port: port2, [TAG]: "start" }, [port2, ...transfer]);
    return port1;
  } catch (error) {
    port1.close();
    throw new TypeError(
      `fitInWorker: the settings cannot be sent to a worker (${packError(error).message}). Pass plain data, and build the rest there.`,
      { cause: error },
    );
  }
}
