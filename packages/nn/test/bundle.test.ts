import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

// What a bundler keeps of the built package. `build` runs before `test`.

const root = fileURLToPath(new URL("..", import.meta.url));
const esbuild = createRequire(createRequire(import.meta.url).resolve("tsup"))("esbuild");

/** The code that one import brings, with its names. */
async function bundle(code: string): Promise<string> {
  const options = { bundle: true, format: "esm", minifySyntax: true, platform: "browser", write: false };
  const result = await esbuild.build({ ...options, logLevel: "error", stdin: { contents: code, resolveDir: root } });
  return result.outputFiles[0].text;
}

/** Operators, by how they are made. */
const made = (text: string) =>
  ["conv", "gather", "sum"].filter((name) => text.includes(`defineKernel("${name}"`) || text.includes(`"${name}",\n`));

test("summary and mermaid bring no layers, and none of their kernels", async () => {
  const text = await bundle('export { mermaid, summary } from "@conv/nn"');
  expect(["Conv2d", "Linear", "BatchNorm2d", "Sequential"].filter((name) => text.includes(name))).toEqual([]);
  expect(made(text)).toEqual([]);
  expect(made(await bundle('export { Conv2d, MaxPool2d } from "@conv/nn"'))).toContain("conv");
});
