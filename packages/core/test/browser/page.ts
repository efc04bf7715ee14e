import { runChecks } from "./checks.js";

Object.assign(globalThis, {
  runChecks,
  /** The same in a Worker. */
  runChecksInWorker: () =>
    new Promise((resolve, reject) => {
      const worker = new Worker("worker.js");
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => reject(new Error(event.message));
    }),
});
