// @conv/nn/worker: training in a Web Worker or a worker thread, for browsers, Node, Deno and Bun.

export { type AbortSignalLike, type FitInWorkerOptions, fitInWorker, type WorkerFit } from "./worker/fitInWorker.js";
export { type FitCall, type PrepareFit, serveFit } from "./worker/serveFit.js";
export type { AnyWorker } from "./worker/workers.js";
