import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tensor } from "@conv/core";
import { writeIdx } from "@conv/data";

/** An empty directory. */
export const newFolder = () => mkdtempSync(join(tmpdir(), "mnist-"));

/** A directory with MNIST's files, holding so many random images, so that a step takes no time. */
export function tinyDataset(train = 48, test = 16): string {
  const folder = newFolder();
  for (const [prefix, n] of [
    ["train", train],
    ["t10k", test],
  ] as const) {
    const pixels = Int32Array.from({ length: n * 28 * 28 }, (_, i) => (i * 7919) % 256);
    writeFileSync(join(folder, `${prefix}-images-idx3-ubyte`), writeIdx(tensor(pixels, [n, 28, 28])));
    const labels = Int32Array.from({ length: n }, (_, i) => i % 10);
    writeFileSync(join(folder, `${prefix}-labels-idx1-ubyte`), writeIdx(tensor(labels)));
  }
  return folder;
}
