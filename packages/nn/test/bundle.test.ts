import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";

/* What programs carry that import the built packages: the bundles of their users. */

const bundleOf = async (contents: string): Promise<string> => {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    write: false,
  });
  return outputFiles[0].text;
};

describe("a bundle", () => {
  test("with fit alone has nothing of workers", async () => {
    const bundle = await bundleOf('import { fit } from "@conv/nn"; console.log(fit);');
    expect(bundle).toContain("fit: the optimizer is missing");
    expect(bundle).not.toContain("@conv/nn/worker");
  });

  test("with fitInWorker alone has neither layers nor kernels", async () => {
    const bundle = await bundleOf('import { fitInWorker } from "@conv/nn/worker"; console.log(fitInWorker);');
    expect(bundle).toContain("@conv/nn/worker");
    expect(bundle).not.toMatch(/conv2d|im2col|fit: the optimizer|fromSafetensors/);
    expect(bundle.length).toBeLessThan(13_000);
  });
});
