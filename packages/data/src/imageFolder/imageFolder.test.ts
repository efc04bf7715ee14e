import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { createRandom } from "@conv/core";
import { goldens } from "@tooling/goldens";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DataLoader } from "../dataLoader.js";
import { concatDataset } from "../datasets/concatDataset.js";
import { subset } from "../datasets/subset.js";
import { resize } from "../transforms/resize.js";
import { imageFolder } from "./imageFolder.js";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "conv-images-"));
});
afterEach(() => rm(directory, { recursive: true }));

const put = async (path: string, bytes: Uint8Array | string) => {
  await mkdir(dirname(join(directory, path)), { recursive: true });
  await writeFile(join(directory, path), bytes);
};
/** A binary PPM of one row whose pixels are these triples, or a PGM of single numbers. */
const ppm = (...pixels: number[]) =>
  Uint8Array.of(...new TextEncoder().encode(`P6 ${pixels.length / 3} 1 255 `), ...pixels);
const pgm = (...pixels: number[]) =>
  Uint8Array.of(...new TextEncoder().encode(`P5 ${pixels.length} 1 255 `), ...pixels);
const failure = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => new Error("it did not fail"),
    (reason: Error) => reason,
  );
  return `${error.name} ${error.message.replaceAll(directory, "here")}`;
};
/** Two classes of images of two pixels. */
async function cats(): Promise<void> {
  await put("dog/b.ppm", ppm(255, 0, 0, 0, 255, 0));
  await put("dog/a.pgm", pgm(51, 102));
  await put("cat/1.PPM", ppm(0, 0, 255, 255, 255, 255));
}

test("by hand: two classes, in the order of their names, and their files in the order of theirs", async () => {
  await cats();
  const dataset = await imageFolder(directory);
  expect([dataset.name, dataset.length, dataset.xShape, dataset.classes]).toEqual([directory, 3, [3, 1, 2], 2]);
  expect(dataset.classNames).toEqual(["cat", "dog"]);
  expect(dataset.paths.map((path) => path.slice(directory.length + 1))).toEqual([
    "cat/1.PPM",
    "dog/a.pgm",
    "dog/b.ppm",
  ]);
  const { x, y } = await dataset.get([2, 1, 0]);
  expect([x.shape, y.dataSync()]).toEqual([[3, 3, 1, 2], Int32Array.of(1, 1, 0)]);
  expect(x.dataSync()).toEqual(Float32Array.of(1, 0, 0, 1, 0, 0, 0.2, 0.4, 0.2, 0.4, 0.2, 0.4, 0, 1, 0, 1, 1, 1));
});

test("one channel is the luminance", async () => {
  await cats();
  const { x } = await (await imageFolder(directory, { channels: 1 })).get([2, 1]);
  expect([x.shape, x.dataSync()]).toEqual([[2, 1, 1, 2], Float32Array.of(0.299, 0.587, 0.2, 0.4)]);
});

test("size resizes, as resize with antialias", async () => {
  await put("a/1.pgm", pgm(0, 51, 102, 255));
  await put("a/2.pgm", pgm(255, 0));
  const dataset = await imageFolder(pathToFileURL(directory), { size: [1, 2], channels: 1 });
  const { x, y } = await dataset.get([0, 1]);
  const { x: expected } = resize([1, 2], { antialias: true })({
    x: (await (await imageFolder(directory, { channels: 1 })).get([0])).x,
    y,
  });
  expect(x.dataSync()).toEqual(Float32Array.of(...expected.dataSync(), 1, 0));
  expect((await imageFolder(directory, { size: 3 })).xShape).toEqual([3, 3, 3]);
});

test("PNG and JPEG are read, whatever their names say", async () => {
  for (const id of ["png-rgb", "jpeg-444", "ppm"]) {
    const golden = goldens("images").find((each) => each.id === id);
    await put(`a/${id}.${id === "jpeg-444" ? "png" : "jpg"}`, Uint8Array.from(golden?.inputs.file.values ?? []));
  }
  const { x } = await (await imageFolder(directory)).get([0, 1, 2]);
  const [jpeg, png, ppmImage] = [0, 1, 2].map((n) => x.dataSync().slice(n * 351, (n + 1) * 351));
  expect(png).toEqual(ppmImage);
  for (const [i, pixel] of jpeg.entries()) expect(Math.abs(pixel - png[i])).toBeLessThan(0.05);
});

test("hidden files, other files and files beside the classes are passed over; folders in a class are not", async () => {
  await cats();
  for (const path of ["readme.txt", "top.ppm", ".git/x.ppm", "cat/.hidden.ppm", "cat/notes.txt"]) await put(path, "?");
  await put("cat/young/2.ppm", ppm(1, 2, 3, 4, 5, 6));
  await symlink(join(directory, "dog"), join(directory, "wolf"));
  execFileSync("mkfifo", [join(directory, "cat", "pipe.ppm")]); // reading it would wait for ever
  const { paths, classNames } = await imageFolder(directory);
  expect(paths.map((path) => path.slice(directory.length + 1))).toEqual([
    "cat/1.PPM",
    "cat/young/2.ppm",
    "dog/a.pgm",
    "dog/b.ppm",
    "wolf/a.pgm",
    "wolf/b.ppm",
  ]);
  expect(classNames).toEqual(["cat", "dog", "wolf"]);
});

test("a link back to a directory it is in is not followed", async () => {
  await cats();
  await symlink("..", join(directory, "cat", "up"));
  await symlink(".", join(directory, "dog", "again"));
  await symlink("..", join(directory, "dog", "up")); // with two of them a walk has no end that one lives to see
  const { paths } = await imageFolder(directory);
  expect(paths.map((path) => path.slice(directory.length + 1))).toEqual(["cat/1.PPM", "dog/a.pgm", "dog/b.ppm"]);
});

test("names may be of any script, and a broken link is told when it is asked for", async () => {
  await put("Äpfel/日本 1.pgm", pgm(1));
  await put("çok/🍐.PGM", pgm(2));
  await symlink("nowhere", join(directory, "çok", "x.pgm"));
  const dataset = await imageFolder(directory, { channels: 1 });
  expect(dataset.classNames).toEqual(["Äpfel", "çok"]);
  expect((await dataset.get([2, 0])).x.dataSync()).toEqual(Float32Array.of(2, 1).map((pixel) => pixel / 255));
  expect(await failure(dataset.get([1]))).toMatch("here/çok/x.pgm cannot be read (ENOENT)");
});

test("a part of a folder has the paths of its files", async () => {
  await cats();
  const dataset = await imageFolder(directory);
  expect(subset(dataset, [2, 0]).paths).toEqual([dataset.paths[2], dataset.paths[0]]);
  expect(concatDataset([subset(dataset, [1]), dataset]).paths).toEqual([dataset.paths[1], ...dataset.paths]);
});

test("split is a subdirectory; extensions and decode are one's own", async () => {
  await put("train/a/1.RAW", Uint8Array.of(9));
  const decode = async (bytes: Uint8Array, path: string) => {
    expect(path).toBe(join(directory, "train", "a", "1.RAW"));
    return { data: Uint16Array.of(65535, 0, 0, bytes[0]), width: 1, height: 1, channels: 4 };
  };
  const dataset = await imageFolder(directory, { split: "train", extensions: [".raw"], decode });
  expect((await dataset.get([0])).x.dataSync()).toEqual(Float32Array.of(1, 0, 0));
});

test("files are read when they are asked for, and a DataLoader gives their tensors back", async () => {
  await cats();
  const dataset = await imageFolder(directory);
  await unlink(join(directory, "dog/a.pgm"));
  for await (const batch of new DataLoader(subset(dataset, [0, 2]), { batchSize: 1, prefetch: 2 })) {
    batch.dispose();
    expect([batch.x.isDisposed, batch.y.isDisposed]).toEqual([true, true]);
  }
  expect(await failure(dataset.get([0, 1]))).toMatchInlineSnapshot(
    `"DataError imageFolder: here/dog/a.pgm cannot be read (ENOENT). Replace or remove it."`,
  );
});

test("many files are read, each in its place", async () => {
  for (let i = 0; i < 40; i++) await put(`c${i % 3}/${String(i).padStart(2, "0")}.pgm`, pgm(i));
  const dataset = await imageFolder(directory, { channels: 1 });
  const order = createRandom(1).permutation(40).dataSync();
  const { x, y } = await dataset.get(order);
  const numbers = Array.from(order, (index) => Number(/(\d+)\.pgm$/.exec(dataset.paths[index])?.[1]));
  expect(x.dataSync()).toEqual(Float32Array.from(numbers, (i) => i / 255));
  expect(y.dataSync()).toEqual(Int32Array.from(numbers, (i) => i % 3));
});

describe("errors", () => {
  test("name the directory", async () => {
    expect(await failure(imageFolder(join(directory, "nothing")))).toMatchInlineSnapshot(
      `"DataError imageFolder: there is no directory here/nothing. Pass one that has a subdirectory for each class."`,
    );
    expect(await failure(imageFolder(directory))).toMatchInlineSnapshot(
      `"DataError imageFolder: here has no subdirectories, but there must be one for each class. Pass the directory above the classes' own."`,
    );
    await put("a/1.txt", "?");
    expect(await failure(imageFolder(directory))).toMatchInlineSnapshot(
      `"DataError imageFolder: here/a has no file that ends in .png, .jpg, .jpeg, .pgm, .ppm. Remove it, or pass { extensions, decode } for other files."`,
    );
  });

  test("name the file", async () => {
    await cats();
    await put("dog/c.png", "no image");
    await put("dog/d.ppm", ppm(1, 2, 3));
    await put("dog/e.png", Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a));
    await put("dog/f.jpg", Uint8Array.of(0xff, 0xd8, 0xff, 0xe0));
    const dataset = await imageFolder(directory);
    expect(await failure(dataset.get([3]))).toMatchInlineSnapshot(
      `"DataError imageFolder: here/dog/c.png cannot be decoded (its first bytes are not those of a PNG, JPEG, PGM or PPM). Replace or remove it."`,
    );
    expect(await failure(dataset.get([0, 4]))).toMatchInlineSnapshot(
      `"DataError imageFolder: here/dog/d.ppm has 1 × 1 pixels, but here/cat/1.PPM has 1 × 2. Pass { size: [1, 2] }, say, to make them equal."`,
    );
    expect(await failure(dataset.get([5]))).toMatch(
      /^DataError imageFolder: here\/dog\/e.png cannot be decoded \(.+\)/,
    );
    expect(await failure(dataset.get([6]))).toMatch(
      /^DataError imageFolder: here\/dog\/f.jpg cannot be decoded \(.+\)/,
    );
    const decode = () => ({ data: Uint8Array.of(1, 2), width: 1, height: 1, channels: 3 });
    expect(await failure(imageFolder(directory, { decode }))).toMatchInlineSnapshot(
      `"DataError imageFolder: here/cat/1.PPM cannot be decoded (decode gave data a Uint8Array of 2 elements, width 1, height 1, channels 3, but data is a Uint8Array or Uint16Array of height × width × channels). Replace or remove it."`,
    );
  });

  test("of a decoder that throws nothing", async () => {
    await cats();
    const decode = () => {
      throw undefined;
    };
    expect(await failure(imageFolder(directory, { decode }))).toBe(
      "DataError imageFolder: here/cat/1.PPM cannot be decoded (undefined). Replace or remove it.",
    );
  });

  test("name the option", async () => {
    await cats();
    expect(await failure(imageFolder(directory, { channels: 2 as never }))).toMatchInlineSnapshot(
      `"RangeError imageFolder: channels must be 1 or 3, got 2."`,
    );
    expect(await failure(imageFolder(directory, { size: 0 }))).toMatchInlineSnapshot(
      `"RangeError imageFolder: size must be a positive integer, got 0."`,
    );
    expect(await failure(imageFolder(directory, { extensions: ["png"] }))).toMatchInlineSnapshot(
      `"TypeError imageFolder: extensions must be an array such as [".png", ".jpg"], got ["png"]."`,
    );
    expect(await failure(imageFolder(3 as never))).toMatchInlineSnapshot(
      `"TypeError imageFolder: directory must be a path or a file: URL, got 3."`,
    );
    expect(await failure((await imageFolder(directory)).get([3]))).toMatchInlineSnapshot(
      `"RangeError get: indices[0] is 3, but here has the examples 0 to 2."`,
    );
  });
});
