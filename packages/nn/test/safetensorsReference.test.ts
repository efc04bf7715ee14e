import { readFileSync } from "node:fs";
import { tensor } from "@conv/core";
import { describe, expect, test } from "vitest";
import {
  fromSafetensors,
  type SafetensorsDType,
  type SafetensorsOptions,
  type StateDict,
  safetensorsMetadata,
  toSafetensors,
} from "../src/index.js";

// Files that the format's reference implementation wrote, from numbers that numpy and ml_dtypes converted:
// fixtures/make_safetensors.py.
const bytesOf = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../../fixtures/safetensors-${name}.safetensors`, import.meta.url)));
const stateOf = (name: string) => fromSafetensors(bytesOf(name));

const content = (state: StateDict) =>
  Object.entries(state).map(([name, x]) => [name, x.dtype, x.shape, [...x.dataSync()]] as const);
const byName = (state: StateDict) => Object.fromEntries(content(state).map(([name, ...rest]) => [name, rest]));

describe("files of the reference implementation", () => {
  const [dtypes, values] = [byName(stateOf("dtypes")), byName(stateOf("values"))];

  test.each(Object.keys(values))("%s has the same numbers as in a dtype of ours", (name) => {
    expect(dtypes[name]).toEqual(values[name]);
  });

  test("all dtypes but the unreadable ones are among them", () => {
    const header = new TextDecoder().decode(bytesOf("dtypes"));
    const found = new Set([...header.matchAll(/"dtype":"(\w+)"/g)].map(([, dtype]) => dtype));
    expect(found.size).toBe(18);
    expect(Object.keys(dtypes)).toHaveLength(24);
  });
});

describe("files of ours equal the reference implementation's, byte for byte", () => {
  test("with all dtypes that are written, and names in the order of text", () => {
    const bytes = bytesOf("written");
    const wide: Record<string, SafetensorsDType> = { i64: "I64", num_batches_tracked: "I64" };
    const half = (name: string) => (name.startsWith("f16") ? "F16" : name.startsWith("bf16") ? "BF16" : undefined);
    const dtype = (name: string) => (Object.hasOwn(wide, name) ? wide[name] : half(name));
    const shuffled = Object.fromEntries(Object.entries(fromSafetensors(bytes)).reverse());
    expect(toSafetensors(shuffled, safetensorsMetadata(bytes), { dtype })).toEqual(bytes);
  });

  test.each(["values", "rounding"])("with many numbers: %s", (name) => {
    const bytes = bytesOf(name);
    const dtype: SafetensorsOptions["dtype"] = (key) => (/B?F16$/.exec(key)?.[0] ?? undefined) as SafetensorsDType;
    const isRounding = name === "rounding";
    expect(toSafetensors(fromSafetensors(bytes), {}, isRounding ? { dtype } : {})).toEqual(bytes);
  });

  test("without tensors, with metadata only, and padded: the examples of its own tests", () => {
    expect([...toSafetensors({})]).toEqual([8, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d, 32, 32, 32, 32, 32, 32]);
    const text = '{"__metadata__":{"framework":"pt"}}     ';
    expect([...toSafetensors({}, { framework: "pt" })]).toEqual([40, 0, 0, 0, 0, 0, 0, 0, ...Buffer.from(text)]);
    const header = '{"attn0":{"dtype":"F32","shape":[1,1,2,3],"data_offsets":[0,24]}}       ';
    const data = new Uint8Array(Float32Array.of(0, 1, 2, 3, 4, 5).buffer);
    expect([...toSafetensors({ attn0: tensor([0, 1, 2, 3, 4, 5], [1, 1, 2, 3]) })]).toEqual([
      ...[72, 0, 0, 0, 0, 0, 0, 0],
      ...Buffer.from(header),
      ...data,
    ]);
  });
});

describe("rounding is numpy's and ml_dtypes'", () => {
  const state = stateOf("rounding");
  test.each([
    ["F64", "F16"],
    ["F64", "F32"],
    ["F32", "F16"],
    ["F32", "BF16"],
  ] as const)("from %s to %s", (from, to) => {
    const rounded = fromSafetensors(toSafetensors({ x: state[from] }, {}, { dtype: to }));
    const expected = state[`${from} as ${to}`];
    expect(rounded.x.size).toBeGreaterThan(1000);
    expect([...rounded.x.dataSync()]).toEqual([...expected.dataSync()]);
  });
});
