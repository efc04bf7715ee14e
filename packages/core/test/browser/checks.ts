// Runs in a page, or in a Worker of it: the table of conformance and the golden values on the cpu, as it is there.

import { cpu } from "../../src/index.js";
import { conformance } from "../../src/testing/index.js";
import { configure } from "../../src/wasm/engine.js";
import { collected } from "./vitest.js";
import "../goldens.test.js";
import "../moreGoldens.test.js";

/** What the checks say. */
export interface Outcome {
  readonly info: ReturnType<typeof cpu.info>;
  readonly count: number;
  readonly failures: readonly string[];
}

/** Runs all checks, with as many threads as can be had of three. */
export async function runChecks(): Promise<Outcome> {
  await configure({ threads: 3, shared: -1 });
  const checks = [...conformance(cpu), ...collected];
  const failures: string[] = [];
  for (const { name, run } of checks) {
    try {
      await run();
    } catch (error) {
      failures.push(`${name}: ${error}`);
    }
  }
  return { info: cpu.info(), count: checks.length, failures };
}
