import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { library } from "@tooling/tsup";
import type { Options } from "tsup";

type Plugin = NonNullable<Options["esbuildPlugins"]>[number];

/** What is not left as it is in gpu.js: what it requires of Node, and a global variable that it makes of a debugging aid. */
const CHANGES = [
  {
    file: "backend/headless-gl/kernel.js",
    from: "getContext = require('gl');",
    to: "getContext = node.createContext;",
  },
  { file: "backend/web-assembly/worker-pool.js", from: "os = require('os');", to: "os = node.os();" },
  {
    file: "backend/web-assembly/worker-pool.js",
    from: "} = require('worker_threads');",
    to: "} = node.workerThreads();",
  },
  { file: "vendor/gl-wiretap.js", from: "window.glWiretap = glWiretap;", to: "" },
];

/** Lets gpu.js ask `src/gpujs/node.ts` for what it requires of Node, so that one file serves Node and browsers. */
const changes: Plugin = {
  name: "changes",
  setup(build) {
    const node = JSON.stringify(join(import.meta.dirname, "src/gpujs/node.ts"));
    build.onLoad({ filter: /gpu\.js[\\/]src[\\/].*\.js$/ }, async ({ path }) => {
      const here = CHANGES.filter(({ file }) => path.replaceAll("\\", "/").endsWith(`/src/${file}`));
      let contents = await readFile(path, "utf8");
      for (const { from, to } of here) {
        if (contents.split(from).length !== 2) throw new Error(`${path}: is no longer there, once: ${from}`);
        contents = contents.replace(from, to);
      }
      return { contents: here.length === 0 ? contents : `const node = require(${node});\n${contents}` };
    });
  },
};

export default [
  library({ external: ["#gpujs"], clean: ["!gpujs.js"] }),
  library({
    entry: { gpujs: "src/gpujs/gpujs.ts" }, // gpu.js is a devDependency: it is bundled
    format: ["esm"], // for CommonJS too, which imports it
    dts: false,
    sourcemap: false,
    clean: false,
    treeshake: false, // gpu.js is CommonJS
    minifySyntax: true,
    minifyWhitespace: true, // and names stay, for errors
    plugins: [],
    esbuildPlugins: [changes],
  }),
];
