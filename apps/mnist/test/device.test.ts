import { readFileSync } from "node:fs";
import { join } from "node:path";
import { remoteDevice } from "@tooling/remote";
import { expect, test, vi } from "vitest";
import { parseCommandLine } from "../src/options.js";
import { Screen } from "../src/screen.js";
import { train } from "../src/train.js";
import { newFolder, tinyDataset } from "./tinyDataset.js";

// A stand-in for a GPU, which computes with the cpu's kernels: what cannot be read at once, and has no float64.
const devices = vi.hoisted((): { readonly name: string }[] => []);
vi.mock("@conv/gpu", async () => ({
  createGpu: async () => {
    const device = remoteDevice("gpu", { float64: false });
    devices.push(device);
    return device;
  },
}));

const dataset = tinyDataset();

/** Runs the trainer in this thread: what it writes, and what it shows. */
async function run(...args: string[]) {
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

test("--device gpu gives the same losses, weights and mistakes, and says where; a run goes on on either", async () => {
  const fresh = ["--dataset", dataset, "--batch-size", "8", "--epochs", "1"];
  const [here, there] = [await run(...fresh), await run(...fresh, "--device", "gpu")];
  expect([here.device, there.device]).toEqual(["cpu", "gpu"]);
  expect(there.metrics).toEqual(here.metrics);
  expect(there.model.equals(here.model)).toBe(true);
  expect(here.text).toContain("parameters, on cpu with 1 thread");
  expect(there.text).toMatch(/parameters, on gpu$/m);
  const picturesOf = ({ out, text }: typeof here) => text.slice(text.indexOf("true digit (row)")).split(out)[0];
  expect(picturesOf(there)).toBe(picturesOf(here));
  expect(picturesOf(there)).toMatch(/a \d, read as \d/);

  const resume = (from: string) => ["--resume", join(from, "checkpoint.safetensors"), "--epochs", "2"];
  const ends = [
    await run(...resume(here.out)),
    await run(...resume(here.out), "--device", "gpu"),
    await run(...resume(there.out)),
    await run(...resume(there.out), "--device", "gpu"),
  ];
  for (const { metrics, model } of ends) {
    expect(metrics).toEqual(ends[0].metrics);
    expect(model.equals(ends[0].model)).toBe(true);
  }
  expect(devices).toHaveLength(3);
});
