import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { send, serve, status } from "../../test/serve.js";
import { sha256Of } from "../mnist/files.js";
import { cifar10, cifar100 } from "./cifar.js";

let directory: string;
/** Very small sets: one image per file of CIFAR-10, labelled 1 to 5 and 7; two per file of CIFAR-100. */
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "conv-cifar-"));
  const image = (...labels: number[]) => Uint8Array.of(...labels, ...new Array<number>(3072).fill(51 * labels[0]));
  for (const folder of ["cifar-10-batches-bin", "cifar-100-binary"]) await mkdir(join(directory, folder));
  const put = (path: string, bytes: Uint8Array) => writeFile(join(directory, path), bytes);
  for (const i of [1, 2, 3, 4, 5]) await put(`cifar-10-batches-bin/data_batch_${i}.bin`, image(i));
  await put("cifar-10-batches-bin/test_batch.bin", image(0));
  await put("cifar-100-binary/train.bin", Uint8Array.of(...image(1, 60), ...image(2, 70)));
  await put("cifar-100-binary/test.bin", image(3, 80));
  for (const [name, folder] of [
    ["cifar-10-binary", "cifar-10-batches-bin"],
    ["cifar-100-binary", "cifar-100-binary"],
  ]) {
    execFileSync("tar", ["-C", directory, "-czf", join(directory, `${name}.tar.gz`), folder]);
  }
});
afterEach(() => rm(directory, { recursive: true }));

const failure = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => new Error("it did not fail"),
    (reason: Error) => reason,
  );
  return `${error.name} ${error.message.replaceAll(directory, "here").replaceAll(/127\.0\.0\.1:\d+/g, "server")}`;
};

test("by hand: five files of one image each are the training set", async () => {
  const dataset = await cifar10({ source: join(directory, "cifar-10-batches-bin") });
  expect([dataset.name, dataset.length, dataset.xShape, dataset.classes]).toEqual(["cifar10", 5, [3, 32, 32], 10]);
  expect(dataset.classNames?.[3]).toBe("cat");
  const { x, y } = dataset.get([4, 0]);
  expect([x.shape, y.dataSync()]).toEqual([[2, 3, 32, 32], Int32Array.of(5, 1)]);
  expect([x.dataSync()[0], x.dataSync()[3072]]).toEqual([1, Math.fround(0.2)]);
});

test("the directory above, the archive in it, and the archive itself are the same", async () => {
  await rm(join(directory, "cifar-10-batches-bin"), { recursive: true });
  const archive = join(directory, "cifar-10-binary.tar.gz");
  for (const source of [directory, archive, pathToFileURL(archive)]) {
    const dataset = await cifar10({ source, split: "test" });
    expect(dataset.get([0]).y.dataSync()).toEqual(Int32Array.of(0));
  }
  await rm(join(directory, "cifar-100-binary.tar.gz"));
  expect((await cifar100({ source: directory })).length).toBe(2); // the directory
});

test("CIFAR-100 has fine and coarse labels", async () => {
  const fine = await cifar100({ source: directory });
  expect([fine.classes, fine.get([1, 0]).y.dataSync()]).toEqual([100, Int32Array.of(70, 60)]);
  const coarse = await cifar100({ source: directory, split: "test", labels: "coarse" });
  expect([coarse.classes, coarse.get([0]).y.dataSync()]).toEqual([20, Int32Array.of(3)]);
});

test("a server has the archive, by its name or in its directory; its SHA-256 is checked where it is given", async () => {
  const bytes = new Uint8Array(await readFile(join(directory, "cifar-10-binary.tar.gz")));
  const { base, requests } = await serve({ "cifar-10-binary.tar.gz": send(bytes) });
  const sha256 = await sha256Of(bytes);
  for (const source of [base, base.slice(0, -1), `${base}cifar-10-binary.tar.gz`]) {
    expect((await cifar10({ source, sha256 })).length).toBe(5);
  }
  expect(new Set(requests)).toEqual(new Set(["cifar-10-binary.tar.gz"]));
  expect(await failure(cifar10({ source: base, sha256: "00".repeat(32), retries: 0 }))).toContain(
    "it sent other bytes",
  );
});

test("errors", async () => {
  const { base } = await serve({ "cifar-10-binary.tar.gz": status(404) });
  expect(await failure(cifar10({ source: base, retries: 0 }))).toMatchInlineSnapshot(
    `"DataError cifar10: cifar-10-binary.tar.gz could not be downloaded (http://server/cifar-10-binary.tar.gz: it answered 404); to work without a network, pass a directory with cifar-10-binary.tar.gz."`,
  );
  expect(await failure(cifar10({ source: join(directory, "nothing") }))).toMatchInlineSnapshot(
    `"DataError cifar10: there is no directory here/nothing. As source, pass a directory with the .bin files or cifar-10-binary.tar.gz, or a URL of it; the Python version is not read."`,
  );
  expect(await failure(cifar100({ source: join(directory, "cifar-10-batches-bin") }))).toMatchInlineSnapshot(
    `"DataError cifar100: there is no train.bin or cifar-100-binary.tar.gz in here/cifar-10-batches-bin. As source, pass a directory with the .bin files or cifar-100-binary.tar.gz, or a URL of it; the Python version is not read."`,
  );
  const archive = join(directory, "cifar-10-binary.tar.gz");
  expect(await failure(cifar100({ source: archive }))).toMatchInlineSnapshot(
    `"DataError cifar100: here/cifar-10-binary.tar.gz has no file train.bin. Take the binary version of the set."`,
  );
  expect(await failure(cifar10({ source: archive, sha256: "00" }))).toMatch(/^DataError cifar10: .* has the SHA-256 /);
  await writeFile(archive, (await readFile(archive)).subarray(0, 200));
  expect(await failure(cifar10({ source: archive }))).toMatchInlineSnapshot(
    `"DataError cifar10: here/cifar-10-binary.tar.gz is gzip, but damaged or cut short. Get the whole file again."`,
  );
  await unlink(join(directory, "cifar-10-batches-bin/data_batch_3.bin"));
  expect(await failure(cifar10({ source: directory }))).toMatchInlineSnapshot(
    `"DataError cifar10: here/cifar-10-batches-bin has no file data_batch_3.bin. Get the whole set again."`,
  );
  await writeFile(join(directory, "cifar-10-batches-bin/test_batch.bin"), Uint8Array.of(0x80, 2));
  expect(await failure(cifar10({ source: directory, split: "test" }))).toMatchInlineSnapshot(
    `"DataError cifar10: here/cifar-10-batches-bin/test_batch.bin is a pickle, of the Python version. Take the binary version, cifar-10-binary.tar.gz."`,
  );
  expect(await failure(cifar10({} as never))).toMatchInlineSnapshot(
    `"TypeError cifar10: source must be a directory, a URL or the path of cifar-10-binary.tar.gz, got undefined."`,
  );
  expect(await failure(cifar10(undefined as never))).toMatchInlineSnapshot(
    `"TypeError cifar10: source must be a directory, a URL or the path of cifar-10-binary.tar.gz, got undefined."`,
  );
  expect(await failure(cifar10({ source: directory, split: "val" as never }))).toMatchInlineSnapshot(
    `"RangeError cifar10: split must be "train" or "test", got "val"."`,
  );
});
