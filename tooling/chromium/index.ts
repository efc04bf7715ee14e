import { existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Browser, chromium } from "playwright-core";

const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);

/** Whether there is a browser for tests. */
export const hasChromium = executablePath !== undefined;
if (!hasChromium) console.warn("chromium: there is none here; its tests are skipped.");

/** What keeps Chromium to itself, and lets it run as root. */
const QUIET = [
  "--no-sandbox",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-sync",
  "--disable-component-update",
  "--no-first-run",
];

/**
 * Starts Chromium.
 *
 * @param args Its flags beside the quiet ones. Default: no process for graphics.
 */
export function launch(args: readonly string[] = ["--disable-gpu"]): Promise<Browser> {
  return chromium.launch({ executablePath, args: [...QUIET, ...args] });
}

/** What makes a page cross-origin isolated: memory may then be shared. */
export const ISOLATED = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

const TYPES: Readonly<Record<string, string>> = { html: "text/html", js: "text/javascript", css: "text/css" };

/** Serves files by their names: what `read` gives. Pages below /isolated/ are. */
export async function serve(read: (name: string) => Uint8Array | string | undefined) {
  const server: Server = createServer(({ url = "" }, response) => {
    const [, group, ...path] = new URL(url, "http://localhost").pathname.split("/");
    const name = path.join("/") || "index.html";
    const content = read(name);
    if (group === "isolated") for (const [header, value] of Object.entries(ISOLATED)) response.setHeader(header, value);
    if (content === undefined) response.writeHead(404).end();
    else response.setHeader("Content-Type", TYPES[name.split(".").at(-1) ?? ""] ?? "text/plain").end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}
