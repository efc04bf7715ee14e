import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { node24 } from "@tooling/node24";
import { expect, test } from "vitest";

/*
 * WebAssembly's fused multiply-add, which Node 20 does not have: the table of conformance and the golden values, in a Node
 * that does.
 */

const run = promisify(execFile);
const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");

test.skipIf(node24 === undefined)("Node 24 fuses multiplications and additions", async () => {
  const program = `import("./dist/index.js").then(({ cpu }) => console.log(JSON.stringify(cpu.info())))`;
  const { stdout } = await run(node24 as string, ["--eval", program]);
  expect(JSON.parse(stdout)).toMatchObject({ kernels: "wasm", madd: true });
});

test.skipIf(node24 === undefined).each(["simd", "3 threads", "memory full"])(
  "fused, everything holds: %s",
  async (project) => {
    const { stdout } = await run(node24 as string, [vitest, "run", "--project", project, "--reporter", "json"]);
    const { numPassedTests, numTotalTests } = JSON.parse(stdout.slice(stdout.indexOf("{")));
    expect(numTotalTests).toBeGreaterThan(1000);
    expect(numPassedTests).toBe(numTotalTests);
  },
  120_000,
);
