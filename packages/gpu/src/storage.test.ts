import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { add, concat, full, relu, sum, Tensor, tensor } from "@conv/core";
import { expect, test } from "vitest";
import { watched } from "../test/watched.js";
import { deviceOn } from "./device.js";
import type { GpuStorage } from "./storage.js";

/** A device on the processor that says what is alive. */
async function open(limits = {}) {
  const backend = await watched();
  return { backend, ...deviceOn(backend, limits) };
}
const failAt = (n: number) => {
  let left = n;
  return () => (left-- === 0 ? new Error("the driver said no") : undefined);
};

test("what is disposed of is freed, once, and counted", async () => {
  const { device, engine, backend } = await open();
  const x = tensor([1, 2, 3]).to(device);
  const y = relu(x);
  await y.data();
  expect([engine.arrays.memory, backend.alive.size]).toEqual([{ arrays: 2, bytes: 24 }, 2]);
  x.dispose();
  x.dispose();
  y.dispose();
  await engine.finish();
  expect([engine.arrays.memory, backend.alive.size]).toEqual([{ arrays: 0, bytes: 0 }, 0]);
});

test("storage that is released twice is freed once", async () => {
  const { device, engine, backend } = await open();
  const storage = device.upload(Float32Array.of(1, 2)) as GpuStorage;
  device.release?.(storage);
  device.release?.(storage);
  await engine.finish();
  expect([storage.isReleased, backend.alive.size, engine.arrays.memory.arrays]).toEqual([true, 0, 0]);
});

test("a result is right whose inputs were disposed of at once: they go after their last use", async () => {
  const { device, engine, backend } = await open();
  const x = tensor([1, -2]).to(device);
  const y = relu(x);
  x.dispose();
  const z = add(y, y);
  y.dispose();
  const reading = z.data();
  z.dispose();
  expect([...(await reading)]).toEqual([2, 0]);
  await engine.finish();
  expect(backend.alive.size).toBe(0);
});

test("storage that was released is no zeros: reading it and computing with it are errors", async () => {
  const { device } = await open();
  const storage = device.upload(Float32Array.of(1, 2));
  const x = new Tensor(device, [2], "float32", storage);
  device.release?.(storage); // behind the tensor's back
  await expect(device.read(storage)).rejects.toThrowErrorMatchingInlineSnapshot(
    "[BackendError: data: a tensor of 2 elements was disposed of and has none any more. Use it before dispose().]",
  );
  expect(() => relu(x)).toThrowErrorMatchingInlineSnapshot(
    "[BackendError: relu: a tensor of 2 elements was disposed of and has none any more. Use it before dispose().]",
  );
});

test("a kernel that fails says so when its result is read, or what was made of that", async () => {
  const { device, engine, backend } = await open();
  const x = tensor([1, 2]).to(device);
  backend.fault = (source) => (source.includes("y = 0") ? new Error("the driver said no") : undefined);
  const y = relu(x);
  const z = add(y, 1);
  await expect(z.data()).rejects.toThrowErrorMatchingInlineSnapshot("[BackendError: data: relu: the driver said no]");
  await expect(y.data()).rejects.toThrow("relu: the driver said no");
  backend.fault = () => undefined;
  expect([...(await add(x, 1).data())]).toEqual([2, 3]); // the device goes on
  for (const t of [x, y, z]) t.dispose();
  await engine.finish();
});

test("a failure that nobody reads is no unhandled rejection", async () => {
  const { device, engine, backend } = await open();
  const unhandled: unknown[] = [];
  const note = (error: unknown) => unhandled.push(error);
  process.on("unhandledRejection", note);
  backend.fault = () => new Error("the driver said no");
  relu(tensor([1]).to(device));
  await engine.finish();
  await new Promise((resolve) => setTimeout(resolve, 5));
  process.off("unhandledRejection", note);
  expect(unhandled).toEqual([]);
});

// Limits of 8 elements: everything is computed in parts, out of copies of sections, and merged.
test.each([
  ["a sum", (x: Tensor) => sum(x)],
  ["a sum of rows", (x: Tensor) => sum(x, { dim: 0 })],
  ["a map", (x: Tensor) => relu(x)],
  ["a join", (x: Tensor) => concat([x, x], 0)],
] as const)("%s that fails at any of its kernels leaves nothing alive", async (_, compute) => {
  const values = Float32Array.from({ length: 35 }, (_, i) => i);
  let isThrough = false;
  for (let n = 0; !isThrough; n++) {
    const { device, engine, backend } = await open({ maxElements: 8 });
    const x = new Tensor(device, [7, 5], "float32", device.upload(values));
    await engine.finish();
    const before = [backend.alive.size, engine.arrays.memory.arrays];
    backend.fault = failAt(n);
    const y = compute(x);
    await engine.finish();
    const error = (y.storage as GpuStorage).error;
    if (error === undefined) isThrough = true;
    else expect(error.message).toContain("the driver said no");
    y.dispose();
    await engine.finish();
    expect([backend.alive.size, engine.arrays.memory.arrays], `kernel ${n}`).toEqual(before);
    expect(n).toBeLessThan(200);
  }
});

test("an upload that fails in its second part leaves nothing alive", async () => {
  const { device, engine, backend } = await open({ maxElements: 8 });
  backend.fault = failAt(1);
  const x = full([20], 1).to(device);
  await expect(x.data()).rejects.toThrow("upload: the driver said no");
  expect([backend.alive.size, engine.arrays.memory.arrays]).toEqual([0, 0]);
});

test("after destroy everything is an error, disposing is none, and destroying again is nothing", async () => {
  const { device, engine } = await open();
  const x = tensor([1, 2]).to(device);
  await x.data();
  await engine.close();
  await engine.close();
  await expect(x.data()).rejects.toThrowErrorMatchingInlineSnapshot(
    "[BackendError: data: the device cpu was destroyed. Make another: await createGpu().]",
  );
  await expect(relu(x).data()).rejects.toThrow("was destroyed");
  await expect(tensor([1]).to(device).data()).rejects.toThrow("was destroyed");
  x.dispose();
  await engine.finish();
});

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

test("what nobody disposed of is freed when nobody has it any more", async () => {
  const { device, engine, backend } = await open();
  const kept = tensor([1, 2]).to(device);
  const forget = () => {
    for (let n = 0; n < 50; n++) relu(add(kept, n));
  };
  forget();
  await engine.finish();
  expect(backend.alive.size).toBe(151); // for each n: the number, the sum, and what relu made of it
  for (let turn = 0; turn < 50 && backend.alive.size > 51; turn++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 10));
    await engine.finish();
  }
  expect(backend.alive.size).toBe(51); // numbers are kept, for they come again
  expect([...(await kept.data())]).toEqual([1, 2]);
});

test("of numbers, the least recently used ones are freed, once their tensors are gone", async () => {
  const { device, engine, backend } = await open();
  const one = full([], 1, { device });
  const tensors = Array.from({ length: 300 }, (_, n) => full([], n + 2, { device }));
  const again = full([], 300, { device });
  await engine.finish();
  expect(backend.alive.size).toBe(301);
  expect(again.storage).toBe(tensors[298].storage);
  for (const x of tensors) x.dispose();
  await engine.finish();
  expect(backend.alive.size).toBe(257); // 256 that are kept, and one that is used
  expect([await one.data(), await again.data()]).toEqual([Float32Array.of(1), Float32Array.of(300)]);
  one.dispose();
  await engine.finish();
  expect(backend.alive.size).toBe(256);
});
