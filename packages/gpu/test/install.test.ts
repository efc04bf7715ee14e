import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { createRequire, isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";

// What users install: the files that are published, in a folder where no gpu.js, webgpu or gl is in reach. `build` runs before `test`.

const root = fileURLToPath(new URL("..", import.meta.url));
const run = promisify(execFile);
const esbuild = createRequire(createRequire(import.meta.url).resolve("tsup"))("esbuild");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

let project: string;
let installed: string;

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), "conv-gpu-"));
  for (const name of ["core", "gpu"]) {
    const [from, to] = [join(root, "..", name), join(project, "node_modules/@conv", name)];
    const { files } = JSON.parse(await readFile(join(from, "package.json"), "utf8"));
    await mkdir(to, { recursive: true });
    for (const file of ["package.json", ...files]) await cp(join(from, file), join(to, file), { recursive: true });
  }
  installed = join(project, "node_modules/@conv/gpu");
});

test("nothing of gpu.js comes with it but its code: no packages, no types", async () => {
  expect(Object.keys(manifest.dependencies)).toEqual(["@conv/core"]);
  for (const peer of Object.keys(manifest.peerDependencies)) {
    expect(manifest.peerDependenciesMeta[peer]).toEqual({ optional: true }); // npm installs the others by itself
  }
  const types = (await readdir(join(installed, "dist"))).filter((name) => /\.d\.c?ts$/.test(name));
  expect(types).toHaveLength(2);
  for (const name of types) {
    expect(await readFile(join(installed, "dist", name), "utf8")).not.toMatch(/["'](gpu\.js|#gpujs)["']|lib="dom"/);
  }
});

describe("in Node", () => {
  const program = (mode: string) => `
    const gpu = new GPU({ mode: "${mode}" });
    const twice = gpu.createKernel("function twice(x) { return x[this.thread.x] * 2; }", { output: [8192], asyncMode: true, poolSize: 2 });
    const y = await twice(Float32Array.from({ length: 8192 }, (_, i) => i));
    console.log(twice.kernel.constructor.mode ?? "cpu", twice.kernel._pool?.liveWorkerCount ?? 0, y[8191]);
    await gpu.destroy();`;

  test.each([
    ["cpu", "cpu 0 16382"],
    ["webasm", "webasm 2 16382"], // on two threads, which gpu.js starts from a text
  ])("gpu.js computes, in mode %s, and the process ends", async (mode, expected) => {
    const file = join(installed, `${mode}.js`); // inside, where "#gpujs" means something
    await writeFile(file, `import { GPU } from "#gpujs";${program(mode)}`);
    const { stdout } = await run(process.execPath, [file]);
    expect(stdout.trim()).toBe(expected);
  });

  test("CommonJS has the same gpu.js", async () => {
    const file = join(installed, "commonjs.cjs");
    await writeFile(file, `import("#gpujs").then(async ({ GPU }) => {${program("cpu")}});`);
    const { stdout } = await run(process.execPath, [file]);
    expect(stdout.trim()).toBe("cpu 0 16382");
  });

  const use = `(async () => {
    for (const mode of ["cpu", "webasm"]) {
      const gpu = await createGpu({ mode });
      const x = tensor([1, 2]).to(gpu);
      console.log(gpu.info().mode, String(await add(x, x).data()));
      await gpu.destroy();
    }
    await createGpu({ mode: "webgpu" }).catch(({ message }) => console.log(message));
  })();`;

  test.each([
    ["module", `import { add, tensor } from "@conv/core"; import { createGpu } from "@conv/gpu";`],
    ["commonjs", `const { add, tensor } = require("@conv/core"); const { createGpu } = require("@conv/gpu");`],
  ])("devices are made and compute, and what is not installed is not here (%s)", async (type, load) => {
    const { stdout } = await run(process.execPath, [`--input-type=${type}`, "-e", `${load} ${use}`], { cwd: project });
    expect(stdout.trim().split("\n")).toEqual(["cpu 2,4", "webasm 2,4", expect.stringMatching(/webgpu: is not here/)]);
  });
});

describe("bundled", () => {
  const bundle = async (platform: "browser" | "node") => {
    const contents = `export * from "@conv/gpu"; export { GPU } from "./node_modules/@conv/gpu/dist/gpujs.js";`;
    const options = { bundle: true, format: "esm", write: false, metafile: true, logLevel: "silent", platform };
    const result = await esbuild.build({ ...options, stdin: { contents, resolveDir: project } });
    const [output] = Object.values<{ imports: { path: string }[] }>(result.metafile.outputs);
    const externals = output.imports.map(({ path }) => path).filter((path) => !isBuiltin(path));
    return { text: result.outputFiles[0].text as string, externals, warnings: result.warnings };
  };

  test.each(["browser", "node"] as const)("for a %s, nothing is missing and nothing warned of", async (platform) => {
    const { text, externals, warnings } = await bundle(platform);
    expect(externals).toEqual([]);
    expect(warnings).toEqual([]);
    expect(text).toContain("WebGPUKernel");
    expect(text).not.toMatch(/Dynamic require|window\.(GPU|glWiretap)\s*=/); // a browser has a GPU of its own
  });
});

test("the licences of what is bundled are in the package", async () => {
  const before = await readFile(join(installed, "THIRD-PARTY-LICENSES.txt"), "utf8");
  for (const name of ["gpu.js 2", "gpu-mock.js 1", "acorn 8", "Robert Plummer"]) expect(before).toContain(name);
  await run(process.execPath, ["scripts/licenses.js"], { cwd: root }); // writes what is installed now
  expect(await readFile(join(root, "THIRD-PARTY-LICENSES.txt"), "utf8")).toBe(before);
});
