import type * as fs from "node:fs/promises";
import { expect, test, vi } from "vitest";
import { listClasses } from "./files.js";

// A directory of so many files that they are not arguments of a function.

vi.mock("node:fs/promises", async (original) => ({
  ...(await original<typeof fs>()),
  realpath: async (path: string) => path,
  readdir: async (path: string) => {
    const entry = (name: string, isDirectory: boolean) => ({
      name,
      isFile: () => !isDirectory,
      isDirectory: () => isDirectory,
      isSymbolicLink: () => false,
    });
    if (path === "root") return [entry("a", true)];
    if (path === "root/a") return [entry("b", true)];
    return Array.from({ length: 200_000 }, (_, i) => entry(`${i}.png`, false));
  },
}));

test("200 000 files in one directory are listed", async () => {
  const { examples } = await listClasses("root", [".png"]);
  expect([examples.length, examples[0]]).toEqual([200_000, { path: "root/a/b/0.png", label: 0 }]);
});
