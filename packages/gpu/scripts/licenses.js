// Writes THIRD-PARTY-LICENSES.txt: the licences of what the build puts into dist/gpujs.js. Run it after a change of version:
// node scripts/licenses.js
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const here = createRequire(import.meta.url);
const gpujs = createRequire(here.resolve("gpu.js"));

const text = [
  ["gpu.js", here],
  ["gpu-mock.js", gpujs],
  ["acorn", gpujs],
].map(([name, require]) => {
  let folder = dirname(require.resolve(name));
  while (!folder.endsWith(name)) folder = dirname(folder);
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return `${name} ${version} (${license})\n\n${readFileSync(join(folder, "LICENSE"), "utf8").trim()}\n`;
});
const wiretap = readFileSync(gpujs.resolve("./vendor/gl-wiretap.js"), "utf8");
const [, license] = /ORIGINAL LICENSE\n([\s\S]*?)\*\//.exec(wiretap);
text.push(`gl-wiretap, in gpu.js (MIT)\n\n${license.replaceAll(/^ \* ?/gm, "").trim()}\n`);
const head = "@conv/gpu contains the following libraries.\n";
writeFileSync(
  new URL("../THIRD-PARTY-LICENSES.txt", import.meta.url),
  [head, ...text].join(`\n${"-".repeat(80)}\n\n`).replaceAll("\r\n", "\n"),
);
