import { defineConfig } from "tsup";

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
    ...options,
  });
