import { remoteDevice } from "@tooling/remote";
import { expect, test, vi } from "vitest";
import { resume, run } from "./inThread.js";
import { tinyDataset } from "./tinyDataset.js";

// A stand-in for a GPU, which computes with the cpu's kernels: what cannot be read at once, and has no float64.
const devices = vi.hoisted((): { readonly name: string; isDestroyed: boolean }[] => []);
vi.mock("@conv/gpu", async () => ({
  createGpu: async () => {
    const device = Object.assign(remoteDevice("gpu (webgpu)", { float64: false }), {
      isDestroyed: false,
      info: () => ({ mode: "webgpu", reason: "the first that runs here", adapter: "a stand-in" }),
      destroy: async () => {
        device.isDestroyed = true;
      },
    });
    devices.push(device);
    return device;
  },
}));

const dataset = tinyDataset();

test("--device gpu gives the same losses, weights and mistakes, and says where; a run goes on on either", async () => {
  const fresh = ["--dataset", dataset, "--batch-size", "8", "--epochs", "1"];
  const [here, there] = [await run(...fresh), await run(...fresh, "--device", "gpu")];
  expect([here.device, there.device]).toEqual(["cpu", "gpu (webgpu)"]);
  expect(there.metrics).toEqual(here.metrics);
  expect(there.model.equals(here.model)).toBe(true);
  expect(here.text).toContain("parameters, on cpu with 1 thread");
  expect(there.text).toMatch(/parameters, on gpu \(webgpu\), a stand-in\n\n/);
  const picturesOf = ({ out, text }: typeof here) => text.slice(text.indexOf("true digit (row)")).split(out)[0];
  expect(picturesOf(there)).toBe(picturesOf(here));
  expect(picturesOf(there)).toMatch(/a \d, read as \d/);

  const ends = [
    await run(...resume(here.out, 2)),
    await run(...resume(here.out, 2), "--device", "gpu"),
    await run(...resume(there.out, 2)),
    await run(...resume(there.out, 2), "--device", "gpu"),
  ];
  for (const { metrics, model } of ends) {
    expect(metrics).toEqual(ends[0].metrics);
    expect(model.equals(ends[0].model)).toBe(true);
  }
  expect(devices.map(({ isDestroyed }) => isDestroyed)).toEqual([true, true, true]);
});

test("after an error the device is given back, too", async () => {
  await expect(run("--dataset", "/nowhere", "--device", "gpu")).rejects.toThrow("there is no directory /nowhere");
  expect(devices.at(-1)).toMatchObject({ isDestroyed: true });
});
