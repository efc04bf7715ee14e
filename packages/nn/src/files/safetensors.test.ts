import { type DType, type Tensor, tensor } from "@conv/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FormatError, fromSafetensors, type StateDict, safetensorsMetadata, toSafetensors } from "../index.js";

/** A file as the format's page describes it: 8 bytes with the header's length, the header, the data. */
function file(header: unknown, data: readonly number[] = [], length?: bigint): Uint8Array {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const size = new Uint8Array(8);
  new DataView(size.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  return Uint8Array.of(...size, ...text, ...data);
}

const read = (header: unknown, data?: readonly number[], length?: bigint) => () =>
  fromSafetensors(file(header, data, length));

const content = (state: StateDict) =>
  Object.fromEntries(Object.entries(state).map(([name, t]) => [name, [t.dtype, t.shape, [...t.dataSync()]]]));

/** 1 and 2 as little-endian float32. */
const ONE = [0, 0, 0x80, 0x3f];
const TWO = [0, 0, 0, 0x40];
const F32 = (shape: readonly number[], start: number, end: number) => ({
  dtype: "F32",
  shape,
  data_offsets: [start, end],
});

/** Milliseconds within which a file is refused whose sizes are absurd; reading or allocating it would take longer. */
const AT_ONCE = 500;

describe("toSafetensors", () => {
  test("by hand: two numbers called a are these 72 bytes", () => {
    const header = '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}';
    expect(header).toHaveLength(54); // padded with 2 spaces to a multiple of 8
    expect([...toSafetensors({ a: tensor([1, 2]) })]).toEqual([
      ...[56, 0, 0, 0, 0, 0, 0, 0],
      ...new TextEncoder().encode(`${header}  `),
      ...ONE,
      ...TWO,
    ]);
  });

  test("by hand: metadata comes first, and elements of 8 bytes before those of 4, so that all are aligned", () => {
    const bytes = toSafetensors(
      {
        labels: tensor(Int32Array.of(-2)),
        x: tensor(Float64Array.of(1), []),
        none: tensor([], [0, 3]),
      },
      { by: "ä" },
    );
    const header =
      '{"__metadata__":{"by":"ä"},"x":{"dtype":"F64","shape":[],"data_offsets":[0,8]},' +
      '"labels":{"dtype":"I32","shape":[1],"data_offsets":[8,12]},"none":{"dtype":"F32","shape":[0,3],"data_offsets":[12,12]}}';
    const text = new TextEncoder().encode(header);
    const padded = Math.ceil(text.length / 8) * 8;
    expect([...bytes.slice(0, 8)]).toEqual([padded, 0, 0, 0, 0, 0, 0, 0]);
    expect(new TextDecoder().decode(bytes.slice(8, 8 + padded))).toBe(
      header.padEnd(header.length + padded - text.length),
    );
    expect([...bytes.slice(8 + padded)]).toEqual([0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0xfe, 0xff, 0xff, 0xff]);
  });

  test("no tensors are a header and nothing else", () => {
    const bytes = toSafetensors({});
    expect(bytes).toHaveLength(16);
    expect(fromSafetensors(bytes)).toEqual({});
    expect(safetensorsMetadata(bytes)).toEqual({});
  });
});

describe("fromSafetensors", () => {
  test("by hand: reads what another program wrote: another order of keys and tensors, no padding, metadata last", () => {
    const header =
      '{"b":{"shape":[1],"data_offsets":[4,8],"dtype":"F32"},"a":{"data_offsets":[0,4],"dtype":"F32","shape":[1,1]},' +
      '"__metadata__":{"format":"pt"}}';
    const bytes = file(header, [...ONE, ...TWO]);
    expect(content(fromSafetensors(bytes))).toEqual({ a: ["float32", [1, 1], [1]], b: ["float32", [1], [2]] });
    expect(safetensorsMetadata(bytes)).toEqual({ format: "pt" });
  });

  test("reads bytes wherever they lie in memory", () => {
    const bytes = toSafetensors({ a: tensor([1, 2]) });
    for (const offset of [1, 3, 8]) {
      const within = new Uint8Array(bytes.length + 16).fill(255);
      within.set(bytes, offset);
      const view = within.subarray(offset, offset + bytes.length);
      expect(content(fromSafetensors(view))).toEqual({ a: ["float32", [2], [1, 2]] });
    }
  });

  test("reads Node's Buffers, which share their memory", () => {
    const bytes = Buffer.from(toSafetensors({ a: tensor([1, 2]), b: tensor(Float64Array.of(3)) }));
    expect(content(fromSafetensors(bytes))).toEqual({ a: ["float32", [2], [1, 2]], b: ["float64", [1], [3]] });
  });

  test("makes copies: changing the bytes afterwards changes no tensor", () => {
    const bytes = toSafetensors({ a: tensor([1, 2]) });
    const state = fromSafetensors(bytes);
    bytes.fill(0);
    expect(content(state)).toEqual({ a: ["float32", [2], [1, 2]] });
  });

  test("gives back any names, shapes, dtypes and metadata", () => {
    const values: Record<DType, fc.Arbitrary<number>> = {
      float32: fc.float(),
      float64: fc.double(),
      int32: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    };
    const arrays = { float32: Float32Array, float64: Float64Array, int32: Int32Array };
    const anyTensor: fc.Arbitrary<Tensor> = fc
      .tuple(fc.constantFrom<DType>("float32", "float64", "int32"), fc.array(fc.nat(3), { maxLength: 3 }))
      .chain(([dtype, shape]) => {
        const size = shape.reduce((a, b) => a * b, 1);
        return fc
          .array(values[dtype], { minLength: size, maxLength: size })
          .map((given) => tensor(arrays[dtype].from(given), shape));
      });
    const name = fc.string({ unit: "grapheme" }).filter((s) => !["__metadata__", "__proto__"].includes(s));
    fc.assert(
      fc.property(
        fc.dictionary(name, anyTensor),
        fc.dictionary(name, fc.string({ unit: "grapheme" })),
        (state, meta) => {
          const bytes = toSafetensors(state, meta);
          expect(bytes.length % 4).toBe(0);
          expect(content(fromSafetensors(bytes))).toEqual(content(state));
          expect(safetensorsMetadata(bytes)).toEqual({ ...meta });
        },
      ),
      { seed: 5, numRuns: 200 },
    );
  });
});

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
  ])("a header that is %s, at once", (_, length) => {
    const started = performance.now();
    expect(read("{}", [], length)).toThrow(FormatError);
    expect(performance.now() - started).toBeLessThan(AT_ONCE);
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
  ])("a tensor of %s, at once", (_, shape, end) => {
    const started = performance.now();
    expect(read({ a: F32(shape, 0, end) }, ONE)).toThrow(FormatError);
    expect(performance.now() - started).toBeLessThan(AT_ONCE);
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

describe("names that mean something to JavaScript or to the format", () => {
  const odd = (name: string): StateDict => Object.fromEntries([[name, tensor([1])]]);

  test.each(["constructor", "toString", "0", "", "a.b", " ", "\u0000", "\ud800"])(
    "%j is a name like others",
    (name) => {
      expect(content(fromSafetensors(toSafetensors(odd(name))))).toEqual(content(odd(name)));
    },
  );

  test("__proto__ is a name like others", () => {
    expect(Object.keys(fromSafetensors(toSafetensors(odd("__proto__"))))).toEqual(["__proto__"]);
  });

  test("a tensor named __metadata__ cannot be written, and toSafetensors says so", () => {
    expect(() => toSafetensors(odd("__metadata__"))).toThrow("toSafetensors: __metadata__");
  });

  test("metadata that is no string cannot be written, and toSafetensors says so", () => {
    expect(() => toSafetensors({}, { step: 3 } as never)).toThrow("toSafetensors");
  });
});
