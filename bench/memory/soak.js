// pnpm soak: 20 000 training steps in one go; fails if memory grows.

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import Table from "cli-table3";

const RUNS = [
  { name: "layers, in scopes", program: "layers", isInScope: true },
  { name: "layers", program: "layers", isInScope: false },
  { name: "layers, without room", program: "layers", isInScope: false, memory: 65536 },
  { name: "operators, in scopes", program: "operators", isInScope: true },
  { name: "operators, with room for 1000 steps", program: "operators", isInScope: false, memory: 8 * 2 ** 20 },
];
const [STEPS, EVERY, MiB] = [20_000, 2000, 2 ** 20];

const run = fileURLToPath(new URL("run.js", import.meta.url));
const table = new Table({
  head: ["20 000 steps", "tensors, KiB", "grown, KiB", "process, MiB", "grown, MiB", "loss"],
  style: { head: [], border: [] },
  colAligns: ["left", "right", "right", "right", "right", "right"],
});
for (const { name, ...options } of RUNS) {
  const args = ["--expose-gc", run, "training", JSON.stringify({ ...options, steps: STEPS, every: EVERY })];
  const { samples, losses } = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
  const [early, last] = [samples[1], samples[samples.length - 1]];
  const [used, rss] = [last.used - early.used, last.rss - early.rss];
  table.push([
    name,
    (last.used / 1024).toFixed(1),
    (used / 1024).toFixed(1),
    (last.rss / MiB).toFixed(0),
    (rss / MiB).toFixed(0),
    losses[losses.length - 1].toExponential(2),
  ]);
  const isFlat = options.memory === undefined ? used === 0 : last.used <= options.memory;
  if (!isFlat || rss > 64 * MiB) process.exitCode = 1;
}
console.log(
  "Tensors in WebAssembly's memory and the whole process, at the end and since step 4000; nothing is disposed of by hand.",
);
console.log(table.toString());
if (process.exitCode === 1) console.error("Memory grew.");
