import { expect, test } from "vitest";
import { storage } from "./browser.js";

test("without files nothing is found and nothing is kept", async () => {
  await storage.write("", "file", Uint8Array.of(1));
  expect(await storage.read("", "file")).toBeUndefined();
  expect(await storage.isDirectory(".")).toBe(false);
  expect([storage.hasFiles, storage.cacheDirectory(), storage.pathOf("data/")]).toEqual([false, "", "data/"]);
});
