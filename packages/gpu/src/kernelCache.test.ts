import { expect, test } from "vitest";
import type { Backend, Handle } from "./backend.js";
import { KernelCache, type Program } from "./kernelCache.js";

/** A backend whose kernels give their size, or fail where the source says so; and what became of them. */
function fake() {
  const log: string[] = [];
  const backend = {
    compile: (source: string, size: number) => {
      log.push(`compile ${source}`);
      return {
        run: async ([isBroken]: readonly (Handle | number)[]) => {
          if (source.startsWith("broken") || isBroken === 1) throw new Error(`cannot run ${source}`);
          return new Float32Array(size);
        },
        destroy: () => {
          log.push(`destroy ${source}`);
          if (source.startsWith("sticky")) throw new Error("cannot destroy");
        },
      };
    },
    free: () => {},
  } as unknown as Backend;
  return { backend, log };
}
const program = (name: string): Program => ({ key: name, size: 3, source: () => name });

test("a kernel is compiled once", async () => {
  const { backend, log } = fake();
  const cache = new KernelCache(backend);
  for (let i = 0; i < 3; i++) await cache.run(program("a"), []);
  expect(log).toEqual(["compile a"]);
  expect(cache.counts).toMatchObject({ compiled: 1, calls: 3 });
});

test("the least recently used kernel without results goes, and is destroyed", async () => {
  const { backend, log } = fake();
  const cache = new KernelCache(backend, 2);
  const run = async (name: string) => {
    const { handle, maker } = await cache.run(program(name), []);
    cache.free(handle, maker);
  };
  for (const name of ["a", "b", "a", "c", "a", "b"]) await run(name);
  expect(log).toEqual(["compile a", "compile b", "destroy b", "compile c", "destroy c", "compile b"]);
  expect(cache.size).toBe(2);
});

test("a kernel stays while one of its results is there, even beyond the limit", async () => {
  const { backend, log } = fake();
  const cache = new KernelCache(backend, 1);
  const first = await cache.run(program("a"), []);
  const second = await cache.run(program("a"), []);
  await cache.run(program("b"), []);
  expect([cache.size, log]).toEqual([2, ["compile a", "compile b"]]);
  cache.free(first.handle, first.maker);
  await cache.run(program("c"), []);
  expect(log).not.toContain("destroy a");
  cache.free(second.handle, second.maker);
  await cache.run(program("d"), []);
  expect(log).toContain("destroy a");
  expect(log).not.toContain("destroy b");
});

test("a kernel whose first call fails is destroyed, not kept", async () => {
  const { backend, log } = fake();
  const cache = new KernelCache(backend);
  await expect(cache.run(program("broken"), [])).rejects.toThrow("cannot run broken");
  expect([cache.size, log]).toEqual([0, ["compile broken", "destroy broken"]]);
});

test("a kernel that once worked is kept when a call fails: its results may be there", async () => {
  const { backend, log } = fake();
  const cache = new KernelCache(backend);
  await cache.run(program("a"), []);
  await expect(cache.run(program("a"), [1])).rejects.toThrow("cannot run a");
  await cache.run(program("a"), []);
  expect([cache.size, log]).toEqual([1, ["compile a"]]);
});

test("a kernel that cannot be destroyed is in nobody's way", async () => {
  const { backend } = fake();
  const cache = new KernelCache(backend, 1);
  const { handle, maker } = await cache.run(program("sticky"), []);
  cache.free(handle, maker);
  await cache.run(program("b"), []);
  expect(cache.size).toBe(1);
});
