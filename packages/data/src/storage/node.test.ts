import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { storage } from "./node.js";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "conv-storage-"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(directory, { recursive: true });
});

test("what was written is read; its directory is made; nothing else is left there", async () => {
  const inside = join(directory, "a", "b");
  await storage.write(inside, "file", Uint8Array.of(1, 2));
  await storage.write(inside, "file", Uint8Array.of(3));
  expect(Array.from((await storage.read(inside, "file")) ?? [])).toEqual([3]);
  expect(await readdir(inside)).toEqual(["file"]);
});

test("many may write one file at once: it is always whole", async () => {
  const versions = Array.from({ length: 20 }, (_, i) => new Uint8Array(100_000).fill(i));
  await Promise.all(versions.map((bytes) => storage.write(directory, "file", bytes)));
  const found = await readFile(join(directory, "file"));
  expect(found.length).toBe(100_000);
  expect(new Set(found).size).toBe(1);
  expect(await readdir(directory)).toEqual(["file"]);
});

test("what is not there is undefined, and no directory", async () => {
  expect(await storage.read(directory, "file")).toBeUndefined();
  await writeFile(join(directory, "file"), "");
  expect(await storage.read(join(directory, "file"), "file")).toBeUndefined();
  expect(await storage.isDirectory(directory)).toBe(true);
  expect(await storage.isDirectory(join(directory, "file"))).toBe(false);
  expect(await storage.isDirectory(join(directory, "nothing"))).toBe(false);
});

test("a write that fails says so and leaves nothing behind", async () => {
  await mkdir(join(directory, "file"));
  await writeFile(join(directory, "file", "inside"), ""); // a directory that rename cannot replace
  await expect(storage.write(directory, "file", Uint8Array.of(1))).rejects.toThrow(
    /^mnist: .*file cannot be written \(E[A-Z]+\)\. Pass a cacheDir where files can be\.$/,
  );
  expect(await readdir(directory)).toEqual(["file"]);
});

test.skipIf(process.getuid?.() === 0 || process.platform === "win32")("a file one may not read says so", async () => {
  await writeFile(join(directory, "file"), "");
  await chmod(join(directory, "file"), 0);
  await expect(storage.read(directory, "file")).rejects.toThrow("cannot be read (EACCES). Check its permissions.");
});

test("the cache directory: CONV_DATA_DIR, else the user's cache", () => {
  for (const name of ["CONV_DATA_DIR", "XDG_CACHE_HOME", "LOCALAPPDATA"]) vi.stubEnv(name, undefined);
  expect(storage.cacheDirectory()).toBe(join(homedir(), ".cache", "conv", "mnist"));
  vi.stubEnv("XDG_CACHE_HOME", join("/xdg"));
  expect(storage.cacheDirectory()).toBe(join("/xdg", "conv", "mnist"));
  vi.stubEnv("CONV_DATA_DIR", join("/data"));
  expect(storage.cacheDirectory()).toBe(join("/data"));
});

test("a path may be written as a file URL", () => {
  expect(storage.pathOf(directory)).toBe(directory);
  expect(storage.pathOf(pathToFileURL(directory).href)).toBe(directory);
});
