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

  test("takes as little in a scope, which gives back what fn makes at once", async () => {
    const alone = await measure<Chain>("chain", { ...chain, isCheckpointed: true, isInScope: false });
    const scoped = await measure<Chain>("chain", { ...chain, isCheckpointed: true, isInScope: true });
    expect(scoped.gradients).toEqual(alone.gradients);
    expect(scoped.alive - alone.alive).toBeLessThan(2 * alone.activation);
  });
});

describe("training, synchronously and without disposing of anything", () => {
  interface Sample {
    readonly step: number;
    readonly used: number;
    readonly rss: number;
    readonly alive: number;
  }
  const MiB = 2 ** 20;

  async function train(options: object, steps: number, every: number) {
    const result = await measure<{ samples: readonly Sample[]; losses: readonly number[] }>("training", {
      ...options,
      steps,
      every,
    });
    const { samples, losses } = result;
    const grown = (of: (sample: Sample) => number) => of(samples[samples.length - 1]) - of(samples[0]);
    return { samples, losses, grown };
  }

  test.each([true, false])(
    "300 steps of layers: what is in use after 50 is what is in use at the end (scope: %s)",
    async (isInScope) => {
      const { samples, losses, grown } = await train({ program: "layers", isInScope }, 300, 50);
      expect(samples).toHaveLength(6);
      expect(grown(({ used }) => used)).toBe(0);
      expect(samples[0].used).toBeGreaterThan(0);
      expect(losses[5]).toBeLessThan(losses[0] / 2); // it learned
    },
  );

  test("without room for its tensors, a network learns the same", async () => {
    const options = { program: "layers", isInScope: false };
    const [roomy, full] = [await train(options, 100, 50), await train({ ...options, memory: 4096 }, 100, 50)];
    expect(full.losses).toEqual(roomy.losses);
    expect(full.grown(({ used }) => used)).toBe(0);
    expect(full.samples[0].used).toBeLessThan(16 * 1024); // tensors' 4096 bytes, and kernels' tables of sizes
  });

  test("3000 steps of operators keep memory flat in scopes", async () => {
    const { losses, grown } = await train({ program: "operators", isInScope: true }, 3000, 500);
    expect(losses[5]).toBeLessThan(0.02);
    expect(grown(({ used }) => used)).toBe(0);
    expect(grown(({ alive }) => alive)).toBeLessThan(MiB); // 400 bytes a step would be as much; the heap warms up
    expect(grown(({ rss }) => rss)).toBeLessThan(64 * MiB);
  });

  test("and without scopes fill what WebAssembly's memory has room for; from then on it is flat as well", async () => {
    const options = { program: "operators", isInScope: false, memory: MiB };
    const { samples, losses, grown } = await train(options, 6000, 1000);
    expect(losses[5]).toBeLessThan(0.02);
    expect(samples.every(({ used }) => used > MiB / 2 && used <= MiB)).toBe(true);
    expect(grown(({ alive }) => alive)).toBeLessThan(MiB);
    expect(grown(({ rss }) => rss)).toBeLessThan(64 * MiB);
  });
});
