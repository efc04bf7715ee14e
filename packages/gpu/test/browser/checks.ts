// What the tests of browsers call on a page or in a Worker of it. Arguments and results are plain data.

import { cpu } from "@conv/core";
import { type ConformanceCase, conformance } from "@conv/core/testing";
import { createGpu, type GpuDevice, type GpuInfo, type GpuMode } from "../../src/index.js";
import { type Held, longTraining, takeSteps } from "../loop.js";
import { lossesOn } from "../training.js";

let gpu: GpuDevice;
let cases: readonly ConformanceCase[];
let training: ReturnType<typeof longTraining> | undefined;

/** Opens a mode, for the checks that follow. */
export async function open(mode: GpuMode): Promise<GpuInfo> {
  gpu = await createGpu({ mode });
  cases = conformance(gpu);
  return gpu.info();
}

/** Runs a case of the table of conformance: its name, and what is wrong, if anything is. */
export async function check(at: number): Promise<{ name: string; failure: string }> {
  const { name, run } = cases[at];
  return run().then(
    () => ({ name, failure: "" }),
    (error) => ({ name, failure: String(error) }),
  );
}

/** The losses of a training, on the device that is open and on the cpu. */
export const losses = async () => ({ gpu: await lossesOn(gpu), cpu: await lossesOn(cpu) });

/** Trains for so many steps more. */
export const memory = (steps: number): Promise<Held> => {
  training ??= longTraining(gpu);
  return takeSteps(training, gpu, steps);
};

export const info = (): GpuInfo => gpu.info();
export const close = (): Promise<void> => gpu.destroy();

/** What a few cases in a Worker say. */
export interface Smoke {
  readonly mode: GpuMode;
  readonly hasDocument: boolean;
  readonly count: number;
  readonly failures: readonly string[];
}

/** Opens a mode, and runs one case of every so many. */
export async function smoke(mode: GpuMode, every: number): Promise<Smoke> {
  const info = await open(mode);
  const failures: string[] = [];
  let count = 0;
  for (let at = 0; at < cases.length; at += every) {
    const { name, failure } = await check(at);
    count++;
    if (failure !== "") failures.push(`${name}: ${failure}`);
  }
  await close();
  return { mode: info.mode, hasDocument: "document" in globalThis, count, failures };
}
