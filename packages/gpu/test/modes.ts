import { describe } from "vitest";
import type { GpuMode } from "../src/index.js";
import { provideWebgpu } from "./webgpu.js";

/* Where each mode is tested, and why not where it is not. gpu.js is not asked: what it does not find is a failure, not a reason. */

/** A mode, and why it is not here; empty if it is. */
export interface TestedMode {
  readonly mode: GpuMode;
  readonly missing: string;
}

/** Tests of a mode; where it is missing, they are skipped, and say so. */
export function describeMode(place: string, { mode, missing }: TestedMode, tests: () => void): void {
  const name = `${mode} in ${place}`;
  if (missing === "") describe(name, tests);
  else {
    console.warn(`@conv/gpu: the tests of ${name} are skipped: ${missing}.`);
    describe.skip(`${name}, skipped: ${missing}`, tests);
  }
}

/** The modes that run in Node. */
export async function modesInNode(): Promise<readonly TestedMode[]> {
  return [
    { mode: "cpu", missing: "" },
    { mode: "webasm", missing: "" },
    { mode: "webgpu", missing: await provideWebgpu() },
  ];
}
