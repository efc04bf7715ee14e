// Compiles assembly/ to WebAssembly and writes the bytes to src/wasm/bytes.ts. In hexadecimal: gzip finds what repeats in it,
// which base64, whose characters do not begin where bytes do, hides. They take a fifth less of a bundle.

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
const hex = Buffer.from(binary).toString("hex");
writeFileSync(
  TARGET,
  `// Written by scripts/assemble.js from assembly/: not by hand.\n\n/** The kernels as WebAssembly with SIMD, in hexadecimal. */\nexport const BYTES =\n  "${hex}";\n`,
);
process.stdout.write(`${binary.length} bytes of WebAssembly\n`);
