import { afterEach, describe, expect, test, vi } from "vitest";
import { convDirect } from "../conv/convDirect.js";
import { conv2d } from "../conv/convolve.js";
import { convGeometry } from "../conv/geometry.js";
import { cpu } from "../device/cpu.js";
import { createRandom } from "../random.js";
import { allClose } from "../testing/allClose.js";
import { currentEngine } from "./engine.js";
import type { RunningWorker } from "./worker.js";

const started: RunningWorker[] = [];

vi.mock("./worker.js", async (original) => {
  const actual = await original<typeof import("./worker.js")>();
  return {
    startWorker: (...args: Parameters<typeof actual.startWorker>) => {
      const worker = actual.startWorker(...args);
      started.push(worker);
      return worker;
    },
  };
});

afterEach(async () => {
  vi.restoreAllMocks();
  await cpu.configure({ threads: 1 });
});

const random = createRandom(3);
/** So large that each of its chunks takes milliseconds. */
const [x, w] = [random.normal([1, 48, 40, 40]), random.normal([64, 48, 5, 5])];
const expected = convDirect(x, w, convGeometry(x.shape, w.shape));
/** float32 sums of 1200 products in another order. */
const tolerance = { rtol: 1e-4, atol: 1e-3 };

/** Makes something happen when the calling thread does its first chunk of a product. */
function atFirstChunk(happen: () => void): void {
  const task = currentEngine()?.functions.get("product") as { call: (...args: number[]) => void };
  const { call } = task;
  let isFirst = true;
  task.call = (...args) => {
    if (isFirst) happen();
    isFirst = false;
    call(...args);
  };
}

const sleep = (milliseconds: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);

describe("threads", () => {
  test("by hand: what several compute is what one computes, bit for bit", async () => {
    const alone = conv2d(x, w).dataSync();
    for (const threads of [2, 3]) {
      expect((await cpu.configure({ threads })).threads).toBe(threads);
      for (let i = 0; i < 5; i++) expect(conv2d(x, w).dataSync()).toEqual(alone);
    }
  });

  test("a worker that sleeps is woken", async () => {
    await cpu.configure({ threads: 2 });
    const alone = conv2d(x, w).dataSync();
    for (const pause of [0, 1, 5, 20]) {
      sleep(pause);
      expect(conv2d(x, w).dataSync()).toEqual(alone);
    }
  });

  test("a worker killed in the middle of an operator: its part is done again, and one thread goes on", async () => {
    await cpu.configure({ threads: 2 });
    atFirstChunk(() => {
      sleep(2); // by now the worker is at work
      started.at(-1)?.stop();
    });
    expect(allClose(conv2d(x, w), expected, tolerance)).toBeUndefined();
    expect(allClose(conv2d(x, w), expected, tolerance)).toBeUndefined();
    await new Promise((resolve) => setTimeout(resolve, 50)); // the worker's end is an event
    expect(cpu.info()).toMatchObject({ kernels: "wasm", threads: 1 });
    expect(cpu.info().reason).toMatch(/^A worker (ended or failed|did not answer)\.$/);
    expect(allClose(conv2d(x, w), expected, tolerance)).toBeUndefined();
    expect(await cpu.configure({ threads: 2 })).toMatchObject({ threads: 2, reason: "" });
  }, 20_000);

  test("a worker killed between two operators is missed by the next", async () => {
    await cpu.configure({ threads: 2 });
    started.at(-1)?.stop();
    expect(allClose(conv2d(x, w), expected, tolerance)).toBeUndefined();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(cpu.info().threads).toBe(1);
  }, 20_000);

  test("without leave to start workers there is one thread, and info says why", async () => {
    const worker = await import("./worker.js");
    vi.spyOn(worker, "startWorker").mockImplementation(() => {
      throw new Error("forbidden by policy");
    });
    expect(await cpu.configure({ threads: 4 })).toMatchObject({
      kernels: "wasm",
      threads: 1,
      reason: "Workers could not be started: forbidden by policy.",
    });
    expect(allClose(conv2d(x, w), expected, tolerance)).toBeUndefined();
  });
});
