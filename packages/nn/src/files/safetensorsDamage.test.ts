import { tensor } from "@conv/core";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { F32, file, ONE, read, TWO } from "../../test/safetensorsFile.js";
import { FormatError, fromSafetensors, safetensorsMetadata, toSafetensors } from "../index.js";

/** A file of absurd sizes must be refused before anything of the kind is allocated. */
const MEBIBYTE = 2 ** 20;

describe("fromSafetensors refuses", () => {
  const good = toSafetensors({ a: tensor([1, 2]), b: tensor(Float64Array.of(3)) }, { by: "hand" });

  test("a file that is cut off, wherever", () => {
    for (let length = 0; length < good.length; length++) {
      expect(() => fromSafetensors(good.slice(0, length)), `${length} bytes`).toThrow(FormatError);
    }
    expect(() => fromSafetensors(good)).not.toThrow();
    expect(() => fromSafetensors(new Uint8Array(0))).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: fromSafetensors: these 0 bytes are no safetensors file, or a truncated one: there is no header.]`,
    );
    expect(() => fromSafetensors(good.slice(0, 50))).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: fromSafetensors: these 50 bytes are no safetensors file, or a truncated one: the header should have 144 bytes.]`,
    );
    expect(() => fromSafetensors(good.slice(0, -1))).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: fromSafetensors: a [2] F32 needs 8 bytes, but has bytes 8 to 16 of 15. The file is truncated or damaged.]`,
    );
  });

  test("bytes after the last tensor", () => {
    expect(() => fromSafetensors(Uint8Array.of(...good, 0))).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: fromSafetensors: the tensors end at byte 16 of the data, which has 17.]`,
    );
  });

  test.each([
    ["longer than the file", 1000n],
    ["longer than any header", 100_000_001n],
    ["beyond 2⁵³", 2n ** 53n + 1n],
    ["beyond all", 2n ** 64n - 1n],
    ["empty", 0n],
    ["of one byte", 1n],
  ])("a header that is %s, without memory for it", (_, length) => {
    const { arrayBuffers } = process.memoryUsage();
    expect(read("{}", [], length)).toThrow(FormatError);
    expect(process.memoryUsage().arrayBuffers - arrayBuffers).toBeLessThan(MEBIBYTE);
  });

  test.each([
    ["is cut off", '{"a":'],
    ["is no JSON", "PK\u0003\u0004"],
    ["ends in more than spaces", "{}x"],
    ["is a list", "[]"],
    ["is null", "null"],
    ["is a number", "12"],
  ])("a header that %s", (_, header) => {
    expect(read(header)).toThrow(FormatError);
  });

  test("a header that is no JSON object, and says so", () => {
    expect(read("<!DOCTYPE html><html>not found</html>")).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: fromSafetensors: the header is no JSON; it starts with "<!DOCTYPE html><html".]`,
    );
    expect(read("[1, 2]")).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: fromSafetensors: the header is no JSON object.]`,
    );
  });

  test.each([
    ["a number", { step: 3 }],
    ["an object", { a: {} }],
    ["null", { a: null }],
  ])("metadata that holds %s", (_, metadata) => {
    expect(read({ __metadata__: metadata })).toThrow(FormatError);
    expect(() => safetensorsMetadata(file({ __metadata__: metadata }))).toThrow(FormatError);
  });

  test("metadata that is no object of strings, and says so", () => {
    expect(read({ __metadata__: { step: 3 } })).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: fromSafetensors: __metadata__ must hold strings only.]`,
    );
    expect(read({ __metadata__: ["a"] })).toThrow(FormatError);
    expect(read({ __metadata__: "a" })).toThrow(FormatError);
  });

  test("dtypes that it cannot read, and says which it can", () => {
    const entry = (dtype: unknown) => ({ a: { dtype, shape: [1], data_offsets: [0, 4] } });
    expect(read(entry("INT4"), ONE)).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: fromSafetensors: a has dtype INT4, which is none of BOOL, U8, I8, U16, I16, I32, U32, I64, U64, F8_E5M2, F8_E4M3, F8_E5M2FNUZ, F8_E4M3FNUZ, F8_E8M0, F16, BF16, F32, F64.]`,
    );
    expect(read(entry("F4"), ONE)).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: fromSafetensors: a has dtype F4, which cannot be read: its elements are parts of bytes, codes that other tensors scale. Convert it before saving.]`,
    );
    expect(read(entry("C64"), ONE)).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: fromSafetensors: a has dtype C64, which cannot be read: there are no complex numbers here. Convert it before saving.]`,
    );
    expect(read(entry("F6_E2M3"), ONE)).toThrow("F6_E2M3");
    expect(read(entry("F6_E3M2"), ONE)).toThrow("F6_E3M2");
    for (const dtype of ["f32", "", "toString", "__proto__", 32, null, undefined, {}]) {
      expect(read(entry(dtype), ONE), String(dtype)).toThrow(FormatError);
    }
  });

  test.each([
    ["no object", 5],
    ["null", null],
    ["without a shape", { dtype: "F32", data_offsets: [0, 4] }],
    ["without offsets", { dtype: "F32", shape: [1] }],
    ["with one offset", { dtype: "F32", shape: [1], data_offsets: [0] }],
    ["with three offsets", { dtype: "F32", shape: [1], data_offsets: [0, 4, 4] }],
    ["with a negative offset", { dtype: "F32", shape: [2], data_offsets: [-4, 4] }],
    ["with a negative axis", { dtype: "F32", shape: [-1, -1], data_offsets: [0, 4] }],
    ["with an axis that is text", { dtype: "F32", shape: ["1"], data_offsets: [0, 4] }],
    ["without a dtype", { shape: [1], data_offsets: [0, 4] }],
    ["a list", ["F32", [1], [0, 4]]],
    ["with a fractional axis", { dtype: "F32", shape: [0.5, 2], data_offsets: [0, 4] }],
    ["with a shape that is text", { dtype: "F32", shape: "1", data_offsets: [0, 4] }],
    ["with offsets the wrong way round", { dtype: "F32", shape: [1], data_offsets: [4, 0] }],
    ["with too few bytes", { dtype: "F32", shape: [2], data_offsets: [0, 4] }],
    ["with too many bytes", { dtype: "F64", shape: [0], data_offsets: [0, 4] }],
    ["with bytes beyond the end", { dtype: "F32", shape: [2], data_offsets: [0, 8] }],
  ])("an entry that is %s", (_, entry) => {
    expect(read({ a: entry }, ONE)).toThrow(FormatError);
    expect(read({ a: F32([1], 0, 4) }, ONE)).not.toThrow();
  });

  test("an entry without a shape, or with the wrong size, and says which", () => {
    expect(read({ "fc.weight": { dtype: "F32" } })).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: fromSafetensors: the header's entry for fc.weight lacks a dtype, shape or data_offsets.]`,
    );
    expect(read({ "fc.weight": F32([3], 0, 8) }, [...ONE, ...TWO])).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: fromSafetensors: fc.weight [3] F32 needs 12 bytes, but has bytes 0 to 8 of 8. The file is truncated or damaged.]`,
    );
  });

  test("an entry with more than the format has, which might change what the elements mean", () => {
    expect(read({ a: { ...F32([1], 0, 4), strides: [2] } }, ONE)).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: fromSafetensors: the header's entry for a has strides, which is unknown here and may change what the elements mean.]`,
    );
    expect(read('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"__proto__":{}}}', ONE)).toThrow("__proto__");
  });

  test("an axis of −0", () => {
    expect(read('{"a":{"dtype":"F32","shape":[-0],"data_offsets":[0,0]}}')).toThrow(FormatError);
  });

  test("names that stand twice, however they are written", () => {
    const a = '{"dtype":"F32","shape":[1],"data_offsets":[0,4]}';
    expect(read(`{"a":${a},"a":${a}}`, ONE)).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: fromSafetensors: the header has "a" twice.]`,
    );
    expect(read(`{"a":${a},"\\u0061" : ${a}}`, ONE)).toThrow('"a" twice');
    expect(read(`{"a\\"":${a},"a\\"":${a}}`, ONE)).toThrow("twice");
    expect(read(`{"__proto__":${a},"__proto__":${a}}`, ONE)).toThrow("twice");
    expect(read(`{"__metadata__":{},"__metadata__":{},"a":${a}}`, ONE)).toThrow('"__metadata__" twice');
    expect(read(`{"__metadata__":{"by":"x","by":"y"},"a":${a}}`, ONE)).toThrow('"by" twice');
    expect(read('{"a":{"dtype":"F64","dtype":"F32","shape":[1],"data_offsets":[0,4]}}', ONE)).toThrow('"dtype" twice');
  });

  test("no names that stand in different places, or as text: neither is twice", () => {
    const metadata = '{"a":"a","dtype":"a","__metadata__":"\\"a\\":","b":"a"}';
    const entry = (start: number) => `{"dtype":"F32","shape":[1],"data_offsets":[${start},${start + 4}]}`;
    const header = `{"__metadata__":${metadata},"a":${entry(0)},"dtype":${entry(4)}}`;
    expect(Object.keys(fromSafetensors(file(header, [...ONE, ...TWO])))).toEqual(["a", "dtype"]);
  });

  test("half a character in a name, which no UTF-8 can hold", () => {
    expect(
      read('{"\\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', ONE),
    ).toThrowErrorMatchingInlineSnapshot(`[FormatError: fromSafetensors: "\\ud800" is no Unicode text.]`);
  });

  test("a BOOL that is neither 0 nor 1", () => {
    const entry = { dtype: "BOOL", shape: [3], data_offsets: [0, 3] };
    expect(read({ mask: entry }, [1, 0, 2])).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: fromSafetensors: mask is BOOL, but holds 2. The file is damaged.]`,
    );
    expect(read({ mask: entry }, [1, 0, 1])).not.toThrow();
  });

  test("what is no Uint8Array, with another error", () => {
    expect(() => fromSafetensors(good.buffer as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: fromSafetensors: the file must be a Uint8Array, got an object. Pass new Uint8Array(bytes).]`,
    );
    expect(() => fromSafetensors("{}" as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: fromSafetensors: the file must be a Uint8Array, got "{}".]`,
    );
    expect(() => safetensorsMetadata(undefined as never)).toThrow(TypeError);
  });

  test("tensors that overlap", () => {
    const data = [...ONE, ...TWO];
    expect(read({ a: F32([2], 0, 8), b: F32([1], 4, 8) }, data)).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: fromSafetensors: b starts at byte 4 of the data, but the tensor before it ends at 8.]`,
    );
    expect(read({ a: F32([2], 0, 8), b: F32([2], 0, 8) }, data)).toThrow(FormatError);
  });

  test("gaps before, between and after tensors", () => {
    const data = [...ONE, ...TWO, ...ONE];
    expect(read({ a: F32([1], 0, 4), b: F32([1], 8, 12) }, data)).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: fromSafetensors: b starts at byte 8 of the data, but the tensor before it ends at 4.]`,
    );
    expect(read({ a: F32([2], 4, 12) }, data)).toThrow(FormatError);
    expect(read({ a: F32([2], 0, 8) }, data)).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: fromSafetensors: the tensors end at byte 8 of the data, which has 12.]`,
    );
    expect(read({}, data)).toThrow(FormatError);
  });

  test.each([
    ["2⁵⁰ elements", [2 ** 50], 2 ** 52],
    ["2⁵⁰ elements on two axes", [2 ** 25, 2 ** 25], 2 ** 52],
    ["more elements than can be counted", [2 ** 53 - 1, 2 ** 53 - 1], 4],
    ["infinitely many elements", new Array(40).fill(2 ** 52), 4],
    ["a product that wraps around to 1 in 64 bits", [2 ** 32 + 1, 2 ** 32 - 1], 4],
  ])("a tensor of %s, without memory for it", (_, shape, end) => {
    const { arrayBuffers } = process.memoryUsage();
    expect(read({ a: F32(shape, 0, end) }, ONE)).toThrow(FormatError);
    expect(process.memoryUsage().arrayBuffers - arrayBuffers).toBeLessThan(MEBIBYTE);
  });

  test("empty tensors whose other axes are more than can be counted, as the reference implementation does", () => {
    const axes = new Array(40).fill(2 ** 53 - 1);
    expect(read({ a: F32([...axes, 0], 0, 0) })).toThrow(FormatError);
    expect(read({ a: F32([2 ** 52, 2 ** 52, 0], 0, 0) })).toThrow(FormatError);
    expect(fromSafetensors(file({ a: F32([0, ...axes], 0, 0) })).a.size).toBe(0);
  });

  test("tensors of very many axes, at once", () => {
    const axes = (n: number) => read({ a: F32(new Array(n).fill(1), 0, 4) }, ONE);
    expect(axes(64)).not.toThrow();
    expect(axes(65)).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: fromSafetensors: a has 65 axes; more than 64 cannot be read.]`,
    );
    const start = performance.now();
    expect(axes(50_000)).toThrow(FormatError);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  test("a header nested too deep for a parser", () => {
    expect(read(`{"a":${"[".repeat(100_000)}`)).toThrow(FormatError);
  });

  test("JSON that nests deeper than a header, before it is parsed; brackets in names nest nothing", () => {
    const parse = vi.spyOn(JSON, "parse");
    expect(read(`{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`)).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: fromSafetensors: the header nests deeper than entries and their lists.]`,
    );
    expect(parse).not.toHaveBeenCalled();
    parse.mockRestore();
    expect(read({ '\\[{"[{[': F32([1], 0, 4) }, ONE)).not.toThrow();
  });

  /** Reads the bytes: damage is a FormatError, and memory is not taken. */
  function expectSafe(bytes: Uint8Array): void {
    const { arrayBuffers } = process.memoryUsage();
    try {
      fromSafetensors(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(FormatError);
    }
    expect(process.memoryUsage().arrayBuffers - arrayBuffers).toBeLessThan(MEBIBYTE);
  }

  test("any other damage to a byte too, or reads it: never with another error", () => {
    for (let at = 0; at < good.length; at++) {
      for (const byte of [0, 1, 0x20, 0x22, 0x2c, 0x2d, 0x30, 0x39, 0x5b, 0x65, 0x7d, 0x7f, 0x80, 0xff]) {
        const bytes = good.slice();
        bytes[at] = byte;
        expectSafe(bytes);
      }
    }
  });

  test("any header of the right words in the wrong places, or reads it: never with another error", () => {
    const size = fc.oneof(fc.integer({ min: -1, max: 5 }), fc.constantFrom(8, 0.5, 2 ** 31, 2 ** 53, 1e308, null, "1"));
    const sizes = fc.oneof(fc.array(size, { maxLength: 4 }), size);
    const dtype = fc.constantFrom("BOOL", "U8", "I64", "F8_E4M3", "BF16", "F32", "F4", "x", "__proto__", 5, null);
    const entry = fc.oneof(
      fc.record({ dtype, shape: sizes, data_offsets: fc.oneof(fc.tuple(size, size), sizes) }),
      fc.record({ dtype, shape: sizes, data_offsets: sizes, more: fc.anything() }, { requiredKeys: [] }),
      fc.jsonValue(),
    );
    const name = fc.constantFrom("a", "b", "", "__metadata__", "__proto__", "constructor", "toString", "0");
    fc.assert(
      fc.property(
        fc.array(fc.tuple(name, entry), { maxLength: 3 }),
        fc.uint8Array({ maxLength: 16 }),
        (fields, data) => {
          const header = fields.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value) ?? null}`).join();
          expectSafe(file(`{${header}}`, [...data]));
        },
      ),
      { seed: 7, numRuns: 3000 },
    );
    expect(Object.hasOwn(Object.prototype, "dtype")).toBe(false);
  });

  test("names that are no UTF-8", () => {
    const bytes = file({ x: F32([1], 0, 4) }, ONE);
    bytes[8 + 2] = 0xff;
    expect(() => fromSafetensors(bytes)).toThrow(FormatError);
  });

  test("a header that does not start with {, as the format demands", () => {
    expect(read(" {}")).toThrow(FormatError);
  });
});
