import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { hasChromium, ISOLATED, launch, serve } from "@tooling/chromium";
import type { Browser } from "playwright-core";
import { build, createServer } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/* A project of Vite's, as a user would write it, from the built packages: built, and from the server for development. */

const root = fileURLToPath(new URL("vite", import.meta.url));
const options = { root, configFile: false, logLevel: "warn", clearScreen: false } as const;

describe.skipIf(!hasChromium)("a Vite project trains in a worker", () => {
  let folder = "";
  let browser: Browser;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "conv-nn-vite-"));
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  /** What the page says when the run is over. */
  async function resultAt(url: string): Promise<unknown> {
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    try {
      await page.goto(url);
      await page.waitForFunction("document.body.dataset.result !== undefined", undefined, { timeout: 30_000 });
      return JSON.parse(await page.evaluate("document.body.dataset.result"));
    } catch (error) {
      throw errors.length > 0 ? new Error(errors.join("\n")) : error;
    } finally {
      await page.close();
    }
  }

  const expected = { steps: 20, accuracy: 1, threads: 2 };

  test("built with `vite build`", async () => {
    const outDir = join(folder, "dist");
    await build({ ...options, base: "./", build: { outDir, emptyOutDir: true } });
    const server = await serve((name) => readFileSync(join(outDir, name)));
    try {
      expect(await resultAt(`${server.url}/isolated/`)).toEqual(expected);
    } finally {
      server.close();
    }
  });

  test.each([
    ["as files", []],
    ["bundled beforehand, as installed packages are", ["@conv/core", "@conv/nn", "@conv/nn/worker"]],
  ])("from Vite's server for development, the packages %s", async (_, include) => {
    const server = await createServer({
      ...options,
      optimizeDeps: { include },
      cacheDir: join(folder, "cache"),
      server: { host: "127.0.0.1", port: 0, headers: ISOLATED },
    });
    await server.listen();
    try {
      expect(await resultAt(server.resolvedUrls?.local[0] ?? "")).toEqual(expected);
    } finally {
      await server.close();
    }
  });
});
