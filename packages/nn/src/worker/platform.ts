/** A message that arrives. */
interface Arrival {
  readonly data: unknown;
}

/** What is used of a MessagePort: of browsers', and of Node's, which keep a process alive until `unref`. */
export interface Port {
  onmessage: ((arrival: Arrival) => void) | null;
  onmessageerror: (() => void) | null;
  postMessage(message: unknown, transfer?: readonly object[]): void;
  addEventListener(type: "close", listener: () => void): void;
  close(): void;
  ref?(): void;
  unref?(): void;
}

/** What is used of a Web Worker. */
export interface WebWorker {
  postMessage(message: unknown, transfer?: readonly object[]): void;
  addEventListener(type: "message" | "error", listener: (event: unknown) => void): void;
  removeEventListener(type: "message" | "error", listener: (event: unknown) => void): void;
}

/** What is used of a `Worker` of `node:worker_threads`. */
export interface NodeWorker {
  postMessage(message: unknown, transfer?: readonly object[]): void;
  /** −1 once it has ended. */
  readonly threadId: number;
  on(event: "message" | "error" | "exit", listener: (value: unknown) => void): unknown;
  off(event: "message" | "error" | "exit", listener: (value: unknown) => void): unknown;
}

/** What is used of a browser's locks: one is given back when the worker that holds it ends, however it does. */
interface Locks {
  request(name: string, options: { readonly signal?: object }, use: () => unknown): Promise<unknown>;
}

/** What a worker of a browser has in its global object. */
interface WebWorkerScope {
  readonly WorkerGlobalScope?: unknown;
  postMessage?(message: unknown): void;
  addEventListener?(type: "message", listener: (arrival: Arrival) => void): void;
}

/** What a worker of Node's has in `node:worker_threads`. */
interface NodeWorkers {
  readonly parentPort: {
    postMessage(message: unknown): void;
    on(event: "message", listener: (message: unknown) => void): void;
  } | null;
}

/** What is used of the machine's program environment: Node, a browser, or another. Some of it may be missing anywhere. */
interface Platform extends WebWorkerScope {
  readonly MessageChannel: new () => { readonly port1: Port; readonly port2: Port };
  readonly AbortController: new () => { readonly signal: AbortingSignal; abort(): void };
  readonly navigator?: { readonly locks?: Locks };
  readonly process?: { getBuiltinModule?(name: "node:worker_threads"): NodeWorkers | undefined };
  setTimeout(callback: () => void, milliseconds: number): unknown;
  clearTimeout(timeout: unknown): void;
}

/** The platform's AbortSignal, under whichever types the program is compiled with. */
export type AbortingSignal = typeof globalThis extends { readonly AbortSignal: { readonly prototype: infer T } }
  ? T
  : { readonly aborted: boolean };

/** The global object, as far as it is used: the package needs no types of a browser's or of Node's. */
export const platform = globalThis as unknown as Platform;

/** In a worker: how it talks to the program that started it. */
export interface Parent {
  post(message: unknown): void;
  listen(listener: (message: unknown) => void): void;
}

/**
 * The program that started this worker.
 *
 * @throws {TypeError} When this is no worker.
 */
export function parentOf(operator: string): Parent {
  if (platform.WorkerGlobalScope !== undefined && platform.postMessage !== undefined) {
    return {
      post: (message) => platform.postMessage?.(message),
      listen: (listener) => platform.addEventListener?.("message", ({ data }) => listener(data)),
    };
  }
  const port = platform.process?.getBuiltinModule?.("node:worker_threads")?.parentPort;
  if (port) return { post: (message) => port.postMessage(message), listen: (listener) => port.on("message", listener) };
  throw new TypeError(
    `${operator}: this is no worker. Call it in the module that new Worker(…) loads; Node must be 20.16 or newer.`,
  );
}

/** Takes a lock that is held until this worker ends. Its name; undefined where there are none. */
export async function holdLock(prefix: string): Promise<string | undefined> {
  const { locks } = platform.WorkerGlobalScope === undefined ? {} : (platform.navigator ?? {});
  if (locks === undefined) return undefined;
  const name = `${prefix} ${Date.now()} ${Math.random()}`;
  return new Promise((resolve) => {
    const hold = () => {
      resolve(name);
      return new Promise(() => {});
    };
    locks.request(name, {}, hold).catch(() => resolve(undefined)); // documents without an origin have none
  });
}

/** Calls `onEnd` when the worker that holds a lock has ended. Returns what stops waiting for that. */
export function awaitLock(name: string | undefined, onEnd: () => void): () => void {
  const { locks } = platform.navigator ?? {};
  if (name === undefined || locks === undefined) return () => {};
  const controller = new platform.AbortController();
  locks.request(name, { signal: controller.signal }, onEnd).catch(() => {});
  return () => controller.abort();
}
