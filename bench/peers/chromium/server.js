// A page on this machine that is isolated from other origins, so that it may share memory between workers.

import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const PAGE = `<!doctype html>
<title>@conv</title>
<script type="module">
  const worker = new Worker("/worker.js", { type: "module" });
  const waiting = [];
  worker.onmessage = ({ data }) => waiting.shift()(data);
  worker.onerror = ({ message }) => waiting.splice(0).forEach((answer) => answer({ error: message }));
  globalThis.ask = (message) =>
    new Promise((answer) => {
      waiting.push(answer);
      worker.postMessage(message);
    });
</script>`;

const HEADERS = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/** worker.js with all it imports, in one file. */
async function bundle() {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("./worker.js", import.meta.url))],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    logLevel: "error",
  });
  return outputFiles[0].text;
}

/**
 * Serves the page.
 *
 * @returns {Promise<string>} Its address.
 */
export async function servePage() {
  const files = {
    "/": ["text/html", PAGE],
    "/worker.js": ["text/javascript", await bundle()],
  };
  const server = createServer(({ url }, response) => {
    const [type, text] = files[url] ?? [];
    response.writeHead(type === undefined ? 404 : 200, { ...HEADERS, "Content-Type": `${type}; charset=utf-8` });
    response.end(text);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  server.unref();
  return `http://127.0.0.1:${server.address().port}/`;
}
