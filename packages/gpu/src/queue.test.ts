import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { Queue } from "./queue.js";

const later = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** Waits until everything pushed so far is done. */
const done = (queue: Queue) => new Promise<void>((resolve) => queue.push(async () => resolve()));

test("work is done in order, one after the other, whatever each takes", async () => {
  const queue = new Queue();
  const seen: string[] = [];
  for (const [at, milliseconds] of [5, 0, 3].entries()) {
    queue.push(async () => {
      seen.push(`begin ${at}`);
      await later(milliseconds);
      seen.push(`end ${at}`);
    });
  }
  await done(queue);
  expect(seen).toEqual(["begin 0", "end 0", "begin 1", "end 1", "begin 2", "end 2"]);
});

test("nothing begins before the call that asked for it has returned", async () => {
  const queue = new Queue();
  let hasBegun = false;
  queue.push(async () => {
    hasBegun = true;
  });
  expect(hasBegun).toBe(false);
  await done(queue);
  expect(hasBegun).toBe(true);
});

test("work that is pushed by work comes last", async () => {
  const queue = new Queue();
  const seen: number[] = [];
  const inner = new Promise<void>((resolve) => {
    queue.push(async () => {
      seen.push(1);
      queue.push(async () => {
        seen.push(3);
        resolve();
      });
    });
  });
  queue.push(async () => void seen.push(2));
  await inner;
  expect(seen).toEqual([1, 2, 3]);
});

test("work that fails, at once or later, does not stop the queue, and is no unhandled rejection", async () => {
  const queue = new Queue();
  const unhandled: unknown[] = [];
  const note = (error: unknown) => unhandled.push(error);
  process.on("unhandledRejection", note);
  queue.push(() => {
    throw new Error("at once");
  });
  queue.push(async () => {
    await later(1);
    throw new Error("later");
  });
  await done(queue);
  queue.push(() => Promise.reject(new Error("after a pause")));
  await done(queue);
  await later(5);
  process.off("unhandledRejection", note);
  expect(unhandled).toEqual([]);
});

test("it goes on after it ran empty", async () => {
  const queue = new Queue();
  await done(queue);
  await later(1);
  await done(queue);
  const seen: number[] = [];
  for (let i = 0; i < 100; i++) queue.push(async () => void seen.push(i));
  await done(queue);
  expect(seen).toEqual(Array.from({ length: 100 }, (_, i) => i));
});

test("what is done is forgotten, though it never runs empty", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const queue = new Queue();
  const seen: WeakRef<object>[] = [];
  let isOver = false;
  const again = () => {
    const something = {};
    seen.push(new WeakRef(something));
    queue.push(async () => {
      if (!isOver && something) again();
      if (seen.length % 100 === 0) await later(1);
    });
  };
  again();
  while (seen.length < 1000) await later(1);
  collect();
  expect(seen.filter((ref) => ref.deref() !== undefined).length).toBeLessThan(10);
  isOver = true;
  await done(queue);
});
