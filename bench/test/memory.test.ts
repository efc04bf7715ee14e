import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";

// Bytes are measured in a process of their own, in which nothing else allocates. `build` runs before `test`.

const run = fileURLToPath(new URL("../memory/run.js", import.meta.url));

async function measure<Result>(measurement: string, options: object): Promise<Result> {
  const args = ["--expose-gc", "--predictable", "--single-threaded", run, measurement, JSON.stringify(options)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 26 });
  return JSON.parse(stdout);
}

/** Small arrays that belong to no tensor, and the bookkeeping of Node. */
const SMALL = 4096;

describe("a convolution, forward and backward", () => {
  interface Layer {
    readonly tensors: number;
    readonly scratch: number;
    readonly peak: number;
    readonly columns: number;
    readonly kept: number;
    readonly afterForward: number;
  }
  const layers = [
    { batch: 4, inChannels: 8, outChannels: 16, size: 16 },
    { batch: 2, inChannels: 16, outChannels: 16, size: 24, kernelSize: 5 },
  ];

  test.each(layers)("takes its tensors and the kernels' scratch, no more: %o", async (layer) => {
    const { tensors, scratch, peak } = await measure<Layer>("layer", layer);
    expect(peak).toBeLessThanOrEqual(tensors + scratch + SMALL);
    expect(peak).toBeGreaterThan(tensors / 2); // it was measured
  });

  test.each(layers)("keeps x, w and the bias beside its result, not the columns: %o", async (layer) => {
    const { kept, afterForward, columns } = await measure<Layer>("layer", layer);
    expect(afterForward).toBeLessThanOrEqual(kept + SMALL);
    expect(afterForward).toBeGreaterThan(kept - SMALL);
    expect(columns).toBeGreaterThan(kept); // so that keeping them would have been noticed
  });
});

describe("checkpoint", () => {
  interface Chain {
    readonly activation: number;
    readonly alive: number;
    readonly gradients: readonly (readonly number[])[];
  }
  const chain = { blocks: 5, depth: 3, channels: 4, size: 24 };

  test("of 15 layers in 5 blocks keeps 5 + 3 activations, not 15, and gives the same gradients bit for bit", async () => {
    const whole = await measure<Chain>("chain", { ...chain, isCheckpointed: false });
    const blocks = await measure<Chain>("chain", { ...chain, isCheckpointed: true });
    expect(blocks.gradients).toEqual(whole.gradients);
    const saved = whole.alive - blocks.alive;
    expect(saved).toBeGreaterThan(6 * whole.activation);
    expect(saved).toBeLessThan(9 * whole.activation);
  });

  test("takes as little in a scope: the cpu leaves to the garbage collector what nobody holds", async () => {
    const alone = await measure<Chain>("chain", { ...chain, isCheckpointed: true, isInScope: false });
    const scoped = await measure<Chain>("chain", { ...chain, isCheckpointed: true, isInScope: true });
    expect(scoped.gradients).toEqual(alone.gradients);
    expect(Math.abs(scoped.alive - alone.alive)).toBeLessThan(2 * alone.activation);
  });
});

describe("10 000 steps of a small network that disposes of nothing", () => {
  interface Sample {
    readonly step: number;
    readonly rss: number;
    readonly held: number;
    readonly alive: number;
  }
  const MiB = 2 ** 20;

  test.each([false, true])(
    "keep memory flat (each awaits its loss: %s)",
    async (isAsync) => {
      const options = { steps: 10_000, every: 1000, isAsync };
      const { samples, loss } = await measure<{ samples: readonly Sample[]; loss: number }>("training", options);
      expect(samples).toHaveLength(10);
      expect(loss).toBeLessThan(0.01); // it learned
      const grown = (of: (sample: Sample) => number) => of(samples[9]) - of(samples[1]); // the first warm up
      expect(grown(({ alive }) => alive)).toBeLessThan(MiB / 2); // 64 bytes a step would be as much
      expect(Math.max(...samples.map(({ held }) => held))).toBeLessThan(32 * MiB);
      expect(grown(({ rss }) => rss)).toBeLessThan(64 * MiB);
    },
    120_000,
  );
});
