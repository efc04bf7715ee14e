import { type DType, type Tensor, tensor } from "@conv/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { content, file, ONE, TWO } from "../../test/safetensorsFile.js";
import { fromSafetensors, type StateDict, safetensorsMetadata, toSafetensors } from "../index.js";

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
