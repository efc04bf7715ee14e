import { cp, mkdtemp, readdir, readFile, rm, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { tensor } from "@conv/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Answer, breakOff, closedPort, send, serve, stall, status } from "../../test/serve.js";
import { writeIdx } from "../idx/idx.js";
import { FILES, type MnistFile, sha256Of } from "./files.js";
import { mnist } from "./mnist.js";
import type { Progress } from "./receive.js";

const DIGITS = fileURLToPath(new URL("../../assets/digits/", import.meta.url));

const images = (n: number, pixel: number) =>
  gzipped(writeIdx(tensor(new Int32Array(n * 784).fill(pixel), [n, 28, 28])));
const labels = (...values: number[]) => gzipped(writeIdx(tensor(Int32Array.from(values))));
const gzipped = (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes));

/** A very small MNIST: three examples to learn from, two to be judged by. */
const SMALL: Readonly<Record<MnistFile, Uint8Array>> = {
  "train-images-idx3-ubyte.gz": images(3, 255),
  "train-labels-idx1-ubyte.gz": labels(1, 2, 3),
  "t10k-images-idx3-ubyte.gz": images(2, 51),
  "t10k-labels-idx1-ubyte.gz": labels(4, 5),
};
const sha256 = Object.fromEntries(
  await Promise.all(FILES.map(async (file) => [file, await sha256Of(SMALL[file])])),
) as Record<MnistFile, string>;

const answers = (change: Partial<Record<MnistFile, Answer>> = {}) => ({
  ...Object.fromEntries(FILES.map((file) => [file, send(SMALL[file])])),
  ...change,
});
const QUICK = { timeout: 20_000, retries: 0, retryDelay: 1 };

/** An error with the paths and ports that change from run to run replaced. */
async function failure(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => new Error("it did not fail"),
    (error: Error) => error,
  );
  return `${error.name} ${error.message.replaceAll(directory, "here").replaceAll(/127\.0\.0\.1:\d+/g, "server")}`;
}

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "conv-mnist-"));
});
afterEach(() => rm(directory, { recursive: true }));

describe("digits", () => {
  test("the embedded digits", async () => {
    const dataset = await mnist({ source: "digits", split: "test" });
    expect([dataset.name, dataset.length, dataset.xShape]).toEqual(["digits", 360, [1, 28, 28]]);
  });
});

describe("mnist", () => {
  const load = (mirrors: readonly string[], more = {}) =>
    mnist({ source: "mnist", mirrors, sha256, cacheDir: directory, ...QUICK, ...more });

  test("is downloaded once, all four files; then it comes from the cache", async () => {
    const { base, requests } = await serve(answers());
    const train = await load([base]);
    expect([train.name, train.length, train.xShape, train.classes]).toEqual(["mnist", 3, [1, 28, 28], 10]);
    expect(train.get([0, 2]).y.dataSync()).toEqual(Int32Array.of(1, 3));
    const test = await load([base], { split: "test" });
    expect(test.get([0]).x.dataSync()).toEqual(new Float32Array(784).fill(0.2));
    expect(requests).toEqual(FILES);
    expect((await readdir(directory)).sort()).toEqual([...FILES].sort());
  });

  test("a cached file that is damaged is downloaded again, and only that", async () => {
    const { base, requests } = await serve(answers());
    await load([base]);
    await writeFile(join(directory, FILES[1]), "damaged");
    await load([base]);
    expect(requests).toEqual([...FILES, FILES[1]]);
    expect(new Uint8Array(await readFile(join(directory, FILES[1])))).toEqual(SMALL[FILES[1]]);
  });

  test("two at once do not disturb each other", async () => {
    const { base } = await serve(answers());
    const both = await Promise.all([load([base]), load([base.slice(0, -1)])]);
    expect(both.map(({ length }) => length)).toEqual([3, 3]);
    expect((await readdir(directory)).sort()).toEqual([...FILES].sort());
  });

  test("progress names each file", async () => {
    const { base } = await serve(answers());
    const steps: Progress[] = [];
    await load([base], { onProgress: (step: Progress) => steps.push(step) });
    expect([...new Set(steps.map(({ file }) => file))]).toEqual(FILES);
  });

  test.each([
    ["breaks off", breakOff(SMALL[FILES[2]])],
    ["answers 500", status(500)],
    ["sends other bytes", send(SMALL[FILES[0]])],
    ["stalls", stall(SMALL[FILES[2]])],
  ])(
    "when the only server %s, the cache holds the whole files that came before, and no part of another",
    async (_, answer) => {
      const { base } = await serve(answers({ [FILES[2]]: answer }));
      await expect(load([base], { timeout: 1500 })).rejects.toThrow(`mnist: ${FILES[2]} could not be downloaded`);
      expect((await readdir(directory)).sort()).toEqual([FILES[0], FILES[1]].sort());
      const good = await serve(answers());
      expect((await load([base, good.base], { timeout: 1500 })).length).toBe(3);
      expect(good.requests).toEqual([FILES[2]]); // what came is kept
    },
  );

  test("offline, one sentence says what to do", async () => {
    expect(await failure(load([await closedPort(), await closedPort()]))).toMatchInlineSnapshot(
      `"DataError mnist: train-images-idx3-ubyte.gz could not be downloaded (http://server/train-images-idx3-ubyte.gz: no connection (ECONNREFUSED); http://server/train-images-idx3-ubyte.gz: no connection (ECONNREFUSED)); to work without a network, pass source: "digits" for the embedded digits, or a directory with the four IDX files."`,
    );
    expect(await readdir(directory)).toEqual([]);
  });

  test("a signal aborts it", async () => {
    const { base } = await serve(answers({ [FILES[0]]: stall(SMALL[FILES[0]]) }));
    await expect(load([base], { signal: AbortSignal.timeout(50) })).rejects.toThrow(
      expect.objectContaining({ name: "TimeoutError" }),
    );
    expect(await readdir(directory)).toEqual([]);
  });

  test("a cache that cannot be written is an error", async () => {
    const { base } = await serve(answers());
    await writeFile(join(directory, "file"), "");
    expect(await failure(load([base], { cacheDir: join(directory, "file") }))).toMatchInlineSnapshot(
      `"DataError mnist: here/file/train-images-idx3-ubyte.gz cannot be written (EEXIST). Pass a cacheDir where files can be."`,
    );
  });
});

describe("auto", () => {
  const auto = () => mnist({ source: "auto", cacheDir: directory, sha256 });

  test("takes MNIST when all of it is in the cache, else the embedded digits", async () => {
    expect((await auto()).name).toBe("digits");
    for (const file of FILES) await writeFile(join(directory, file), SMALL[file]);
    expect((await auto()).name).toBe("mnist");
    await writeFile(join(directory, FILES[3]), SMALL[FILES[3]].subarray(1)); // of the other split, but both must agree
    expect((await auto()).name).toBe("digits");
    await unlink(join(directory, FILES[3]));
    expect((await auto()).name).toBe("digits");
  });

  test("is the default", async () => {
    expect((await mnist({ cacheDir: directory })).name).toBe("digits");
  });
});

describe("a URL", () => {
  test("is the base of the files, of the split that is asked for alone; nothing is kept", async () => {
    const { base, requests } = await serve(answers());
    const dataset = await mnist({ source: base, cacheDir: directory, ...QUICK });
    expect([dataset.name, dataset.length]).toEqual([base, 3]);
    expect((await mnist({ source: new URL(base), split: "test", ...QUICK })).length).toBe(2);
    expect(requests).toEqual(FILES);
    expect(await readdir(directory)).toEqual([]);
  });

  test("may call the test split test", async () => {
    const { base } = await serve({
      "test-images-idx3-ubyte.gz": send(SMALL["t10k-images-idx3-ubyte.gz"]),
      "test-labels-idx1-ubyte.gz": send(SMALL["t10k-labels-idx1-ubyte.gz"]),
    });
    expect((await mnist({ source: base, split: "test", ...QUICK })).length).toBe(2);
  });

  test("is checked: the structure always, SHA-256 where given", async () => {
    const page = new TextEncoder().encode("<!doctype html>");
    const { base } = await serve(answers({ "train-images-idx3-ubyte.gz": send(page) }));
    expect(await failure(mnist({ source: base, ...QUICK }))).toMatchInlineSnapshot(
      `"DataError mnist: http://server/train-images-idx3-ubyte.gz begins with the bytes 3c 21 64 6f, which is not IDX. An IDX file begins with 00 00, its type (08, 09, 0b, 0c, 0d or 0e) and its number of axes."`,
    );
    expect(await failure(mnist({ source: base, sha256, ...QUICK }))).toMatchInlineSnapshot(
      `"DataError mnist: train-images-idx3-ubyte.gz could not be downloaded (http://server/train-images-idx3-ubyte.gz: it sent other bytes, with SHA-256 fe26c59e…, not 4adfebe9…); to work without a network, pass source: "digits" for the embedded digits, or a directory with the four IDX files."`,
    );
    expect(await failure(mnist({ source: `${base}nowhere`, split: "test", ...QUICK }))).toMatchInlineSnapshot(
      `"DataError mnist: t10k-images-idx3-ubyte.gz could not be downloaded (http://server/nowhere/t10k-images-idx3-ubyte.gz: it answered 404; http://server/nowhere/test-images-idx3-ubyte.gz: it answered 404); to work without a network, pass source: "digits" for the embedded digits, or a directory with the four IDX files."`,
    );
  });
});

describe("a directory", () => {
  test("with the 8×8 digits gives what the embedded ones give", async () => {
    const [read, embedded] = [await mnist({ source: DIGITS }), await mnist({ source: "digits" })];
    expect([read.length, read.xShape]).toEqual([1437, [1, 28, 28]]);
    expect(read.get([0, 1436]).x.dataSync()).toEqual(embedded.get([0, 1436]).x.dataSync());
  });

  test("may call the test split t10k or test, hold files that are not gzip'ed, and be a file URL", async () => {
    expect((await mnist({ source: DIGITS, split: "test" })).length).toBe(360);
    await writeFile(join(directory, "t10k-images-idx3-ubyte"), writeIdx(tensor(new Int32Array(4), [2, 1, 2])));
    await writeFile(join(directory, "t10k-labels-idx1-ubyte.gz"), SMALL["t10k-labels-idx1-ubyte.gz"]);
    const dataset = await mnist({ source: pathToFileURL(directory), split: "test" });
    expect([dataset.length, dataset.xShape]).toEqual([2, [1, 1, 2]]);
  });

  test("that is not one, or in which a file is missing, is refused", async () => {
    expect(await failure(mnist({ source: join(directory, "nothing") }))).toMatchInlineSnapshot(
      `"DataError mnist: there is no directory here/nothing. As source, pass "auto", "digits", "mnist", a URL, or a directory with the four IDX files."`,
    );
    expect(await failure(mnist({ source: directory }))).toMatchInlineSnapshot(
      `"DataError mnist: here has no file train-images-idx3-ubyte.gz or train-images-idx3-ubyte. As source, pass "auto", "digits", "mnist", a URL, or a directory with the four IDX files."`,
    );
    expect(await failure(mnist({ source: directory, split: "test" }))).toMatchInlineSnapshot(
      `"DataError mnist: here has no file t10k-images-idx3-ubyte.gz or t10k-images-idx3-ubyte or test-images-idx3-ubyte.gz or test-images-idx3-ubyte. As source, pass "auto", "digits", "mnist", a URL, or a directory with the four IDX files."`,
    );
  });

  test("whose files are cut short, foreign, or do not belong together, is refused", async () => {
    await cp(DIGITS, directory, { recursive: true });
    const put = async (name: string, bytes: Uint8Array) => {
      await writeFile(join(directory, name), bytes);
      return failure(mnist({ source: directory }));
    };
    const file = new Uint8Array(await readFile(join(directory, "train-images-idx3-ubyte.gz")));
    expect(await put("train-images-idx3-ubyte.gz", file.subarray(0, 9999))).toMatchInlineSnapshot(
      `"DataError mnist: here/train-images-idx3-ubyte.gz is gzip, but damaged or cut short. Get the whole file again."`,
    );
    expect(
      await put("train-images-idx3-ubyte.gz", new TextEncoder().encode("version https://git-lfs")),
    ).toMatchInlineSnapshot(
      `"DataError mnist: here/train-images-idx3-ubyte.gz begins with the bytes 76 65 72 73, which is not IDX. An IDX file begins with 00 00, its type (08, 09, 0b, 0c, 0d or 0e) and its number of axes."`,
    );
    expect(await put("train-images-idx3-ubyte.gz", SMALL["train-labels-idx1-ubyte.gz"])).toMatchInlineSnapshot(
      `"DataError mnist: here/train-images-idx3-ubyte.gz holds ubyte [3], but it must hold images as ubyte [N, H, W]."`,
    );
    expect(await put("train-images-idx3-ubyte.gz", SMALL["train-images-idx3-ubyte.gz"])).toMatchInlineSnapshot(
      `"ShapeError mnist: here/train-images-idx3-ubyte.gz has 3 images, but here/train-labels-idx1-ubyte.gz has 1437 labels. Use two files of one set."`,
    );
  });
});

test("options are checked", async () => {
  expect(await failure(mnist({ split: "val" as never }))).toMatchInlineSnapshot(
    `"RangeError mnist: split must be "train" or "test", got "val"."`,
  );
  expect(await failure(mnist({ source: "" }))).toMatchInlineSnapshot(
    `"TypeError mnist: source must be "auto", "digits", "mnist", a URL or a directory, got ""."`,
  );
  expect(await failure(mnist({ sources: "digits" } as never))).toMatchInlineSnapshot(
    `"TypeError mnist: unknown option sources. It takes source, split, mirrors, cacheDir, sha256, timeout, retries, retryDelay, onProgress, signal."`,
  );
  expect(await failure(mnist({ mirrors: [] }))).toMatchInlineSnapshot(
    `"RangeError mnist: mirrors is empty. Pass at least one base URL, or leave it out."`,
  );
  expect(await failure(mnist({ timeout: 0 }))).toMatchInlineSnapshot(
    `"RangeError mnist: timeout must be a positive integer, got 0."`,
  );
  expect(await failure(mnist({ retries: -1 }))).toMatchInlineSnapshot(
    `"RangeError mnist: retries must be an integer of at least 0, got -1."`,
  );
  expect(await failure(mnist({ sha256: { "train-images": "" } as never }))).toMatchInlineSnapshot(
    `"TypeError mnist: unknown option train-images. It takes train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz, t10k-labels-idx1-ubyte.gz."`,
  );
});
