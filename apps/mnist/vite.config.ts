import { defineConfig } from "vite";

/** With these, memory may be shared: the network then learns on several threads. */
const ISOLATED = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

/** Vite's helper for dynamic imports tells `window` of those that fail; the worker has none. */
const helperInWorkers = {
  name: "helper-in-workers",
  renderChunk: (code: string) => code.replaceAll("window.dispatchEvent", "globalThis.dispatchEvent"),
};

/** The page: `vite` serves it while one works on it, `vite build` writes it into dist/, for any file host. */
export default defineConfig({
  root: "web",
  plugins: [helperInWorkers],
  base: "./", // wherever the files are put
  // The largest file is gpu.js, which is loaded when a graphics device is chosen.
  build: { outDir: "../dist", emptyOutDir: true, target: "es2022", modulePreload: false, chunkSizeWarningLimit: 700 },
  server: { headers: ISOLATED },
  preview: { headers: ISOLATED },
});
