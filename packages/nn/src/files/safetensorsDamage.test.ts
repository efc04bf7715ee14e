import { tensor } from "@conv/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
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
    expect(read(entry("BF16"), ONE)).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: fromSafetensors: a has dtype BF16; F32, F64 and I32 can be read.]`,
    );
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
      `[FormatError: fromSafetensors: the header's entry for fc.weight lacks a shape or data_offsets.]`,
    );
    expect(read({ "fc.weight": F32([3], 0, 8) }, [...ONE, ...TWO])).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: fromSafetensors: fc.weight [3] F32 needs 12 bytes, but has bytes 0 to 8 of 8. The file is truncated or damaged.]`,
    );
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

  test("a header nested too deep for a parser", () => {
    expect(read(`{"a":${"[".repeat(100_000)}`)).toThrow(FormatError);
  });

  test("any other damage too, or reads it: never with another error", () => {
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), (at, byte) => {
        const bytes = good.slice();
        bytes[at] = byte;
        try {
          fromSafetensors(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }),
      { seed: 6, numRuns: 2000 },
    );
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
