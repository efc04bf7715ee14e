import {
  BackendError,
  createRandom,
  type Device,
  flip,
  max,
  permute,
  slice,
  sum,
  type Tensor,
  tensor,
} from "@conv/core";
import { strided, stridedAdjoint } from "@conv/core/kernels";
import { permuteGeometry, sliceGeometry } from "@conv/core/operators";
import { allClose, conformance } from "@conv/core/testing";
import { describe, expect, test } from "vitest";
import { openBackend } from "../src/backend.js";
import { deviceOn } from "../src/device.js";
import type { Limits } from "../src/engine.js";
import type { GpuMode } from "../src/mode.js";
import { describeMode, modesInNode } from "./modes.js";

/** A device with small limits, without the self-test, which some would not pass. */
const limited = async (limits: Limits, mode: GpuMode = "cpu") => deviceOn(await openBackend(mode), limits);

/** Runs every conformance case: those that are wrong, and those that the device refuses. */
async function outcome(device: Device, every = 1): Promise<{ wrong: string[]; refused: string[] }> {
  const wrong: string[] = [];
  const refused: string[] = [];
  for (const [i, { name, run }] of conformance(device).entries()) {
    if (i % every !== 0) continue;
    try {
      await run();
    } catch (error) {
      const isRefusal = error instanceof BackendError && error.message.includes("elements, but here");
      if (isRefusal) refused.push(name);
      else wrong.push(`${name}: ${(error as Error).message}`);
    }
  }
  return { wrong, refused };
}

/** How many of each kernel. */
function counts(names: readonly string[]): Record<string, number> {
  const kernels = names.map((name) => name.split(":")[0]);
  return Object.fromEntries(kernels.map((name) => [name, kernels.filter((other) => other === name).length]));
}

// Refused is what cannot be divided: one image of a convolution or one plane of a resampling, filters, a row of argmax.
describe("tensors larger than a kernel counts are computed in parts, or refused, never wrong", () => {
  test("1000 elements", async () => {
    const { wrong, refused } = await outcome((await limited({ maxElements: 1000 })).device);
    expect(wrong).toEqual([]);
    expect(refused).toMatchInlineSnapshot(`
      [
        "conv: 5×5 on few channels",
        "conv: 7×7, stride 2: a ResNet's stem",
        "conv: many channels, 3×3",
        "conv: channels that are no multiple of 4",
        "conv: a long sum",
        "conv: a wide image",
        "conv: 5×5 on few channels, with a bias",
        "conv: 7×7, stride 2: a ResNet's stem, with a bias",
        "conv: many channels, 3×3, with a bias",
        "conv: channels that are no multiple of 4, with a bias",
        "conv: a long sum, with a bias",
        "conv: a wide image, with a bias",
        "convAdjointX: 5×5 on few channels",
        "convAdjointX: 7×7, stride 2: a ResNet's stem",
        "convAdjointX: many channels, 3×3",
        "convAdjointX: channels that are no multiple of 4",
        "convAdjointX: a long sum",
        "convAdjointX: a wide image",
        "convAdjointW: 5×5 on few channels",
        "convAdjointW: 7×7, stride 2: a ResNet's stem",
        "convAdjointW: many channels, 3×3",
        "convAdjointW: channels that are no multiple of 4",
        "convAdjointW: a long sum",
        "convAdjointW: a wide image",
        "resample: of many rows, step 2",
        "resample: of many rows, step 2, transposed",
        "argmax: of 1500 elements",
      ]
    `);
  });

  test("250 elements", async () => {
    const { wrong, refused } = await outcome((await limited({ maxElements: 250 })).device);
    expect(wrong).toEqual([]);
    expect(counts(refused)).toMatchInlineSnapshot(`
      {
        "argmax": 1,
        "conv": 20,
        "convAdjointW": 10,
        "convAdjointX": 10,
        "resample": 2,
      }
    `);
  });

  test.each([100, 31, 7])("%i", async (maxElements) => {
    const { wrong } = await outcome((await limited({ maxElements })).device);
    expect(wrong).toEqual([]);
  });
});

for (const tested of await modesInNode()) {
  const { mode } = tested;
  describeMode("Node", tested, () => {
    test("it is right when it keeps 3 kernels only", { timeout: 120_000 }, async () => {
      const { device, engine } = await limited({ maxKernels: 3 }, mode);
      const { wrong, refused } = await outcome(device, mode === "webgpu" ? 4 : 1);
      expect([wrong, refused]).toEqual([[], []]);
      expect(engine.arrays.kernels.size).toBeGreaterThan(0);
      await engine.close();
    });
  });
}

describe("what is divided in ways of its own", async () => {
  const random = createRandom(3);
  const { device } = await limited({ maxElements: 100 });
  const expectSame = async (compute: (x: Tensor) => Tensor, x: Tensor) => {
    const y = compute(x.to(device));
    expect(allClose(tensor(await y.data(), y.shape), compute(x))).toBeUndefined();
    y.dispose();
  };
  const x = random.normal([12, 23, 3]);

  test("transposes, whose rows reach through all of x", async () => {
    await expectSame((t) => permute(t, [2, 1, 0]), x);
    await expectSame((t) => permute(t, [1, 0, 2]), x);
    await expectSame((t) => permute(t, [1, 2, 0]), random.normal([29, 5, 7]));
    await expectSame((t) => flip(permute(t, [1, 0, 2]), [0, 1]), x);
  });

  test("their adjoints", async () => {
    const geometry = permuteGeometry([12, 23, 3], [2, 1, 0]);
    await expectSame((t) => stridedAdjoint(t, geometry), random.normal(geometry.yShape));
    const flipped = { ...geometry, offset: 12 * 23 * 3 - 1, strides: geometry.strides.map((stride) => -stride) };
    await expectSame((t) => strided(t, flipped), x);
    await expectSame((t) => stridedAdjoint(t, flipped), random.normal(geometry.yShape));
  });

  test("slices of the first axis, and their adjoints", async () => {
    await expectSame((t) => slice(t, { start: 3, end: 11 }), x);
    const geometry = sliceGeometry([12, 23, 3], { start: 3, end: 11 });
    await expectSame((t) => stridedAdjoint(t, geometry), random.normal([8, 23, 3]));
    const none = sliceGeometry([12, 23, 3], { start: 0 });
    await expectSame((t) => stridedAdjoint(t, none), x);
  });

  test("reductions of rows that are too large", async () => {
    await expectSame((t) => sum(t, { dim: 1 }), random.normal([3, 1200]));
    await expectSame((t) => sum(t), random.normal([1009]));
    await expectSame((t) => sum(t, { dim: [0, 2] }), random.normal([4, 3, 360]));
    await expectSame((t) => sum(t, { dim: 1 }), random.normal([2, 40, 20]));
    await expectSame((t) => max(t, { dim: 1 }), random.normal([2, 400, 3]));
  });
});
