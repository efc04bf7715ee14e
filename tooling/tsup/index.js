import { defineConfig } from "tsup";

/**
 * Gives classes their names back. A class that refers to itself esbuild writes as `var Linear = class _Linear`, and `_Linear` would
 * stand in a model's summary and in errors that name a layer.
 */
const classNames = {
  name: "class-names",
  renderChunk(code) {
    const renamed = new Set(Array.from(code.matchAll(/\bvar (\w+) = class _\1\b/g), ([, name]) => name));
    return { code: code.replace(/\b_(\w+)\b/g, (word, name) => (renamed.has(name) ? name : word)) };
  },
};

/**
 * How every library here is built: ESM and CommonJS with types, for Node 20 and current browsers.
 *
 * @param {import("tsup").Options} [options] What differs: the entries, if there are subpaths.
 */
export const library = (options) =>
  defineConfig({
    entry: ["src/index.ts"],
    format: ["esm", "cjs"],
    target: "es2022",
    dts: {
      banner: '/// <reference lib="esnext.disposable" />', // `using` a Tensor: not in the libs of every project
      compilerOptions: { ignoreDeprecations: "6.0" }, // tsup hands TypeScript a `baseUrl`
    },
    sourcemap: true,
    clean: true,
    splitting: true, // one Tensor class for all entries, in CommonJS too
    treeshake: true,
    plugins: [classNames],
    ...options,
  });
