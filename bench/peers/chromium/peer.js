// This repository in Chromium: in a worker of a cross-origin-isolated page, where WebAssembly may have threads.

import { existsSync } from "node:fs";
import { chromium } from "playwright-core";
import { servePage } from "./server.js";

const PROGRAM = "/usr/bin/chromium"; // Debian's

const FLAGS = [
  "--no-sandbox", // there is none in a container
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** @returns The peer, whose messages a worker in the page answers. */
export async function createPeer({ threads }) {
  if (!existsSync(PROGRAM)) throw new Error(`there is no ${PROGRAM}`);
  const url = await servePage();
  const browser = await chromium.launch({ executablePath: PROGRAM, headless: true, args: FLAGS });
  const page = await browser.newPage();
  page.on("pageerror", (error) => console.error(error.message));
  await page.goto(url);
  const handle = (message) => page.evaluate((given) => globalThis.ask(given), message);
  const about = await handle({ op: "start", threads });
  if ("error" in about) throw new Error(about.error);
  return { ...about, version: browser.version(), handle };
}
