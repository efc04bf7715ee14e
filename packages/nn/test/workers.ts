import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll } from "vitest";
import { type FitStep, fit, type Module } from "../src/index.js";
import { callOf } from "./worker/call.js";
import type { Settings } from "./worker/train.worker.js";

/** Builds the workers' programs for the tests of a file. */
export function buildWorkers() {
  let folder = "";
  const workers: Worker[] = [];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "conv-nn-worker-"));
    await build({
      entryPoints: ["train", "late", "augmented"].map((name) =>
        fileURLToPath(new URL(`worker/${name}.worker.ts`, import.meta.url)),
      ),
      bundle: true,
      logLevel: "error",
      splitting: true,
      format: "esm",
      target: "es2022",
      outdir: folder,
      outExtension: { ".js": ".mjs" },
    });
  });
  afterEach(async () => {
    for (const worker of workers.splice(0)) await worker.terminate();
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  return {
    pathOf: (program: string) => join(folder, program),
    /** Starts a worker of a built program, or of one given as text; it lives as long as the test. */
    start(program = "train.worker.mjs", text?: string): Worker {
      if (text !== undefined) writeFileSync(join(folder, program), text);
      const worker = new Worker(pathToFileURL(join(folder, program)));
      workers.push(worker);
      return worker;
    },
  };
}

/** The run of a worker on this thread; its first steps only, if so many are given. */
export async function here(settings: Settings, most = Number.POSITIVE_INFINITY) {
  const { model, loader, ...options } = callOf(settings);
  const steps: FitStep[] = [];
  for await (const step of fit(model, loader, options)) if (steps.push(step) >= most) break;
  return { model, steps };
}

/** Everything about steps that does not depend on the clock. */
export const timeless = (steps: readonly FitStep[]) => steps.map(({ examplesPerSecond: _, ...step }) => step);

/** A model's weights, by name. */
export const weights = (model: Module) =>
  Object.entries(model.stateDict()).map(([name, tensor]): [string, number[]] => [name, [...tensor.dataSync()]]);
