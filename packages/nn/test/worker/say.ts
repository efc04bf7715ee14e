// Messages of the program's own, beside those of fitInWorker.

import { platform } from "../../src/worker/platform.js";

/** Says something to the program that started this worker. */
export function say(message: object): void {
  const port = platform.process?.getBuiltinModule?.("node:worker_threads")?.parentPort;
  if (port) port.postMessage(message);
  else platform.postMessage?.(message);
}
