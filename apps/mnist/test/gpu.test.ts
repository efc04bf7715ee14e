import { beforeEach, describe, expect, test, vi } from "vitest";
import { resume, run } from "./inThread.js";
import { tinyDataset } from "./tinyDataset.js";

// The kernels of a GPU, run by gpu.js on the processor. In a mode that is named: what "auto" finds, depends on the machine.
const asked = vi.hoisted(() => ({ mode: "cpu" as "cpu" | "webasm" }));
vi.mock("@conv/gpu", async (original) => {
  const { createGpu } = await original<typeof import("@conv/gpu")>();
  return { createGpu: () => createGpu(asked) };
});

/** Losses near 2.3 in float32, whose sums are taken in another order, after a dozen steps of Adam. */
const CURVE = 1e-4;

const dataset = tinyDataset(44, 16); // the last batch is smaller
const fresh = ["--dataset", dataset, "--batch-size", "8"];
const onGpu = ["--device", "gpu"];

type Ran = Awaited<ReturnType<typeof run>>;
const lossesOf = (...runs: readonly Ran[]): number[] => runs.flatMap(({ metrics }) => metrics.loss);

function expectClose(got: readonly number[], expected: readonly number[]): void {
  expect(got).toHaveLength(expected.length);
  expect(Math.max(...got.map((loss, i) => Math.abs(loss - expected[i])))).toBeLessThan(CURVE);
}

describe.each(["cpu", "webasm"] as const)("--device gpu in mode %s", (mode) => {
  beforeEach(() => {
    asked.mode = mode;
  });

  test("learns along the cpu's curve, and says calmly what computes", async () => {
    const [here, there] = [await run(...fresh, "--epochs", "2"), await run(...fresh, "--epochs", "2", ...onGpu)];
    expect(lossesOf(here)).toHaveLength(12);
    expectClose(lossesOf(there), lossesOf(here));
    expect(there.device).toBe(`gpu (${mode})`);
    expect(there.text).toContain(
      `parameters, on gpu (${mode})\nNo graphics processor (asked for): the processor stands in for it, slowly. ` +
        "Without --device gpu it is much faster.\n",
    );
    expect(here.text).not.toContain("graphics processor");
  });

  test("a checkpoint goes on on the cpu, and one of the cpu there, on the same curve", async () => {
    const halves = [await run(...fresh, "--epochs", "1"), await run(...fresh, "--epochs", "1", ...onGpu)];
    const onlyHere = lossesOf(halves[0], await run(...resume(halves[0].out, 2)));
    expect(onlyHere).toHaveLength(12);
    expectClose(lossesOf(halves[0], await run(...resume(halves[0].out, 2), ...onGpu)), onlyHere);
    expectClose(lossesOf(halves[1], await run(...resume(halves[1].out, 2))), onlyHere);
  });
});
