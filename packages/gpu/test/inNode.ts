import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));

/** What a program printed. */
export interface Printed {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program of test/node in a process of its own, which has to end by itself, without an error nobody caught.
 *
 * @param args Its arguments.
 */
export async function runProgram(name: string, ...args: readonly (string | number)[]): Promise<Printed> {
  const folder = await mkdtemp(join(here, ".program-")); // here, so that packages are found
  const outfile = join(folder, "program.mjs");
  const external = ["#gpujs", "webgpu"];
  try {
    await build({
      entryPoints: [join(here, "node", name)],
      bundle: true,
      platform: "node",
      format: "esm",
      outfile,
      external,
      logLevel: "error",
    });
    const options = { timeout: 120_000, killSignal: "SIGKILL" } as const;
    return await promisify(execFile)(process.execPath, ["--expose-gc", outfile, ...args.map(String)], options);
  } finally {
    await rm(folder, { recursive: true });
  }
}
