/** What is the same in Node and in browsers, and what TypeScript's own libraries leave out. */
interface Platform {
  readonly performance: { now(): number };
  readonly MessageChannel: new () => { readonly port1: MessagePort; readonly port2: MessagePort };
  setTimeout(callback: () => void, ms: number): unknown;
  /** Not in Node, nor in Workers. */
  readonly document?: { readonly hidden: boolean };
}

interface MessagePort {
  onmessage: (() => void) | null;
  postMessage(message: null): void;
  close(): void;
}

const platform = globalThis as unknown as Platform;

/** Milliseconds since some fixed moment. */
export const now = (): number => platform.performance.now();

/** For so many milliseconds `until` asks again and again: most waits are over by then. */
const IMPATIENT = 4;

/** Asks until it is so; between two times other tasks run. */
export async function until(isSo: () => boolean): Promise<void> {
  const started = now();
  while (!isSo()) {
    // timers rest the processor, but those of pages that nobody sees come once a second
    await (now() - started < IMPATIENT || platform.document?.hidden ? nextTask() : pause());
  }
}

const pause = (): Promise<void> => new Promise((resolve) => platform.setTimeout(resolve, 1));

function nextTask(): Promise<void> {
  const { port1, port2 } = new platform.MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
