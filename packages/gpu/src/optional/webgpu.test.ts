import { afterEach, expect, test, vi } from "vitest";
import { provideWebgpu } from "./webgpu.js";

const platform = globalThis as { navigator?: { gpu?: { requestAdapter?: unknown } }; GPUMapMode?: object };

afterEach(() => {
  vi.unstubAllGlobals();
  Reflect.deleteProperty(platform.navigator ?? {}, "gpu");
});

test("what is there stays", async () => {
  const gpu = {};
  vi.stubGlobal("navigator", { gpu });
  expect(await provideWebgpu()).toBe(true);
  expect(platform.navigator?.gpu).toBe(gpu);
});

test("where nothing can be loaded, nothing becomes global", async () => {
  vi.stubGlobal("navigator", undefined);
  vi.stubGlobal("process", undefined);
  expect(await provideWebgpu()).toBe(false);
  expect(platform.navigator).toBeUndefined();
});

test("the package webgpu becomes what a browser has, and a navigator that is there only gains gpu", async () => {
  const navigator = { hardwareConcurrency: 3 };
  vi.stubGlobal("navigator", navigator);
  expect(await provideWebgpu()).toBe(true);
  expect(platform.navigator).toBe(navigator);
  expect(typeof platform.navigator?.gpu?.requestAdapter).toBe("function");
  expect(platform.GPUMapMode).toHaveProperty("READ", 1);
  expect(Object.keys(navigator)).toEqual(["hardwareConcurrency"]);
});

test("a Node without navigator gets one", async () => {
  vi.stubGlobal("navigator", undefined);
  expect(await provideWebgpu()).toBe(true);
  expect(typeof platform.navigator?.gpu?.requestAdapter).toBe("function");
});
