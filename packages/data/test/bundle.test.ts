import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { createRequire, isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { goldens } from "@tooling/goldens";
import { beforeAll, describe, expect, test } from "vitest";
import { send, serve } from "./serve.js";

// What users get: the built package, as a bundler and as Node see it. `build` runs before `test`.

const root = fileURLToPath(new URL("..", import.meta.url));
const run = promisify(execFile);
const esbuild = createRequire(createRequire(import.meta.url).resolve("tsup"))("esbuild");

/** What a bundler makes of a line of code, and the names of what it left outside. */
async function bundle(code: string, platform: "browser" | "node"): Promise<{ text: string; externals: string[] }> {
  const result = await esbuild.build({
    stdin: { contents: code, resolveDir: root },
    bundle: true,
    format: "esm",
    minify: true,
    platform,
    write: false,
    metafile: true,
    logLevel: "error",
  });
  const [output] = Object.values<{ imports: { path: string }[] }>(result.metafile.outputs);
  return { text: result.outputFiles[0].text, externals: output.imports.map(({ path }) => path) };
}

describe("in a browser", () => {
  let all: { text: string; externals: string[] };
  beforeAll(async () => {
    all = await bundle('export * from "@conv/data"', "browser");
  });

  test("nothing of Node is imported", () => {
    expect(all.externals).toEqual([]);
    // The core asks Node for "node:os" by name, at run time, and where there is one; and starts its workers with a text.
    expect(all.text).not.toMatch(/require\(|import\(["'`]node:/);
  });

  test("only mnist brings the digits, with their attribution", async () => {
    const base64 = "H4sIAAAAAAAC";
    expect(all.text).toContain(base64);
    expect(all.text).toContain("10.24432/C50P49");
    const { text } = await bundle('export { DataLoader, readIdx, tensorDataset } from "@conv/data"', "browser");
    expect(text).not.toContain(base64);
    expect(text).not.toContain("mirrors");
  });

  test("what is not imported stays outside: decoders of images always, each transform and set for itself", async () => {
    const found = (text: string, words: readonly string[]) => words.filter((word) => text.includes(word));
    expect(found(all.text, ["IHDR", "IDAT", "dctZigZag"])).toEqual([]);
    const marks = ["cifar-10-binary", "randomRotate", "triangle", "cutout", "440fcabf"]; // the last is MNIST's SHA-256
    expect(found(all.text, marks)).toEqual(marks);
    const { text } = await bundle('export { DataLoader, randomShift, tensorDataset } from "@conv/data"', "browser");
    expect(found(text, marks)).toEqual([]);
  });

  test("mnist reads addresses, and without them takes the digits", async () => {
    const asset = (name: string) => send(readFileSync(`${root}assets/digits/${name}`));
    const names = ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"];
    const { base } = await serve(Object.fromEntries(names.map((name) => [name, asset(name)])));
    const sources = ["auto", base].map((source) => `(await mnist({ source: "${source}" })).length`);
    const { text } = await bundle(`import { mnist } from "@conv/data"; console.log(${sources.join(", ")});`, "browser");
    const file = join(await mkdtemp(join(tmpdir(), "conv-data-")), "bundle.mjs"); // too long for an argument
    await writeFile(file, text);
    const { stdout } = await run(process.execPath, [file], { cwd: root });
    expect(stdout).toBe("1437 1437\n");
  });
});

describe("in Node", () => {
  const code = `mnist({ source: "digits", split: "test" }).then((d) => console.log(d.length, typeof digits))`;

  test.each([
    [
      "ESM",
      ["--input-type=module", "-e"],
      `import { mnist } from "@conv/data"; import { digits } from "@conv/data/digits";`,
    ],
    ["CommonJS", ["-e"], `const { mnist } = require("@conv/data"); const { digits } = require("@conv/data/digits");`],
  ])("%s loads, with its digits", async (_, flags, imports) => {
    const { stdout } = await run(process.execPath, [...flags, `${imports} ${code}`], { cwd: root });
    expect(stdout).toBe("360 function\n");
  });

  test.each(["module", "commonjs"])("files are read (%s)", async (type) => {
    const load = type === "module" ? `import { mnist } from "@conv/data";` : `const { mnist } = require("@conv/data");`;
    const use = `mnist({ source: "assets/digits" }).then((d) => console.log(d.length))`;
    const { stdout } = await run(process.execPath, [`--input-type=${type}`, "-e", `${load} ${use}`], { cwd: root });
    expect(stdout).toBe("1437\n");
  });

  test.each(["@conv/data", "@conv/data/node"])(
    "a bundle of %s imports modules of Node and nothing else",
    async (name) => {
      const { externals } = await bundle(`export * from "${name}"`, "node");
      expect(externals.length).toBeGreaterThan(0);
      expect(externals.filter((external) => !isBuiltin(external))).toEqual([]);
    },
  );

  test.each(["module", "commonjs"])("folders of images are read (%s), by decoders in the package", async (type) => {
    const directory = await mkdtemp(join(tmpdir(), "conv-data-"));
    await mkdir(join(directory, "a"));
    const files = goldens("images").filter(({ id }) => id === "png-rgb" || id === "jpeg-progressive");
    for (const { id, inputs } of files) {
      await writeFile(join(directory, "a", `${id}.png`), Uint8Array.from(inputs.file.values));
    }
    const from = "@conv/data/node";
    const load =
      type === "module" ? `import { imageFolder } from "${from}";` : `const { imageFolder } = require("${from}");`;
    const use = `imageFolder(process.argv[1]).then((d) => d.get([0, 1])).then(({ x }) => console.log(x.shape.join()))`;
    const flags = [`--input-type=${type}`, "-e", `${load} ${use}`, directory];
    const { stdout } = await run(process.execPath, flags, { cwd: root });
    expect(stdout).toBe("2,3,9,13\n");
  });

  test("the licences of the decoders are in the package", async () => {
    const { files } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(files).toContain("THIRD-PARTY-LICENSES.txt");
    const before = readFileSync(join(root, "THIRD-PARTY-LICENSES.txt"), "utf8");
    for (const name of ["fast-png 8", "iobuffer 6", "fflate 0", "jpeg-js 0", "notmasteryet"])
      expect(before).toContain(name);
    await run(process.execPath, ["scripts/licenses.js"], { cwd: root }); // writes what is installed now
    expect(readFileSync(join(root, "THIRD-PARTY-LICENSES.txt"), "utf8")).toBe(before);
  });
});
