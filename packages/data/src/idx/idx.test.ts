import { tensor } from "@conv/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DataError } from "../errors.js";
import { readIdx, writeIdx } from "./idx.js";

const bytes = (...values: number[]) => Uint8Array.from(values);

describe("by hand", () => {
  test("two labels: the magic number, one axis of length 2, two bytes", () => {
    const y = readIdx(bytes(0, 0, 8, 1, 0, 0, 0, 2, 7, 255));
    expect(y.shape).toEqual([2]);
    expect(y.dataSync()).toEqual(Int32Array.of(7, 255));
  });

  test("an image of 1×2×3 bytes", () => {
    const x = readIdx(bytes(0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6));
    expect(x.shape).toEqual([1, 2, 3]);
    expect(x.dataSync()).toEqual(Int32Array.of(1, 2, 3, 4, 5, 6));
  });

  test.each([
    ["sbyte", bytes(0, 0, 0x09, 1, 0, 0, 0, 2, 0xff, 0x7f), Int32Array.of(-1, 127)],
    ["short", bytes(0, 0, 0x0b, 1, 0, 0, 0, 2, 0x01, 0x02, 0xff, 0xfe), Int32Array.of(258, -2)],
    ["int", bytes(0, 0, 0x0c, 1, 0, 0, 0, 1, 0x80, 0, 0, 1), Int32Array.of(-(2 ** 31) + 1)],
    ["float", bytes(0, 0, 0x0d, 1, 0, 0, 0, 1, 0xbf, 0xc0, 0, 0), Float32Array.of(-1.5)],
    ["double", bytes(0, 0, 0x0e, 1, 0, 0, 0, 1, 0xbf, 0xf8, 0, 0, 0, 0, 0, 0), Float64Array.of(-1.5)],
  ])("elements of type %s are big-endian", (_, file, values) => {
    expect(readIdx(file).dataSync()).toEqual(values);
  });

  test("a view into the middle of a buffer is read, not the buffer", () => {
    const inside = bytes(9, 9, 9, 0, 0, 8, 1, 0, 0, 0, 1, 5, 9).subarray(3, 12);
    expect(readIdx(inside).dataSync()).toEqual(Int32Array.of(5));
  });

  test("writeIdx takes bytes for small integers, 32 bits for others", () => {
    expect(writeIdx(tensor(Int32Array.of(7, 255)))).toEqual(bytes(0, 0, 8, 1, 0, 0, 0, 2, 7, 255));
    expect(writeIdx(tensor(Int32Array.of(256)))).toEqual(bytes(0, 0, 0x0c, 1, 0, 0, 0, 1, 0, 0, 1, 0));
    expect(writeIdx(tensor(Int32Array.of(-1)))).toEqual(bytes(0, 0, 0x0c, 1, 0, 0, 0, 1, 255, 255, 255, 255));
    expect(writeIdx(tensor([1.5]))).toEqual(bytes(0, 0, 0x0d, 1, 0, 0, 0, 1, 0x3f, 0xc0, 0, 0));
  });
});

describe("for any tensor", () => {
  const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });
  const sizeOf = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1);
  const arrayOf = <T extends Int32Array | Float32Array | Float64Array>(make: (size: number) => fc.Arbitrary<T>) =>
    shapes.chain((shape) => make(sizeOf(shape)).map((values) => tensor(values, shape)));
  const exactly = (size: number) => ({ minLength: size, maxLength: size });
  const tensors = fc.oneof(
    arrayOf((size) => fc.int32Array(exactly(size))),
    arrayOf((size) => fc.int32Array({ ...exactly(size), min: 0, max: 255 })),
    arrayOf((size) => fc.float32Array(exactly(size))),
    arrayOf((size) => fc.float64Array(exactly(size))),
  );

  test("readIdx ∘ writeIdx is the identity", () => {
    fc.assert(
      fc.property(tensors, (x) => {
        const y = readIdx(writeIdx(x));
        expect([y.shape, y.dtype, y.dataSync()]).toEqual([x.shape, x.dtype, x.dataSync()]);
      }),
    );
  });

  test("a file with its end missing, or with more after it, is refused", () => {
    fc.assert(
      fc.property(tensors, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 9 }), (x, cut, more) => {
        const file = writeIdx(x);
        expect(() => readIdx(file.subarray(0, cut % file.length))).toThrow("readIdx: the input");
        expect(() => readIdx(Uint8Array.of(...file, ...more))).toThrow("goes on after its end");
      }),
    );
  });

  test("any bytes are read or refused in a sentence", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (junk) => {
        try {
          readIdx(junk);
        } catch (error) {
          expect((error as Error).name).toBe("DataError");
        }
      }),
    );
  });
});

test("no elements are no elements, however long the other axes are", () => {
  const most = Array.from({ length: 60 }, () => [255, 255, 255, 255]).flat();
  expect(readIdx(bytes(0, 0, 13, 3, ...most.slice(0, 8), 0, 0, 0, 0)).shape).toEqual([2 ** 32 - 1, 2 ** 32 - 1, 0]);
  expect(() => readIdx(bytes(0, 0, 13, 61, ...most, 0, 0, 0, 0, 1, 2, 3, 4))).toThrow("goes on after its end");
});

describe("errors", () => {
  const notIdx = "An IDX file begins with 00 00, its type (08, 09, 0b, 0c, 0d or 0e) and its number of axes.";

  test.each([
    ["nothing", bytes(), "has 0 bytes, but IDX begins with a header of at least 4. Get the whole file again."],
    [
      "a web page",
      new TextEncoder().encode("<!doctype>"),
      `begins with the bytes 3c 21 64 6f, which is not IDX. ${notIdx}`,
    ],
    [
      "an unknown type",
      bytes(0, 0, 10, 1, 0, 0, 0, 0),
      `begins with the bytes 00 00 0a 01, which is not IDX. ${notIdx}`,
    ],
    ["gzip", bytes(0x1f, 0x8b, 8, 0), "is gzip'ed. Unpack it first: await gunzip(bytes)."],
    [
      "a cut header",
      bytes(0, 0, 8, 3, 0, 0, 0, 1),
      "has 8 bytes, but the header of 3 axes alone takes 16. Get the whole file again.",
    ],
    [
      "a cut file",
      bytes(0, 0, 8, 1, 0, 0, 0, 5, 1, 2),
      "is cut short: ubyte [5] takes 13 bytes, got 10. Get the whole file again.",
    ],
    [
      "trailing bytes",
      bytes(0, 0, 8, 1, 0, 0, 0, 1, 1, 2),
      "goes on after its end: ubyte [1] takes 9 bytes, got 10. Remove what follows.",
    ],
    [
      "absurd lengths",
      bytes(0, 0, 14, 2, 0, 1, 0, 0, 0, 1, 0, 0, 0),
      "is cut short: double [65536, 65536] takes 34359738380 bytes, got 13. Get the whole file again.",
    ],
  ])("%s", (_, file, message) => {
    expect(() => readIdx(file)).toThrow(new DataError(`readIdx: the input ${message}`));
  });

  test("arguments of another type", () => {
    expect(() => readIdx(new ArrayBuffer(8) as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: readIdx: bytes must be a Uint8Array, got an object. Use new Uint8Array(buffer).]`,
    );
    expect(() => writeIdx([1, 2] as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: writeIdx: x must be a Tensor, got [1, 2]. Use tensor(values).]`,
    );
  });
});
