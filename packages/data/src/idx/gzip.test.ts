import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { gunzip } from "./gzip.js";

const packed = new Uint8Array(gzipSync(Uint8Array.of(1, 2, 3)));

test("gunzip undoes gzip", async () => {
  expect(await gunzip(packed)).toEqual(Uint8Array.of(1, 2, 3));
});

test("a view into the middle of a buffer is unpacked, not the buffer", async () => {
  expect(await gunzip(Uint8Array.of(9, 9, ...packed, 9).subarray(2, 2 + packed.length))).toEqual(
    Uint8Array.of(1, 2, 3),
  );
});

test("what is not gzip, damaged or cut short is refused", async () => {
  await expect(gunzip(Uint8Array.of(1, 2, 3))).rejects.toThrowErrorMatchingInlineSnapshot(
    `[DataError: gunzip: the input is not gzip: it does not begin with the bytes 1f 8b. Use it as it is.]`,
  );
  await expect(gunzip(packed.subarray(0, -1))).rejects.toThrowErrorMatchingInlineSnapshot(
    `[DataError: gunzip: the input is gzip, but damaged or cut short. Get the whole file again.]`,
  );
  const damaged = packed.with(packed.length - 6, packed[packed.length - 6] ^ 1);
  await expect(gunzip(damaged)).rejects.toThrowErrorMatchingInlineSnapshot(
    `[DataError: gunzip: the input is gzip, but damaged or cut short. Get the whole file again.]`,
  );
});
