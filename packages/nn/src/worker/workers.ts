import { formatValue } from "@conv/core/operators";
import { packError, unpackError } from "./errors.js";
import { greetingOf, TAG } from "./messages.js";
import { awaitLock, type NodeWorker, platform, type WebWorker } from "./platform.js";

/** A worker: a browser's, or one of `node:worker_threads`. */
export type AnyWorker = WebWorker | NodeWorker;

export const isNodeWorker = (worker: AnyWorker): worker is NodeWorker => "threadId" in worker && "on" in worker;

/**
 * Waits until a worker serves.
 *
 * @returns The lock that it holds.
 * @throws {Error} When it ends or fails before, or does not in `timeout` milliseconds.
 */
export function greet(worker: AnyWorker, timeout: number): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const refuse = (text: string, cause?: Error) => {
      stop();
      reject(new Error(`fitInWorker: ${text}`, cause === undefined ? {} : { cause }));
    };
    const timer = platform.setTimeout(() => {
      refuse(
        `the worker has not called serveFit within ${timeout} ms. Does its module call serveFit(…) of @conv/nn/worker, and ` +
          "does it load? If it takes longer, pass { timeout } in milliseconds.",
      );
    }, timeout);
    const stopListening = listen(worker, {
      message(message) {
        const greeting = greetingOf(message);
        if (greeting?.[TAG] !== "ready") return;
        stop();
        resolve(greeting.lock);
      },
      error: (error) => refuse(`the worker failed before it called serveFit: ${error.message}`, error),
      exit: () =>
        refuse("the worker ended before it called serveFit. Its module must call serveFit(…) of @conv/nn/worker."),
    });
    const stop = () => {
      platform.clearTimeout(timer);
      stopListening();
    };
    if (isNodeWorker(worker) && worker.threadId < 0) refuse("the worker has ended already. Start another one.");
    else worker.postMessage({ [TAG]: "hello" }, []);
  });
}

/** Calls `onEnd` when the worker has ended, with the error if it was one. Returns what stops that. */
export function watch(worker: AnyWorker, lock: string | undefined, onEnd: (cause?: Error) => void): () => void {
  if (!isNodeWorker(worker)) return awaitLock(lock, () => onEnd());
  let cause: Error | undefined;
  return listen(worker, {
    message: () => {},
    error: (error) => {
      cause = error;
    },
    exit: () => platform.setTimeout(() => onEnd(cause), 0), // what it has sent before comes first
  });
}

interface Listeners {
  message(message: unknown): void;
  /** An exception that nobody caught; in browsers also a program that could not be loaded. */
  error(error: Error): void;
  /** The worker has ended; in browsers nobody says so. */
  exit(): void;
}

/** Listens to a worker. Returns what stops that. */
function listen(worker: AnyWorker, { message, error, exit }: Listeners): () => void {
  if (isNodeWorker(worker)) {
    const onError = (thrown: unknown) => error(thrown instanceof Error ? thrown : unpackError(packError(thrown)));
    worker.on("message", message);
    worker.on("error", onError);
    worker.on("exit", exit);
    return () => {
      worker.off("message", message);
      worker.off("error", onError);
      worker.off("exit", exit);
    };
  }
  const onMessage = (event: unknown) => message((event as { readonly data: unknown }).data);
  const onError = (event: unknown) => {
    const text = (event as { readonly message?: string }).message; // none if it could not be loaded
    error(new Error(text ?? "its module could not be loaded. Look at its URL and at what it imports."));
  };
  worker.addEventListener("message", onMessage);
  worker.addEventListener("error", onError);
  return () => {
    worker.removeEventListener("message", onMessage);
    worker.removeEventListener("error", onError);
  };
}

/**
 * Checks that an argument is a worker.
 *
 * @throws {TypeError} When it is not.
 */
export function expectWorker(operator: string, worker: AnyWorker): void {
  const has = (name: string) => typeof (worker as unknown as Record<string, unknown> | null)?.[name] === "function";
  if (has("postMessage") && (has("on") || has("addEventListener"))) return;
  throw new TypeError(
    `${operator}: the worker must be a Worker, of the browser or of node:worker_threads, got ${formatValue(worker)}.`,
  );
}
