import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createRandom } from "@conv/core";
import { expect, test } from "vitest";
import { safetensorsMetadata } from "../src/index.js";
import { loadCheckpoint } from "../src/node.js";

const program = fileURLToPath(new URL("./kill/train.mjs", import.meta.url));
const KILLS = 30;

/** When to kill: so many milliseconds after so many steps, or as soon as a file is being written then. */
interface Moment {
  readonly steps: number;
  readonly milliseconds: number;
  readonly isWriting: boolean;
}

/** Runs the program until it ends, or until it is killed: then null. */
function life(path: string, moment?: Moment): Promise<string | null> {
  const child = spawn(process.execPath, [program, path], { stdio: ["ignore", "pipe", "inherit"] });
  let [said, isDone] = ["", false];
  const kill = () => void child.kill("SIGKILL");
  const isWriting = async () => (await readdir(dirname(path))).some((name) => name.includes(`.${child.pid}.`));
  const whenWriting = async () => {
    while (!isDone && !(await isWriting()));
    kill();
  };
  child.stdout.on("data", (text) => {
    const before = said.split("\n").length - 1;
    said += text;
    if (moment === undefined || before >= moment.steps || said.split("\n").length - 1 < moment.steps) return;
    if (moment.isWriting) void whenWriting();
    else setTimeout(kill, moment.milliseconds);
  });
  return new Promise((resolve) =>
    child.on("close", (code) => {
      isDone = true;
      resolve(code === null ? null : said);
    }),
  );
}

test("killed thirty times, also while it writes, a run ends in the same file, bit for bit, as one that is left alone", async () => {
  const folder = await mkdtemp(join(tmpdir(), "conv-kill-"));
  const [whole, killed] = [join(folder, "whole", "run"), join(folder, "killed", "run")];
  const { mkdir } = await import("node:fs/promises");
  for (const path of [whole, killed]) await mkdir(dirname(path));
  const reference = life(whole);
  const random = createRandom(5);
  let torn = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const [a, b, c] = random.uniform([3]).dataSync();
    const moment = { steps: 1 + Math.floor(a * 4), milliseconds: b * 8, isWriting: c < 0.5 };
    expect(await life(killed, moment)).toBeNull();
    const names = await readdir(dirname(killed));
    if (names.length > 1) torn++;
    expect(names.length).toBeLessThanOrEqual(2); // the file, and what this life left at most
    await loadCheckpoint(killed); // it is there, and whole
  }
  expect(torn).toBeGreaterThan(0);
  expect(await life(killed)).toMatch(/completed\n$/);
  expect(await reference).toMatch(/completed\n$/);
  const [expected, got] = await Promise.all([readFile(whole), readFile(killed)]);
  expect(JSON.parse(safetensorsMetadata(got).curve)).toEqual(JSON.parse(safetensorsMetadata(expected).curve));
  expect(got.equals(expected)).toBe(true);
  expect(await readdir(dirname(killed))).toEqual(["run"]);
  await rm(folder, { recursive: true });
}, 120_000);
