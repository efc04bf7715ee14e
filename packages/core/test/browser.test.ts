import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { hasChromium, ISOLATED, launch } from "@tooling/chromium";
import { build } from "esbuild";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Outcome } from "./browser/checks.js";

/*
 * The table of conformance and the golden values in Chromium: in a Worker of an isolated page, where threads share memory;
 * on the main thread of one, which may not wait; on a page that is not isolated; and where WebAssembly is forbidden.
 */

const folder = join(dirname(fileURLToPath(import.meta.url)), "browser");
const fixtures = join(folder, "../../../../fixtures");

/** The headers of the pages under each path. */
const HEADERS: Readonly<Record<string, Record<string, string>>> = {
  isolated: ISOLATED,
  open: {},
  strict: { "Content-Security-Policy": "default-src 'self'" },
};

let server: Server;
let browser: Browser;
let scripts: ReadonlyMap<string, string>;

beforeAll(async () => {
  if (!hasChromium) return;
  const { outputFiles } = await build({
    entryPoints: ["page.ts", "worker.ts"].map((file) => join(folder, file)),
    bundle: true,
    ignoreAnnotations: true, // the tests are imported for what they do
    write: false,
    outdir: "out",
    target: "es2022",
    define: { "import.meta.url": "location.href" },
    alias: { vitest: join(folder, "vitest.ts"), "node:fs": join(folder, "fs.ts") },
  });
  scripts = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
  server = createServer(({ url = "" }, response) => {
    const [, path, ...rest] = url.split("/");
    const file = rest.at(-1) ?? "";
    const script = scripts.get(file);
    for (const [name, value] of Object.entries(HEADERS[path] ?? {})) response.setHeader(name, value);
    if (script !== undefined) response.setHeader("Content-Type", "text/javascript").end(script);
    else if (file.endsWith(".json") || file.endsWith(".bin")) response.end(readFileSync(join(fixtures, file)));
    else response.setHeader("Content-Type", "text/html").end('<!doctype html><script src="page.js"></script>');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  server?.close();
});

/** What the checks say on a page under a path, or in a Worker of it. */
async function outcomeOn(path: string, call: "runChecks" | "runChecksInWorker"): Promise<Outcome> {
  const page = await browser.newPage();
  try {
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/${path}/a/b/index.html`);
    return await page.evaluate(`${call}()`);
  } finally {
    await page.close();
  }
}

describe.skipIf(!hasChromium)("in Chromium, everything holds", () => {
  const wasm = { kernels: "wasm", madd: true };

  test.each([
    ["isolated", "runChecksInWorker", { ...wasm, threads: 3, reason: "" }],
    [
      "isolated",
      "runChecks",
      { ...wasm, threads: 1, reason: "The main thread of a page may not wait for others: compute in a Worker." },
    ],
    [
      "open",
      "runChecks",
      { ...wasm, threads: 1, reason: "Memory cannot be shared here: a page must be cross-origin isolated." },
    ],
    [
      "open",
      "runChecksInWorker",
      { ...wasm, threads: 1, reason: "Memory cannot be shared here: a page must be cross-origin isolated." },
    ],
    ["strict", "runChecks", { kernels: "plain", threads: 1 }],
  ] as const)("on an %s page, %s", async (path, call, expected) => {
    const { info, count, failures } = await outcomeOn(path, call);
    expect(failures).toEqual([]);
    expect(count).toBeGreaterThan(1000);
    expect(info).toMatchObject(expected);
    if (path === "strict") expect(info.reason).toMatch(/^WebAssembly could not be started here: /);
  });
});
