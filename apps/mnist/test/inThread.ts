import { readFileSync } from "node:fs";
import { join } from "node:path";
import { vi } from "vitest";
import { parseCommandLine } from "../src/cli/options.js";
import { Screen } from "../src/cli/screen.js";
import { train } from "../src/cli/train.js";
import { newFolder } from "./tinyDataset.js";

/** Runs the trainer in this thread: what it writes, and what it shows. */
export async function run(...args: string[]) {
  const out = newFolder();
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  try {
    const line = parseCommandLine([...args, "--threads", "1", "--out", out]);
    await train(
      line,
      new Screen(Object.assign(Object.create(process.stdout), { isTTY: false })),
      new AbortController().signal,
    );
    const text = log.mock.calls.map(([line]) => line).join("\n");
    const read = (file: string) => readFileSync(join(out, file));
    const { seconds: _, device, ...metrics } = JSON.parse(read("metrics.json").toString());
    return { out, text, device, metrics, model: read("model.safetensors") };
  } finally {
    log.mockRestore();
  }
}

/** To go on with what a run left in a folder, for so many epochs in all. */
export const resume = (from: string, epochs: number): string[] => [
  ...["--resume", join(from, "checkpoint.safetensors")],
  ...["--epochs", String(epochs)],
];
