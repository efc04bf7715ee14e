// Compiles assembly/ to WebAssembly and writes the bytes, as base64, to src/wasm/bytes.ts.

import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import asc from "assemblyscript/asc";

const TARGET = "src/wasm/bytes.ts";
const sources = ["scripts/assemble.js", ...readdirSync("assembly").map((file) => `assembly/${file}`)];
const timeOf = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
if (process.argv.length === 2 && timeOf(TARGET) > Math.max(...sources.map(timeOf))) process.exit();

let binary;
const { error, stderr } = await asc.main(
  [
    "assembly/index.ts",
    "--outFile",
    "kernels.wasm",
    "--optimizeLevel",
    "3",
    "--shrinkLevel",
    "1",
    "--converge",
    "--noAssert",
    "--uncheckedBehavior",
    "always",
    "--runtime",
    "stub",
    "--importMemory",
    "--memoryBase",
    "4096", // tables are behind the words of jobs, below the heap
    "--noExportMemory",
    "--initialMemory",
    "1",
    "--maximumMemory",
    "65536",
    "--enable",
    "simd",
    ...process.argv.slice(2), // --debug: functions keep their names, for a profile
  ],
  {
    readFile: (name) => {
      try {
        return readFileSync(name, "utf8");
      } catch {
        return null; // asc looks in several places
      }
    },
    writeFile: (_, contents) => {
      binary = contents;
    },
  },
);
if (error) {
  process.stderr.write(stderr.toString());
  throw error;
}
const base64 = Buffer.from(binary).toString("base64");
writeFileSync(
  TARGET,
  `// Written by scripts/assemble.js from assembly/: not by hand.\n\n/** The kernels as WebAssembly with SIMD, in base64. */\nexport const BYTES =\n  "${base64}";\n`,
);
process.stdout.write(`${binary.length} bytes of WebAssembly\n`);
