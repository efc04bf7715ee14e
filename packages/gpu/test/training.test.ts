import { cpu } from "@conv/core";
import { afterAll, expect, test } from "vitest";
import { createGpu } from "../src/index.js";
import { openChromium } from "./inChromium.js";
import { describeMode, modesInNode } from "./modes.js";
import { lossesOn, STEPS } from "./training.js";

/* A network learns digits on every device as on the cpu. */

/** float32 sums in another order; 30 steps of training make more of the last bits. */
const TOLERANCE = 1e-5;

const onCpu = await lossesOn(cpu);
const chromium = await openChromium();
afterAll(() => chromium.close());

function expectSame(losses: readonly number[], expected: readonly number[]): void {
  const errors = losses.map((loss, step) => Math.abs(loss - expected[step]));
  expect(losses).toHaveLength(STEPS);
  expect(errors.filter((error) => !(error <= TOLERANCE))).toEqual([]);
}

test("on the cpu the loss falls", () => {
  const mean = (some: readonly number[]) => some.reduce((sum, loss) => sum + loss, 0) / some.length;
  expect(mean(onCpu.slice(-5))).toBeLessThan(0.8 * mean(onCpu.slice(0, 5)));
});

for (const tested of await modesInNode()) {
  describeMode("Node", tested, () => {
    test("has the cpu's losses", async () => {
      const gpu = await createGpu({ mode: tested.mode });
      expectSame(await lossesOn(gpu), onCpu);
      await gpu.destroy();
    });
  });
}

for (const tested of chromium.modes.filter(({ mode }) => mode !== "webgl")) {
  describeMode("Chromium", tested, () => {
    test("has the cpu's losses", async () => {
      const page = await chromium.page();
      await page.call("open", tested.mode);
      const { gpu, cpu } = await page.call("losses");
      expectSame(gpu, cpu);
      expectSame(gpu, onCpu);
      expect(page.uncaught).toEqual([]);
      await page.close();
    });
  });
}
