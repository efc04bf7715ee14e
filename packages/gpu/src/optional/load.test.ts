import { afterEach, expect, test, vi } from "vitest";
import { load } from "./load.js";

afterEach(() => vi.unstubAllGlobals());

test("an installed package comes with its exports", async () => {
  expect(await load("fast-check")).toHaveProperty("property");
});

test("one that is not installed is undefined, an optional peer of this package too", async () => {
  expect(await load("not-installed-here")).toBeUndefined();
  expect(await load("gl")).toBeUndefined(); // left out by pnpm-workspace.yaml
});

test("one that does not load says why", async () => {
  await expect(load("data:text/javascript,throw new Error('libvulkan.so.1: cannot open')")).rejects.toThrow(
    /libvulkan/,
  );
  // Another package that is missing is not this one.
  await expect(load("data:text/javascript,import 'bindings'")).rejects.toThrow(/bindings/);
});

test("browsers are not asked", async () => {
  vi.stubGlobal("process", undefined);
  expect(await load("fast-check")).toBeUndefined();
});
