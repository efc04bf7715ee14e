import * as checks from "./checks.js";
import { lose, refuse } from "./losing.js";

/** A few cases in a Worker. */
const inWorker = (mode: string) =>
  new Promise((resolve, reject) => {
    const worker = new Worker("worker.js", { type: "module" });
    worker.onmessage = ({ data }) => {
      worker.terminate();
      resolve(data);
    };
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage(mode);
  });

Object.assign(globalThis, checks, { lose, refuse, inWorker });
