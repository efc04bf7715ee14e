import { fileURLToPath } from "node:url";
import { type BuildOptions, build } from "esbuild";
import { expect, test } from "vitest";

// What a bundler keeps of the built package. `build` runs before `test`.

/** The code that one import brings, with its names unless it is minified. */
async function bundle(contents: string, options: BuildOptions = { minifySyntax: true }): Promise<string> {
  const stdin = { contents, resolveDir: fileURLToPath(new URL("..", import.meta.url)) };
  const { outputFiles } = await build({
    stdin,
    bundle: true,
    format: "esm",
    platform: "browser",
    ...options,
    write: false,
  });
  return outputFiles[0].text;
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

test("fit alone has nothing of workers", async () => {
  const text = await bundle('export { fit } from "@conv/nn"');
  expect(text).toContain("fit: the optimizer is missing");
  expect(text).not.toContain("@conv/nn/worker");
});

test("fitInWorker alone has neither layers nor kernels", async () => {
  const text = await bundle('export { fitInWorker } from "@conv/nn/worker"', { minify: true });
  expect(text).toContain("@conv/nn/worker");
  expect(text).not.toMatch(/conv2d|im2col|fit: the optimizer|fromSafetensors/);
  expect(text.length).toBeLessThan(13_500);
});
