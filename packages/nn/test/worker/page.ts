import { type FitStep, fit } from "../../src/index.js";
import { fitInWorker, serveFit } from "../../src/worker.js";
import { network } from "../runs.js";
import { callOf, imagesCall } from "./call.js";
import type { Settings } from "./train.worker.js";

/*
 * What the test of browsers calls on its page; each function starts a worker of its own, and gives plain data.
 */

const start = (url = "train.worker.js") => new Worker(url, { type: "module" });

/** What the worker says of itself. */
function listenTo(worker: Worker): Record<string, number>[] {
  const said: Record<string, number>[] = [];
  worker.addEventListener("message", ({ data }) => said.push(data));
  return said;
}

const lossesOf = async (run: AsyncIterable<FitStep>): Promise<number[]> => {
  const losses: number[] = [];
  for await (const { loss } of run) losses.push(loss);
  return losses;
};

const weightsOf = (model: ReturnType<typeof network>) => model.parameters().map((p) => [...p.dataSync()]);

/** How a run goes wrong, as text. */
const failureOf = (run: AsyncIterable<FitStep>): Promise<string> =>
  lossesOf(run).then(
    () => "no error",
    (error) => String(error),
  );

/** The same run in a worker with so many threads, and here. */
async function curves(threads: number) {
  const [worker, model] = [start(), network(1)];
  const said = listenTo(worker);
  const there = await lossesOf(fitInWorker<Settings>(worker, { settings: { seed: 1, threads }, model }));
  worker.terminate();
  const { model: own, loader, ...options } = callOf({ seed: 1 });
  const here = await lossesOf(fit(own, loader, options));
  return {
    there,
    here,
    sameWeights: JSON.stringify(weightsOf(model)) === JSON.stringify(own.parameters().map((p) => [...p.dataSync()])),
    threads: said.find((message) => "threads" in message)?.threads,
  };
}

/** A run that is aborted after three steps. */
async function abort() {
  const controller = new AbortController();
  const { signal } = controller;
  const steps: number[] = [];
  const run = fitInWorker<Settings>(start(), { settings: { seed: 1, epochs: 1000 }, model: network(1), signal });
  for await (const { step } of run) if (steps.push(step) === 3) controller.abort();
  return { steps, checkpoint: (await run.checkpoint()).length };
}

/** What asking for a checkpoint says when the worker has ended, or begun another run. */
async function gone() {
  const worker = start();
  const runs = [1, 2].map(() => fitInWorker<Settings>(worker, { settings: { seed: 1, epochs: 1 } }));
  for (const run of runs) await lossesOf(run);
  const replaced = await runs[0].checkpoint().catch(String);
  const isThere = (await runs[1].checkpoint()).length > 0;
  worker.terminate();
  return { replaced, isThere, ended: await runs[1].checkpoint().catch(String) };
}

/** What failures say. */
async function failures() {
  const settings = { seed: 1, epochs: 1000 };
  const worker = start();
  const run = fitInWorker<Settings>(worker, { settings });
  await run.next();
  worker.terminate();
  return {
    terminated: await failureOf(run),
    closed: await failureOf(
      fitInWorker<Settings>(start(), { settings: { ...settings, fault: { step: 4, kind: "close" } } }),
    ),
    range: await failureOf(
      fitInWorker<Settings>(start(), { settings: { ...settings, fault: { step: 4, kind: "range" } } }),
    ),
    missing: await failureOf(fitInWorker(start("missing.js"))),
    wrong: await failureOf(fitInWorker(start("wrong.js"))),
    silent: await failureOf(fitInWorker(start("silent.js"), { timeout: 300 })),
    noWorker: await Promise.resolve()
      .then(() => serveFit(() => callOf({ seed: 1 })))
      .catch(String),
  };
}

/** A worker that waits before it serves. */
const late = () => lossesOf(fitInWorker<Settings>(start("late.worker.js"), { settings: { seed: 1, epochs: 1 } }));

/** How free this thread is during a training, in a worker or here. */
async function freedom(where: "worker" | "here") {
  const { model, loader, ...options } = imagesCall();
  const run =
    where === "here"
      ? fit(model, loader, options)
      : fitInWorker<Settings>(start(), { settings: { seed: 1, images: true } });
  await run.next();
  let [ticks, longestGap, last] = [0, 0, performance.now()];
  const began = last;
  const timer = setInterval(() => {
    const now = performance.now();
    longestGap = Math.max(longestGap, now - last);
    [ticks, last] = [ticks + 1, now];
  }, 4);
  const ticksPerStep: number[] = [];
  for await (const _ of run) {
    ticksPerStep.push(ticks);
    ticks = 0;
  }
  clearInterval(timer);
  return { ticksPerStep, longestGap, msPerStep: (performance.now() - began) / ticksPerStep.length };
}

Object.assign(globalThis, { curves, abort, gone, failures, late, freedom });
