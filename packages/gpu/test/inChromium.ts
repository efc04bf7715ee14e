import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { hasChromium, launch, serve } from "@tooling/chromium";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import type { GpuMode } from "../src/index.js";
import type * as checks from "./browser/checks.js";
import type { lose, refuse } from "./browser/losing.js";
import type { TestedMode } from "./modes.js";

const folder = fileURLToPath(new URL("browser", import.meta.url));

/** What a page can be asked: see browser/checks.ts and browser/losing.ts. */
type Calls = typeof checks & {
  lose: typeof lose;
  refuse: typeof refuse;
  inWorker: (mode: GpuMode) => Promise<checks.Smoke>;
};

/** A page that has the checks. */
export interface CheckPage {
  /** Calls one of them. */
  call<Name extends keyof Calls>(
    name: Name,
    ...args: Parameters<Calls[Name]>
  ): Promise<Awaited<ReturnType<Calls[Name]>>>;
  /** Errors that nobody caught there. */
  readonly uncaught: readonly string[];
  close(): Promise<void>;
}

/** Chromium, with the checks on its pages. */
export interface Chromium {
  readonly modes: readonly TestedMode[];
  page(): Promise<CheckPage>;
  /** Process ids by their kind: "GPU", "renderer" and so on. */
  processes(): Promise<readonly { readonly type: string; readonly id: number }[]>;
  close(): Promise<void>;
}

/** Whether a page has each mode: empty, or why not. */
const PROBES = {
  webgl2: `document.createElement("canvas").getContext("webgl2") === null ? "no context" : ""`,
  webgpu: `(async () => (await navigator.gpu?.requestAdapter()) ? "" : "no adapter")()`,
  webgl: `document.createElement("canvas").getContext("webgl") === null ? "no context" : ""`,
} as const;
const MODES = Object.keys(PROBES) as (keyof typeof PROBES)[];

/** Starts Chromium; where there is none, no mode is here. */
export async function openChromium(): Promise<Chromium> {
  if (!hasChromium) return absent;
  const entryPoints = ["page.ts", "worker.ts"].map((file) => `${folder}/${file}`);
  const bundle = {
    logLevel: "error",
    bundle: true,
    format: "esm",
    target: "es2022",
    write: false,
    outdir: "out",
  } as const;
  const { outputFiles } = await build({ entryPoints, ...bundle });
  const files = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
  files.set("index.html", '<!doctype html><script type="module" src="page.js"></script>');
  const server = await serve((name) => files.get(name));
  const browser = await launch(["--enable-unsafe-webgpu", "--js-flags=--expose-gc", "--enable-precise-memory-info"]);

  const page = async (): Promise<CheckPage> => {
    const page = await browser.newPage();
    const uncaught: string[] = [];
    page.on("pageerror", (error) => uncaught.push(String(error)));
    await page.goto(`${server.url}/open/`);
    const call = (name: string, ...args: unknown[]) => page.evaluate(`${name}(...${JSON.stringify(args)})`);
    return { call: call as CheckPage["call"], uncaught, close: () => page.close() };
  };
  const close = async () => {
    await browser.close();
    server.close();
  };
  return { modes: await probe(browser, server.url), page, processes: () => processesOf(browser), close };
}

async function probe(browser: Browser, url: string): Promise<TestedMode[]> {
  const page: Page = await browser.newPage();
  await page.goto(`${url}/open/`);
  const modes: TestedMode[] = [];
  for (const mode of MODES) modes.push({ mode, missing: await page.evaluate<string>(PROBES[mode]) });
  await page.close();
  return modes;
}

async function processesOf(browser: Browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  return processInfo;
}

const absent: Chromium = {
  modes: MODES.map((mode) => ({ mode, missing: "there is no Chromium" })),
  page: () => Promise.reject(new Error("there is no Chromium")),
  processes: async () => [],
  close: async () => {},
};
