import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { relu } from "../activations/relu.js";
import { cpu, createRandom, ones, reshape, tensor, zeros } from "../index.js";
import { add } from "../maps/arithmetic.js";
import { cast } from "../maps/cast.js";
import { type Tensor, valuesOf } from "../tensor.js";

/** More memory than all of this takes; a memory of its own, so that nothing of other tests is in it. */
const MEMORY = 64 * 2 ** 20;

beforeEach(async () => void (await cpu.configure({ memory: MEMORY })));
afterEach(async () => void (await cpu.configure({ memory: 2 ** 30 })));

const used = () => cpu.info().memory.used;
const isResident = (x: Tensor) => valuesOf(x).byteLength !== valuesOf(x).buffer.byteLength;

describe("an array is in WebAssembly's memory", () => {
  test("from 1 KiB on, if it is float32 or int32", () => {
    expect([zeros([255]), zeros([256])].map(isResident)).toEqual([false, true]);
    expect(isResident(zeros([256], { dtype: "int32" }))).toBe(true);
    expect(isResident(zeros([4096], { dtype: "float64" }))).toBe(false);
  });

  test("however the tensor was made", () => {
    const x = createRandom(0).normal([256]);
    const made = [
      x,
      ones([256]),
      tensor(new Float32Array(256)),
      add(x, x),
      relu(x),
      cast(x, "int32"),
      reshape(x, [16, 16]),
    ];
    expect(made.map(isResident)).not.toContain(false);
  });

  test("unless its budget is full: then it is an ordinary one, and all is right", async () => {
    await cpu.configure({ memory: 4096 });
    const [a, b] = [ones([512]), ones([512])];
    const c = ones([512]);
    expect([a, b, c].map(isResident)).toEqual([true, true, false]);
    expect(relu(add(c, add(a, b))).dataSync()).toEqual(new Float32Array(512).fill(3));
    a.dispose();
    expect([ones([512]), ones([512])].map(isResident)).toEqual([true, false]);
    expect(used()).toBe(4096);
  });

  test("or there is no WebAssembly", async () => {
    await cpu.configure({ wasm: "off" });
    expect(isResident(zeros([4096]))).toBe(false);
    await cpu.configure({ wasm: "auto" });
  });
});

describe("what is given back", () => {
  test("dispose gives an array back once, and the next takes its place", () => {
    const before = used();
    const x = ones([1000]);
    const { byteOffset } = valuesOf(x);
    expect(used()).toBe(before + 4032); // lines of 64 bytes
    x.dispose();
    x.dispose();
    expect(used()).toBe(before);
    const y = zeros([1000]);
    expect(valuesOf(y).byteOffset).toBe(byteOffset);
    expect(y.dataSync()).toEqual(new Float32Array(1000)); // and not the ones that were there
  });

  test("views share an array, and the last gives it back", () => {
    const before = used();
    const x = ones([32, 32]);
    const [y, z] = [reshape(x, [1024]), reshape(x, [2, 512])];
    x.dispose();
    z.dispose();
    expect(used()).toBe(before + 4096);
    expect(y.dataSync()).toEqual(new Float32Array(1024).fill(1));
    y.dispose();
    expect(used()).toBe(before);
  });

  test("what dataSync and data give is the caller's own", async () => {
    const x = ones([1000]);
    const [now, later] = [x.dataSync(), await x.data()];
    x.dispose();
    zeros([1000]);
    expect([now[999], later[999]]).toEqual([1, 1]);
  });

  test("tensors of an older memory stay right, and what is given back goes where it came from", async () => {
    const x = ones([1000]);
    await cpu.configure({ memory: MEMORY });
    const before = used();
    expect(add(x, ones([1000])).dataSync()).toEqual(new Float32Array(1000).fill(2));
    const after = used();
    x.dispose();
    expect([after > before, used()]).toEqual([true, after]);
  });

  test("at last, what the garbage collector finds, between tasks", async () => {
    setFlagsFromString("--expose-gc");
    const gc: () => void = runInNewContext("gc");
    const before = used();
    for (let i = 0; i < 100; i++) ones([1000]);
    expect(used()).toBe(before + 100 * 4032);
    for (let i = 0; i < 100 && used() > before + 4032; i++) {
      gc();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(used()).toBeLessThanOrEqual(before + 4032); // the last may still be on the stack
  });
});
