import { readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { openChromium } from "./inChromium.js";
import { runProgram } from "./inNode.js";
import type { Held } from "./loop.js";
import { describeMode, modesInNode } from "./modes.js";

/*
 * A long training does not grow. CONV_MEMORY_STEPS says how long; garbage is collected after each tenth, because what a script
 * has of buffers that were destroyed is given back only then.
 */

const PARTS = 10;
const STEPS = Math.ceil(Number(process.env.CONV_MEMORY_STEPS ?? 600) / PARTS);

/** By how many MB what a script holds may grow, from the parts after the first two to the last. */
const HEAP = 2;
/** By how many MB the process may: it varies by 20 where it does not grow. */
const PROCESS = 30;

const chromium = await openChromium();
afterAll(() => chromium.close());

const median = (some: readonly number[]) => [...some].sort((a, b) => a - b)[some.length >> 1];

/** From the parts after the first two to the last ones, in MB. */
function growth(bytes: readonly number[]): number {
  const [first, last] = [bytes.slice(2, 5), bytes.slice(-3)].map(median);
  return (last - first) / 2 ** 20;
}

function expectFlat(where: string, held: readonly Held[], resident: readonly number[]): void {
  const [heap, size] = [growth(held.map(({ heap }) => heap)), growth(resident)];
  console.info(`${PARTS * STEPS} steps on ${where}: heap ${heap.toFixed(2)} MB, process ${size.toFixed(1)} MB more`);
  expect(new Set(held.map(({ onDevice }) => onDevice)).size).toBe(1);
  expect(heap).toBeLessThan(HEAP);
  expect(size).toBeLessThan(PROCESS);
}

for (const tested of (await modesInNode()).filter(({ mode }) => mode === "webgpu")) {
  describeMode("Node", tested, () => {
    test(`${PARTS * STEPS} steps`, async () => {
      const { resident, held } = JSON.parse((await runProgram("memory.ts", STEPS, PARTS)).stdout);
      expectFlat("webgpu in Node", held, resident);
    });
  });
}

/** Bytes of a process that are in memory. */
function residentOf(id: number): number {
  const [, pages] = readFileSync(`/proc/${id}/statm`, "utf8").split(" ");
  return Number(pages) * 4096;
}

for (const tested of chromium.modes.filter(({ mode }) => mode !== "webgl")) {
  const { mode } = tested;
  describeMode("Chromium", tested, () => {
    test.skipIf(process.platform !== "linux")(`${PARTS * STEPS} steps`, async () => {
      const page = await chromium.page();
      await page.call("open", mode);
      const graphics = (await chromium.processes()).find(({ type }) => type === "GPU");
      const resident: number[] = [];
      const held: Held[] = [];
      for (let part = 0; part < PARTS; part++) {
        held.push(await page.call("memory", STEPS));
        resident.push(residentOf(graphics?.id ?? 0));
      }
      expectFlat(`${mode} in Chromium`, held, resident);
      await page.close();
    });
  });
}
