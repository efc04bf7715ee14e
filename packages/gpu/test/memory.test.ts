import { readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { openChromium } from "./inChromium.js";
import { runProgram } from "./inNode.js";
import { describeMode, modesInNode } from "./modes.js";

/*
 * A long training does not grow. CONV_MEMORY_STEPS says how long; garbage is collected after each tenth, because what a script
 * has of buffers that were destroyed is given back only then.
 */

const PARTS = 10;
const STEPS = Math.ceil(Number(process.env.CONV_MEMORY_STEPS ?? 600) / PARTS);

/** By how many MB a process may grow from the parts after the first two to the last: one that does not grow varies by 10. */
const BOUND = 25;

const chromium = await openChromium();
afterAll(() => chromium.close());

const median = (some: readonly number[]) => [...some].sort((a, b) => a - b)[some.length >> 1];

function growth(resident: readonly number[]): number {
  const [first, last] = [resident.slice(2, 5), resident.slice(-3)].map(median);
  return (last - first) / 2 ** 20;
}

for (const tested of (await modesInNode()).filter(({ mode }) => mode === "webgpu")) {
  describeMode("Node", tested, () => {
    test(`${PARTS * STEPS} steps`, async () => {
      const { resident, onDevice } = JSON.parse((await runProgram("memory.ts", STEPS, PARTS)).stdout);
      console.info(`webgpu in Node: ${growth(resident).toFixed(1)} MB in ${PARTS * STEPS} steps`);
      expect(new Set(onDevice).size).toBe(1);
      expect(growth(resident)).toBeLessThan(BOUND);
    });
  });
}

/** Bytes of a process that are in memory. */
function residentOf(id: number): number {
  const [, pages] = readFileSync(`/proc/${id}/statm`, "utf8").split(" ");
  return Number(pages) * 4096;
}

for (const tested of chromium.modes.filter(({ mode }) => mode !== "webgl")) {
  describeMode("Chromium", tested, () => {
    test.skipIf(process.platform !== "linux")(`${PARTS * STEPS} steps`, async () => {
      const page = await chromium.page();
      await page.call("open", tested.mode);
      const graphics = (await chromium.processes()).find(({ type }) => type === "GPU");
      const resident: number[] = [];
      const onDevice: number[] = [];
      for (let part = 0; part < PARTS; part++) {
        onDevice.push(await page.call("memory", STEPS));
        resident.push(residentOf(graphics?.id ?? 0));
      }
      console.info(`${tested.mode} in Chromium: ${growth(resident).toFixed(1)} MB in ${PARTS * STEPS} steps`);
      expect(new Set(onDevice).size).toBe(1);
      expect(growth(resident)).toBeLessThan(BOUND);
      await page.close();
    });
  });
}
