import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { variable } from "@conv/autograd";
import { BackendError, cpu, type Device, mul, tensor, zeros } from "@conv/core";
import type { RemoteDevice } from "@tooling/remote";
import { describe, expect, test } from "vitest";
import {
  type BestCheckpoint,
  bestCheckpoint,
  type Callback,
  clipGradNorm,
  earlyStopping,
  fromCheckpoint,
  restore,
  stateToCpu,
  toCheckpoint,
  toCheckpointAsync,
} from "../src/index.js";
import { loadCheckpoint, loadSafetensors, saveCheckpoint, saveSafetensors } from "../src/node.js";
import { numbers } from "./norms.js";
import {
  BUFFERS,
  begin,
  EPOCHS,
  expected,
  network,
  PARAMETERS,
  remote,
  STEPS,
  start,
  stateOf,
  stepsOf,
} from "./remoteRuns.js";

describe("checkpoints", () => {
  test("that of a run on the device is that of the cpu, byte for byte", async () => {
    const files = [cpu, remote()].map(async (device) => {
      const run = begin(device);
      const files: Uint8Array[] = [];
      for await (const { position } of start(run)) files.push(await toCheckpointAsync({ ...run, position }));
      return files;
    });
    const [here, there] = await Promise.all(files);
    expect(there).toHaveLength(EPOCHS * STEPS);
    expect(there).toEqual(here);
  });

  test("it is the run as it stood when it was asked for, although the run goes on meanwhile; nothing of it stays there", async () => {
    const device = remote();
    const run = begin(device);
    const late: Promise<Uint8Array>[] = [];
    const inTime: Uint8Array[] = [];
    for await (const { position } of start(run)) {
      late.push(toCheckpointAsync({ ...run, position }));
      inTime.push(await toCheckpointAsync({ ...run, position }));
    }
    expect(await Promise.all(late)).toEqual(inTime);
    expect(device.buffers).toBe(4 * PARAMETERS + BUFFERS);
  });

  const devices: readonly (readonly [string, () => Device, () => Device])[] = [
    ["the cpu", () => cpu, remote],
    ["the device", remote, () => cpu],
    ["one device", remote, remote],
  ];
  test.each(devices)(
    "left on %s after any step, a run goes on elsewhere as if it had never been left",
    async (_, from, to) => {
      for (const stop of [1, STEPS, STEPS + 2]) {
        const whole = begin(from());
        let bytes: Uint8Array | undefined;
        let done = 0;
        for await (const { position } of start(whole)) {
          if (++done === stop) bytes = await toCheckpointAsync({ ...whole, position });
          if (done === stop) break;
        }
        const device = to();
        const fresh = begin(device, { seed: 7 });
        const checkpoint = fromCheckpoint(bytes as Uint8Array);
        restore(fresh, checkpoint);
        if (device !== cpu) expect((device as RemoteDevice).buffers).toBe(3 * PARAMETERS + BUFFERS); // m, v
        expect(await stepsOf(fresh, checkpoint.position)).toEqual(expected.steps.slice(stop));
        expect(await stateOf(fresh)).toEqual(expected.state);
        if (device !== cpu) expect((device as RemoteDevice).buffers).toBe(4 * PARAMETERS + BUFFERS);
      }
    },
  );

  test("a run that goes back to where it was gives back what it had come to", async () => {
    const device = remote();
    const run = begin(device);
    await stepsOf(run);
    const file = fromCheckpoint(await toCheckpointAsync({ ...run, position: { epoch: 2, step: 0 } }));
    for (const _ of [1, 2]) {
      for (const p of run.model.parameters()) p.updateValue((value) => mul(value, 2));
      restore(run, file);
      expect(await stateOf(run)).toEqual(expected.state);
      expect(device.buffers).toBe(4 * PARAMETERS + BUFFERS);
    }
  });

  test("one that belongs to another run changes nothing", async () => {
    const device = remote();
    const run = begin(device);
    await stepsOf(run);
    const before = await stateOf(run);
    const bytes = await toCheckpointAsync({ ...run, schedule: undefined, position: { epoch: 2, step: 0 } });
    expect(() => restore(run, fromCheckpoint(bytes))).toThrow(
      "restore: the checkpoint has 0 schedules, but this run has 1",
    );
    expect(await stateOf(run)).toEqual(before);
  });

  test("files are written and read wherever the run is", async () => {
    const folder = mkdtempSync(join(tmpdir(), "remote-"));
    const device = remote();
    const run = begin(device);
    const file = join(folder, "run.safetensors");
    const steps = await stepsOf({ ...run, callbacks: [(_, at) => saveCheckpoint(file, at)] });
    expect(steps).toEqual(expected.steps);
    expect(device.buffers).toBe(4 * PARAMETERS + BUFFERS);
    const fresh = begin(remote(), { seed: 7 });
    restore(fresh, await loadCheckpoint(file));
    expect(await stateOf(fresh)).toEqual(expected.state);

    await saveSafetensors(file, run.model.stateDict());
    const model = network(7).to(device);
    model.loadStateDict(await loadSafetensors(file));
    const weights = await stateOf({ ...run, model });
    expect(weights).toEqual(expected.state);
  });

  test("what must be there at once says how to wait for it", async () => {
    const run = { ...begin(remote()), position: { epoch: 0, step: 0 } };
    expect(() => toCheckpoint(run)).toThrowErrorMatchingInlineSnapshot(
      `[BackendError: toCheckpoint: the run is on remote, which cannot answer at once. Use await toCheckpointAsync(run).]`,
    );
    expect(() => toCheckpoint(run)).toThrow(BackendError);
    const [model] = [network()];
    expect(() => model.loadStateDict(run.model.stateDict())).toThrowErrorMatchingInlineSnapshot(
      `[BackendError: loadStateDict: 0.weight is on remote, which cannot answer at once. Pass await stateToCpu(state).]`,
    );
    const integers = Object.fromEntries(
      Object.entries(model.stateDict()).map(([name, { shape }]) => [name, zeros(shape, { dtype: "int32" })]),
    );
    const there = remote();
    const state = Object.fromEntries(Object.entries(integers).map(([name, x]) => [name, x.to(there)]));
    expect(() => run.model.loadStateDict(state)).toThrow(
      "loadStateDict: 0.weight is on remote, which cannot answer at once.",
    );
    run.model.loadStateDict(await stateToCpu(state));
    expect(numbers(await run.model.parameters()[0].value.toAsync(cpu))).toEqual(new Array(36).fill(0));
    const p = variable(tensor([3], [1], { device: there }));
    p.grad = variable(tensor([4], [1], { device: there }));
    const { buffers } = there;
    expect(() => clipGradNorm([p], 1, { errorIfNonfinite: true })).toThrowErrorMatchingInlineSnapshot(
      `[BackendError: clipGradNorm: errorIfNonfinite has to look at the norm at once, but it is on remote. Leave it out, and look at what is returned: await norm.data().]`,
    );
    expect(there.buffers).toBe(buffers);
  });
});

describe("callbacks", () => {
  /** Makes the model worse in its second epoch. */
  const spoil: Callback = ({ epoch, step }, { model }) => {
    if (epoch !== 2 || step !== 1) return;
    for (const p of model.parameters()) p.updateValue((value) => mul(value, -3));
  };

  test("earlyStopping gives the model the weights of its best epoch", async () => {
    const after = async (device: Device) => {
      const callback = earlyStopping({ patience: 1, restoreBest: true });
      let best: unknown;
      const watch: Callback = async ({ validation }, { model, optimizer }) => {
        if (validation !== undefined) best ??= await stateOf({ model, optimizer });
      };
      const run = begin(device, { callbacks: [callback, watch, spoil] });
      const steps = await stepsOf(run);
      const state = await stateOf(run);
      return { steps, state, best: best as typeof state };
    };
    const device = remote();
    const { steps, state, best } = await after(device);
    expect({ steps, state, best }).toEqual(await after(cpu));
    const [first, second] = steps.flatMap(({ validation }) => validation?.loss ?? []);
    expect(second).toBeGreaterThan(first);
    for (const name of Object.keys(network().stateDict())) expect([name, state[name]]).toEqual([name, best[name]]);
    expect(device.buffers).toBe(4 * PARAMETERS + BUFFERS);
  });

  test("bestCheckpoint keeps the best epoch", async () => {
    const after = async (device: Device): Promise<BestCheckpoint & { saved: Uint8Array[] }> => {
      const saved: Uint8Array[] = [];
      const callback = bestCheckpoint({ save: (bytes) => void saved.push(bytes) });
      await stepsOf(begin(device, { callbacks: [callback, spoil] }));
      return Object.assign(callback, { saved });
    };
    const device = remote();
    const [here, there] = [await after(cpu), await after(device)];
    expect(there.bytes).toEqual(here.bytes);
    expect(there.saved).toEqual(here.saved);
    expect(fromCheckpoint(there.bytes as Uint8Array).position).toMatchObject({ epoch: 1, step: 0 });
    expect(device.buffers).toBe(4 * PARAMETERS + BUFFERS);
  });
});
