import { BackendError, cpu, type Device, type DType, type Tensor, tensor } from "@conv/core";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { content, file, ONE, TWO } from "../../test/safetensorsFile.js";
import {
  fromSafetensors,
  type SafetensorsDType,
  type StateDict,
  safetensorsMetadata,
  stateToCpu,
  toSafetensors,
} from "../index.js";

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
      '"none":{"dtype":"F32","shape":[0,3],"data_offsets":[8,8]},"labels":{"dtype":"I32","shape":[1],"data_offsets":[8,12]}}';
    const text = new TextEncoder().encode(header);
    const padded = Math.ceil(text.length / 8) * 8;
    expect([...bytes.slice(0, 8)]).toEqual([padded, 0, 0, 0, 0, 0, 0, 0]);
    expect(new TextDecoder().decode(bytes.slice(8, 8 + padded))).toBe(
      header.padEnd(header.length + padded - text.length),
    );
    expect([...bytes.slice(8 + padded)]).toEqual([0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0xfe, 0xff, 0xff, 0xff]);
  });

  test("by hand: one, in half the size and in a quarter more of it", () => {
    const state = { a: tensor([1]), n: tensor(Int32Array.of(-2)) };
    const written = (dtype: SafetensorsDType) => {
      const bytes = toSafetensors(state, {}, { dtype });
      const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + bytes[0])));
      return [header.a.dtype, header.n.dtype, [...bytes.subarray(8 + bytes[0])]];
    };
    const two = [0xfe, 0xff, 0xff, 0xff];
    expect(written("F16")).toEqual(["F16", "I32", [...two, 0x00, 0x3c]]);
    expect(written("BF16")).toEqual(["BF16", "I32", [...two, 0x80, 0x3f]]);
    expect(written("F32")).toEqual(["F32", "I32", [...ONE, ...two]]);
    expect(written("F64")).toEqual(["F64", "I32", [0, 0, 0, 0, 0, 0, 0xf0, 0x3f, ...two]]);
    expect(written("I64")).toEqual(["F32", "I64", [...two, 0xff, 0xff, 0xff, 0xff, ...ONE]]);
  });

  test("a function decides for each tensor", () => {
    const state = { a: tensor([1.0001]), b: tensor([1.0001]), n: tensor(Int32Array.of(7)) };
    const bytes = toSafetensors(state, {}, { dtype: (name, { dtype }) => (name === "a" && dtype ? "F16" : undefined) });
    expect(content(fromSafetensors(bytes))).toEqual({ ...content(state), a: ["float32", [1], [1]] });
  });

  test("refuses dtypes that the format lacks, or that would make integers of numbers", () => {
    const state = { a: tensor([1]) };
    expect(() => toSafetensors(state, {}, { dtype: "float16" as never })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: toSafetensors: dtype must be one of F16, BF16, I32, F32, F64, I64, got "float16".]`,
    );
    expect(() => toSafetensors(state, {}, { dtype: () => "I64" })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: toSafetensors: a is float32 and cannot be written as I64. Use cast before.]`,
    );
    expect(() => toSafetensors(state, {}, { dtypes: "F16" } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: toSafetensors: unknown option dtypes. It takes dtype.]`,
    );
    expect(() => toSafetensors({ a: [1] } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: toSafetensors: a must be a tensor, got [1]. Make a tensor with tensor(values, shape).]`,
    );
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

  test("reads memory that threads share, which a browser's TextDecoder refuses", () => {
    const bytes = toSafetensors({ a: tensor([1, 2]) }, { by: "hand" });
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length + 3), 3);
    shared.set(bytes);
    const { decode } = TextDecoder.prototype;
    const browsers = vi.spyOn(TextDecoder.prototype, "decode").mockImplementation(function (
      this: InstanceType<typeof TextDecoder>,
      view,
    ) {
      if (ArrayBuffer.isView(view) && view.buffer instanceof SharedArrayBuffer) throw new TypeError("shared");
      return decode.call(this, view);
    });
    try {
      expect([...fromSafetensors(shared).a.dataSync()]).toEqual([1, 2]);
      expect(safetensorsMetadata(shared)).toEqual({ by: "hand" });
    } finally {
      browsers.mockRestore();
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

  test("by hand: integers of 64 bits become int32 if all are that small, else float64", () => {
    const read = (dtype: string, ...values: bigint[]) => {
      const array = dtype === "I64" ? BigInt64Array.from(values) : BigUint64Array.from(values);
      const header = { a: { dtype, shape: [values.length], data_offsets: [0, 8 * values.length] } };
      return content(fromSafetensors(file(header, [...new Uint8Array(array.buffer)]))).a;
    };
    expect(read("I64", 5n, -(2n ** 31n), 2n ** 31n - 1n)).toEqual(["int32", [3], [5, -(2 ** 31), 2 ** 31 - 1]]);
    expect(read("I64", 5n, 2n ** 31n)).toEqual(["float64", [2], [5, 2 ** 31]]);
    expect(read("I64", -(2n ** 53n))).toEqual(["float64", [1], [-(2 ** 53)]]);
    expect(read("U64", 2n ** 53n)).toEqual(["float64", [1], [2 ** 53]]);
    expect(() => read("I64", 5n, -(2n ** 53n) - 1n)).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: fromSafetensors: a holds -9007199254740993; integers beyond ±2⁵³ have no dtype here. Convert them before saving.]`,
    );
    expect(() => read("U64", 2n ** 64n - 1n)).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: fromSafetensors: a holds 18446744073709551615; integers beyond ±2⁵³ have no dtype here. Convert them before saving.]`,
    );
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
    const odd = fc.constantFrom("__proto__", "constructor", "toString", "10", "9", "dtype", "\u2028", "\ufeffa", '"\\');
    const name = fc.oneof(fc.string({ unit: "grapheme" }), odd).filter((s) => s !== "__metadata__");
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

  test.each(["constructor", "toString", "0", "", "a.b", " ", "\u0000", "a:b{}[]", 'say "hi", \\'])(
    "%j is a name like others",
    (name) => {
      expect(content(fromSafetensors(toSafetensors(odd(name))))).toEqual(content(odd(name)));
    },
  );

  test("__proto__ is a name like others", () => {
    expect(Object.keys(fromSafetensors(toSafetensors(odd("__proto__"))))).toEqual(["__proto__"]);
  });

  test("half a character cannot be written, as no UTF-8 has it, and toSafetensors says so", () => {
    expect(() => toSafetensors(odd("a\ud800"))).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: toSafetensors: "a\\ud800" is no Unicode text: it holds half a character.]`,
    );
    expect(() => toSafetensors({}, { note: "\udc00" })).toThrow(TypeError);
  });

  test("a tensor named __metadata__ cannot be written, and toSafetensors says so", () => {
    expect(() => toSafetensors(odd("__metadata__"))).toThrow("toSafetensors: __metadata__");
  });

  test("metadata that is no string cannot be written, and toSafetensors says so", () => {
    expect(() => toSafetensors({}, { step: 3 } as never)).toThrow("toSafetensors");
  });
});

describe("on a device that cannot answer at once", () => {
  const remote: Device = {
    ...cpu,
    name: "remote",
    isHost: false,
    readSync: () => {
      throw new BackendError("remote: values cannot be read at once. Use await x.data().");
    },
  };
  const here = { a: tensor([1, 2]), n: tensor(Int32Array.of(3)), d: tensor(Float64Array.of(0.1), []) };
  const there = Object.fromEntries(Object.entries(here).map(([name, x]) => [name, x.to(remote)]));

  test("toSafetensors says what to do", () => {
    expect(() => toSafetensors(there)).toThrowErrorMatchingInlineSnapshot(
      `[BackendError: toSafetensors: d is on remote, which cannot answer at once. Pass await stateToCpu(state).]`,
    );
  });

  test("stateToCpu brings the tensors here, and leaves those that are here", async () => {
    const state = await stateToCpu({ ...there, here: here.a });
    expect(content(state)).toEqual(content({ ...here, here: here.a }));
    expect(state.here).toBe(here.a);
    expect(toSafetensors(await stateToCpu(there))).toEqual(toSafetensors(here));
  });
});
