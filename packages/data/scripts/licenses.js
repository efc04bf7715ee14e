// Writes THIRD-PARTY-LICENSES.txt: the licences of what the build puts into dist/node. Run it after a change of version:
// node scripts/licenses.js
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const here = createRequire(import.meta.url);
const png = createRequire(here.resolve("fast-png"));

const text = [
  ["fast-png", here],
  ["iobuffer", png],
  ["fflate", png],
  ["jpeg-js", here],
].map(([name, require]) => {
  let folder = dirname(require.resolve(name));
  while (!folder.endsWith(name)) folder = dirname(folder);
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return `${name} ${version} (${license})\n\n${readFileSync(join(folder, "LICENSE"), "utf8").trim()}\n`;
});
const apache = readFileSync(here.resolve("typescript/package.json").replace("package.json", "LICENSE.txt"), "utf8");
const decoder = readFileSync(here.resolve("jpeg-js/lib/decoder.js"), "utf8");
const notice = /Copyright 2011 notmasteryet/.exec(decoder)[0];
text.push(`The decoder of jpeg-js (Apache-2.0)\n\n${notice}\n\n${apache.trim()}\n`);
const head = "@conv/data/node contains the following libraries.\n";
writeFileSync(
  new URL("../THIRD-PARTY-LICENSES.txt", import.meta.url),
  [head, ...text].join(`\n${"-".repeat(80)}\n\n`).replaceAll("\r\n", "\n"),
);
