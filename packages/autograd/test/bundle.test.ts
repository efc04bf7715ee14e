import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

// What a bundler keeps of the built packages. `build` runs before `test`.

const root = fileURLToPath(new URL("..", import.meta.url));
const esbuild = createRequire(createRequire(import.meta.url).resolve("tsup"))("esbuild");

/** The code that one import brings, with its names. */
async function bundle(code: string): Promise<string> {
  const options = {
    bundle: true,
    format: "esm",
    minifySyntax: true,
    platform: "browser",
    write: false,
    logLevel: "error",
  };
  const result = await esbuild.build({ ...options, stdin: { contents: code, resolveDir: root } });
  return result.outputFiles[0].text;
}

const KERNELS = ["convAdjointX", "im2col", "maxPoolIndices", "avgPool", "padAdjoint", "argmax", "sqrt", "resample"];
const kernelsIn = (text: string) => KERNELS.filter((name) => text.includes(`"${name}"`));

test("an operator that is not used leaves the bundle, with its kernels", async () => {
  expect(kernelsIn(await bundle('export { relu } from "@conv/autograd"'))).toEqual([]);
  expect(kernelsIn(await bundle('export { maxPool2d } from "@conv/autograd"'))).toEqual(["maxPoolIndices"]);
  expect(kernelsIn(await bundle('export { add } from "@conv/core"'))).toEqual([]);
  expect(kernelsIn(await bundle('export { im2col } from "@conv/core"'))).toEqual(["im2col"]);
  const all = await bundle('export * as autograd from "@conv/autograd"; export * as core from "@conv/core"');
  expect(kernelsIn(all)).toEqual(KERNELS);
});
