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

/** Names that layers, losses and initialisers carry in their errors. */
const NAMES = [
  "Conv2d",
  "ConvTranspose2d",
  "LPPool2d",
  "BatchNorm2d",
  "PReLU",
  "ModuleList",
  "huberLoss",
  "orthogonal",
];

/** Those of them that come with an import. */
const namesWith = async (code: string) => {
  const text = await bundle(code);
  return NAMES.filter((name) => text.includes(`"${name}"`));
};

test("what is not used leaves the bundle", async () => {
  expect(await namesWith('export { ReLU } from "@conv/nn"')).toEqual([]);
  expect(await namesWith('export { Conv2d, Sequential } from "@conv/nn"')).toEqual(["Conv2d"]);
  expect(await namesWith('export { init } from "@conv/nn"')).toEqual(["orthogonal"]);
  expect(await namesWith('export * from "@conv/nn"')).toEqual(NAMES);
});

/** Operators, by how they are made. */
const made = (text: string) =>
  ["conv", "gather", "sum"].filter((name) => text.includes(`defineKernel("${name}"`) || text.includes(`"${name}",\n`));

test("summary and mermaid bring no layers, and none of their kernels", async () => {
  const both = 'export { mermaid, summary } from "@conv/nn"';
  expect(await namesWith(both)).toEqual([]);
  expect(made(await bundle(both))).toEqual([]);
  expect(made(await bundle('export { Conv2d, MaxPool2d } from "@conv/nn"'))).toContain("conv");
});
