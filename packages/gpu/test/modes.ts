import { describe, test } from "vitest";
import type { GpuMode } from "../src/index.js";
import { provideWebgpu } from "./webgpu.js";

/* Where each mode is tested, and why not where it is not. gpu.js is not asked: what it does not find is a failure, not a reason. */

/** A mode, and why it is not here; empty if it is. */
export interface TestedMode {
  readonly mode: GpuMode;
  readonly missing: string;
}

/** Tests of a mode; where it is missing there are none but one that is skipped, whose name says why. */
export function describeMode(place: string, { mode, missing }: TestedMode, tests: () => void | Promise<void>): void {
  const name = `${mode} in ${place}`;
  if (missing === "") {
    describe(name, tests);
    return;
  }
  console.warn(`@conv/gpu: the tests of ${name} are skipped: ${missing}.`);
  test.skip(`${name}, skipped: ${missing}`, () => {});
}

/** The modes that run in Node. */
export async function modesInNode(): Promise<readonly TestedMode[]> {
  return [
    { mode: "cpu", missing: "" },
    { mode: "webasm", missing: "" },
    { mode: "webgpu", missing: await provideWebgpu() },
  ];
}
