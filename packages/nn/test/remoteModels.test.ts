import type { variable } from "@conv/autograd";
import { cpu, mul, type Tensor, tensor } from "@conv/core";
import { describe, expect, test } from "vitest";
import { fromSafetensors, InstanceNorm2d, Module, stateToCpu, toSafetensors } from "../src/index.js";
import { numbers } from "./norms.js";
import { BUFFERS, begin, expected, network, PARAMETERS, remote, STEPS, stateOf, stepsOf } from "./remoteRuns.js";

describe("moving a model", () => {
  test("there with to(), back with toAsync(): parameters, gradients and buffers, and nothing stays", async () => {
    const device = remote();
    const run = begin(device);
    await stepsOf(run);
    const state = run.model.snapshot();
    const names = Object.keys(state);
    for (const x of Object.values(state)) x.dispose();
    expect(() => run.model.to(cpu)).toThrow(
      /^to: Tensor \[.*\] float32 on remote cannot be read at once\. .*await model\.toAsync\(cpu\)\.$/,
    );
    expect(await run.model.toAsync(cpu)).toBe(run.model);
    expect(Object.values(run.model.stateDict()).every((x) => x.device === cpu)).toBe(true);
    expect(names.map((name) => numbers(run.model.stateDict()[name]))).toEqual(
      names.map((name) => expected.state[name]),
    );
    expect(run.model.parameters().map((p) => p.grad?.device)).toEqual(new Array(PARAMETERS).fill(cpu));
    expect(device.buffers).toBe(2 * PARAMETERS); // m and v
    run.model.to(device);
    expect(device.buffers).toBe(4 * PARAMETERS + BUFFERS);
    await run.model.toAsync(device);
    expect(device.buffers).toBe(4 * PARAMETERS + BUFFERS);
  });

  test("what somebody was given stays theirs", async () => {
    const device = remote();
    const model = network().to(device);
    const state = model.stateDict();
    await model.toAsync(cpu);
    expect(device.buffers).toBe(PARAMETERS + BUFFERS);
    for (const [name, x] of Object.entries(state)) {
      expect(numbers(await x.toAsync(cpu))).toEqual(numbers(network().stateDict()[name]));
    }
  });

  test("from one device to another, with buffers of the user's own, and layers that are there twice", async () => {
    class Counter extends Module {
      total: Tensor = tensor([1, 2]);
      readonly norm = new InstanceNorm2d(2, { trackRunningStats: true });
      readonly again = this.norm;
      forward = (x: ReturnType<typeof variable>) => x;
    }
    const [a, b] = [remote(), remote()];
    const model = new Counter().to(a);
    expect(a.buffers).toBe(4);
    await model.toAsync(b);
    expect([b.buffers, model.total.device, model.norm.running_mean?.device]).toEqual([4, b, b]);
    expect(await model.total.array()).toEqual([1, 2]);
    expect(a.buffers).toBe(1); // what is in a user's field is the user's
  });

  test("a model that changes meanwhile is not moved, and says so", async () => {
    const device = remote();
    const model = network().to(device);
    const moving = model.toAsync(cpu);
    model.parameters()[0].updateValue((value) => mul(value, 2));
    await expect(moving).rejects.toThrowErrorMatchingInlineSnapshot(
      `[Error: toAsync: the model changed while it was moved. Wait for it before the next step.]`,
    );
    expect(model.parameters().every((p) => p.device === device)).toBe(true);
    await expect(model.toAsync("cpu" as never)).rejects.toThrow(TypeError);
  });
});

test("a tensor that the device refuses: nothing is moved, and nothing stays there", async () => {
  class Mixed extends Module {
    readonly norm = new InstanceNorm2d(2, { affine: true });
    readonly total: Tensor = tensor(Float64Array.of(1, 2));
    forward = (x: ReturnType<typeof variable>) => x;
  }
  const device = remote();
  const model = new Mixed();
  await expect(model.toAsync(device)).rejects.toThrow("there is no float64 here");
  expect(() => model.to(device)).toThrow("there is no float64 here");
  expect(model.norm.weight?.device).toBe(cpu);
  expect(device.buffers).toBe(0);
});

test("weights of a file replace those that are there; the file's own tensors stay the caller's", async () => {
  const device = remote();
  const model = network().to(device);
  const file = fromSafetensors(toSafetensors(network(7).stateDict()));
  model.loadStateDict(file);
  expect(device.buffers).toBe(PARAMETERS + BUFFERS);
  const there = Object.fromEntries(Object.entries(file).map(([name, x]) => [name, x.to(device)]));
  model.loadStateDict(there);
  expect(device.buffers).toBe(PARAMETERS + BUFFERS);
  model.loadStateDict(file);
  expect(device.buffers).toBe(2 * (PARAMETERS + BUFFERS)); // those of `there` are not ours
  expect(numbers(await there["0.weight"].toAsync(cpu))).toEqual(numbers(file["0.weight"]));
});

test("an optimizer whose model was moved says how to take along what it remembers, and goes on then", async () => {
  const device = remote();
  const run = begin(device);
  const seen = await stepsOf({ ...run, epochs: 1 });
  expect(seen).toEqual(expected.steps.slice(0, STEPS));
  await run.model.toAsync(cpu);
  const before = await stateOf(run);
  expect(() => run.optimizer.step()).toThrowErrorMatchingInlineSnapshot(
    `[BackendError: Adam: parameter 0 is on cpu, but what is remembered of it on remote. After moving the model: optimizer.loadStateDict(await stateToCpu(optimizer.stateDict())).]`,
  );
  expect(await stateOf(run)).toEqual(before);
  run.optimizer.loadStateDict(await stateToCpu(run.optimizer.stateDict()));
  expect(await stepsOf(run, { epoch: 1, step: 0 })).toEqual(expected.steps.slice(STEPS));
  expect(await stateOf(run)).toEqual(expected.state);
});
