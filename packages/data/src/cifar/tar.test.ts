import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isTar, readTar } from "./tar.js";

const ascii = (text: string) => new TextEncoder().encode(text);

/** The header of a file and its contents, filled up to 512 bytes, put together by hand. */
function entry(
  name: string,
  contents: Uint8Array,
  type = "0",
  size = contents.length.toString(8).padStart(11, "0"),
): Uint8Array {
  const bytes = new Uint8Array(512 + 512 * Math.ceil(contents.length / 512));
  const put = (at: number, text: string) => bytes.set(ascii(text), at);
  put(0, name);
  put(124, size);
  put(156, type);
  put(257, "ustar");
  put(148, "        ");
  const sum = bytes.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  put(148, `${sum.toString(8).padStart(6, "0")}\0 `);
  bytes.set(contents, 512);
  return bytes;
}
const archive = (...parts: Uint8Array[]) =>
  Uint8Array.from([...parts, new Uint8Array(1024)].flatMap((part) => [...part]));

test("by hand: two files and a directory", () => {
  const tar = archive(
    entry("d", ascii(""), "5"),
    entry("d/a", ascii("hello")),
    entry("d/b", new Uint8Array(513).fill(7)),
  );
  const files = readTar(tar, "it");
  expect([...files.keys()]).toEqual(["d/a", "d/b"]);
  expect(files.get("d/a")).toEqual(ascii("hello"));
  expect(files.get("d/b")).toEqual(new Uint8Array(513).fill(7));
});

test("what tar writes is read: short names and names that need a prefix", async () => {
  const directory = await mkdtemp(join(tmpdir(), "conv-tar-"));
  const long = ["x".repeat(80), "y".repeat(60)].join("/");
  await mkdir(join(directory, "x".repeat(80)));
  await writeFile(join(directory, "a.bin"), Uint8Array.of(1, 2, 3));
  await writeFile(join(directory, long), Uint8Array.of(4));
  const tar = execFileSync("tar", ["--format=ustar", "-C", directory, "-cf", "-", "a.bin", "x".repeat(80)]);
  await rm(directory, { recursive: true });
  const files = readTar(tar, "it");
  expect([...(files.get("a.bin") ?? [])]).toEqual([1, 2, 3]);
  expect([...(files.get(long) ?? [])]).toEqual([4]);
});

test("isTar looks at the checksum", () => {
  const tar = entry("a", ascii("b"));
  expect([isTar(tar), isTar(tar.map((byte, i) => (i === 5 ? 1 : byte))), isTar(tar.subarray(0, 100))]).toEqual([
    true,
    false,
    false,
  ]);
  expect(isTar(new Uint8Array(3073))).toBe(false);
});

test("errors", () => {
  const [a, b] = [entry("a", ascii("hello")), entry("b", ascii("you"))];
  expect(() => readTar(ascii("no tar".repeat(100)), "it")).toThrowErrorMatchingInlineSnapshot(
    `[DataError: it is no tar archive. Get the whole file again.]`,
  );
  expect(() => readTar(new Uint8Array(0), "it")).toThrowErrorMatchingInlineSnapshot(
    `[DataError: it is no tar archive, or an empty one. Get the whole file again.]`,
  );
  expect(() => readTar(a.subarray(0, 514), "it")).toThrowErrorMatchingInlineSnapshot(
    `[DataError: it is cut short: a ends at byte 517, but there are 514. Get the whole file again.]`,
  );
  expect(() =>
    readTar(
      archive(
        a,
        b.map((byte, i) => (i === 1 ? 9 : byte)),
      ),
      "it",
    ),
  ).toThrowErrorMatchingInlineSnapshot(
    `[DataError: it is damaged: the header at byte 1024 has a wrong checksum. Get the whole file again.]`,
  );
});

test.each(["-1000", "           ", "9", "\x80", "0x200"])(
  "a length of %j, under a right checksum, is damage",
  (size) => {
    // A length of −512 would lead back to the same header again and again.
    const tar = archive(entry("a", new Uint8Array(0), "0", size));
    expect(() => readTar(tar, "it")).toThrow(
      "it is damaged: the header at byte 0 gives no length of its file. Get the whole file again.",
    );
  },
);
