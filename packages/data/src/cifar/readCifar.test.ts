import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { readCifar10, readCifar100 } from "./readCifar.js";

/** A row: labels, then 1024 bytes of red, of green and of blue. */
const row = (labels: number[], red: number, green: number, blue: number) =>
  Uint8Array.of(...labels, ...[red, green, blue].flatMap((value) => new Array<number>(1024).fill(value)));
const rows = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));

test("by hand: two images, plane by plane", () => {
  const first = row([9], 255, 0, 51);
  first[1] = 102; // the first red pixel
  const { x, y } = readCifar10(rows(first, row([0], 0, 0, 255)));
  expect([x.shape, y.dataSync()]).toEqual([[2, 3, 32, 32], Int32Array.of(9, 0)]);
  const values = x.dataSync();
  const at = [0, 1, 1023, 1024, 2048, 3072, 3 * 1024 + 2048];
  expect(at.map((i) => values[i])).toEqual([0.4, 1, 1, 0, 0.2, 0, 1].map(Math.fround));
});

test("CIFAR-100 has two labels", () => {
  const bytes = rows(row([19, 99], 0, 0, 0), row([3, 20], 255, 255, 255));
  expect(readCifar100(bytes).y.dataSync()).toEqual(Int32Array.of(99, 20));
  const { x, y } = readCifar100(bytes, { labels: "coarse" });
  expect([y.dataSync(), x.dataSync()[3071], x.dataSync()[3072]]).toEqual([Int32Array.of(19, 3), 0, 1]);
});

test("what is something else is refused", () => {
  const good = row([1], 1, 2, 3);
  expect(() => readCifar10(good.subarray(0, 3000))).toThrowErrorMatchingInlineSnapshot(
    `[DataError: readCifar10: the input has 3000 bytes, but a file has some rows of 3073. Get the whole file again.]`,
  );
  expect(() => readCifar10(new Uint8Array(0))).toThrowErrorMatchingInlineSnapshot(
    `[DataError: readCifar10: the input has 0 bytes, but a file has some rows of 3073. Get the whole file again.]`,
  );
  expect(() => readCifar10(row([1, 2], 1, 2, 3))).toThrowErrorMatchingInlineSnapshot(
    `[DataError: readCifar10: the input has 3074 bytes, but a file has some rows of 3073. Did you mean readCifar100?]`,
  );
  expect(() => readCifar100(good)).toThrowErrorMatchingInlineSnapshot(
    `[DataError: readCifar100: the input has 3073 bytes, but a file has some rows of 3074. Did you mean readCifar10?]`,
  );
  expect(() => readCifar10(rows(good, row([10], 0, 0, 0)))).toThrowErrorMatchingInlineSnapshot(
    `[DataError: readCifar10: the input has the label 10 in row 1, but labels are 0 to 9. It is damaged, or another file.]`,
  );
  expect(() => readCifar100(row([20, 3], 0, 0, 0))).toThrowErrorMatchingInlineSnapshot(
    `[DataError: readCifar100: the input has the label 20 in row 0, but labels are 0 to 19. It is damaged, or another file.]`,
  );
  expect(() => readCifar10(new Uint8Array(gzipSync(good)))).toThrowErrorMatchingInlineSnapshot(
    `[DataError: readCifar10: the input is gzip'ed. Unpack it, or read it with cifar10({ source }) or cifar100({ source }).]`,
  );
  expect(() => readCifar10(Uint8Array.of(0x80, 2, 0x7d, 0x71))).toThrowErrorMatchingInlineSnapshot(
    `[DataError: readCifar10: the input is a pickle, of the Python version. Take the binary version, cifar-10-binary.tar.gz.]`,
  );
  expect(() => readCifar10([1, 2] as never)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: readCifar10: the input must be a Uint8Array, got [1, 2]. Use new Uint8Array(buffer).]`,
  );
  expect(() => readCifar100(row([1, 2], 0, 0, 0), { labels: "super" as never })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: readCifar100: labels must be one of "fine", "coarse", got "super".]`,
  );
});
