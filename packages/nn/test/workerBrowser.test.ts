import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { hasChromium, launch, serve } from "@tooling/chromium";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { fit } from "../src/index.js";
import { lossesOf, stepsOf } from "./runs.js";
import { callOf, STEPS } from "./worker/call.js";

/* fitInWorker in Chromium: on an isolated page, where the worker computes with threads of its own, and on one that is not. */

const sources = fileURLToPath(new URL("worker", import.meta.url));
/** Node 20 lacks the fused multiply-add that Chromium has: results differ in the last bits of float32. */
const LAST_BITS = 4;

describe.skipIf(!hasChromium)("in Chromium", () => {
  let server: Awaited<ReturnType<typeof serve>>;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    const { outputFiles } = await build({
      entryPoints: ["page.ts", "train.worker.ts", "late.worker.ts"].map((file) => join(sources, file)),
      bundle: true,
      format: "esm",
      target: "es2022",
      write: false,
      outdir: "out",
    });
    const files = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
    files.set("index.html", '<!doctype html><script type="module" src="page.js"></script>');
    files.set("wrong.js", "const = 1;");
    files.set("silent.js", "setInterval(() => {}, 1000);");
    server = await serve((name) => files.get(name));
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });
  beforeEach(async () => {
    page = await browser.newPage();
  });
  afterEach(() => page.close());
  const open = async (group: "isolated" | "open") => page.goto(`${server.url}/${group}/`);

  test.each([
    ["isolated", 2],
    ["open", 1],
  ] as const)("on an %s page: the curve of fit on the page, bit for bit, with %i threads", async (group, threads) => {
    await open(group);
    const { there, here, ...rest } = await page.evaluate<Record<string, number[]>>("curves(2)");
    expect(there).toHaveLength(2 * STEPS);
    expect(there).toEqual(here);
    expect(rest).toEqual({ sameWeights: true, threads });
    const { model, loader, ...options } = callOf({ seed: 1 });
    const inNode = lossesOf(await stepsOf(fit(model, loader, options)));
    there.forEach((loss, i) => {
      expect(loss).toBeCloseTo(inNode[i], LAST_BITS);
    });
  });

  test("abort ends the loop after the steps that were taken; the checkpoint is there", async () => {
    await open("open");
    const { steps, checkpoint } = await page.evaluate<{ steps: number[]; checkpoint: number }>("abort()");
    expect(steps).toEqual(steps.map((_, i) => (i % STEPS) + 1));
    expect(steps.length).toBeLessThanOrEqual(3 + 8);
    expect(checkpoint).toBeGreaterThan(1000);
  });

  test("failures are errors, the end of the worker too", async () => {
    await open("open");
    expect(await page.evaluate("failures()")).toMatchInlineSnapshot(`
      {
        "closed": "Error: fitInWorker: the worker ended in the middle of the run.",
        "missing": "Error: fitInWorker: the worker failed before it called serveFit: its module could not be loaded. Look at its URL and at what it imports.",
        "noWorker": "TypeError: serveFit: this is no worker. Call it in the module that new Worker(…) loads; Node must be 20.16 or newer.",
        "range": "RangeError: The fault of the test.",
        "silent": "Error: fitInWorker: the worker has not called serveFit within 300 ms. Does its module call serveFit(…) of @conv/nn/worker, and does it load? If it takes longer, pass { timeout } in milliseconds.",
        "terminated": "Error: fitInWorker: the worker ended in the middle of the run.",
        "wrong": "Error: fitInWorker: the worker failed before it called serveFit: its module could not be loaded. Look at its URL and at what it imports.",
      }
    `);
  });

  test("a checkpoint is there after the end, until the worker ends or begins another run", async () => {
    await open("open");
    const error = "Error: fitInWorker: the worker has ended, or begun another run.";
    expect(await page.evaluate("gone()")).toEqual({ replaced: error, isThere: true, ended: error });
  });

  test("a worker that serves only after a wait is waited for", async () => {
    await open("open");
    expect(await page.evaluate("late()")).toHaveLength(STEPS);
  });

  test("the page's timers go on during the steps of the worker", async () => {
    await open("isolated");
    const worker = await page.evaluate<Freedom>("freedom('worker')");
    const here = await page.evaluate<Freedom>("freedom('here')");
    console.info(`longest gap between timers: ${report(worker)} in a worker; ${report(here)} on the page`);
    expect(worker.ticksPerStep).toHaveLength(9);
    expect(worker.ticksPerStep.every((ticks) => ticks > 0)).toBe(true);
  });
});

interface Freedom {
  readonly ticksPerStep: number[];
  readonly longestGap: number;
  readonly msPerStep: number;
}

const report = ({ longestGap, msPerStep }: Freedom) =>
  `${longestGap.toFixed(0)} ms (steps of ${msPerStep.toFixed(0)} ms)`;
