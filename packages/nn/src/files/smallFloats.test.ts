import { expect, test } from "vitest";
import {
  BF16,
  decodeFloats,
  decodePowers,
  encodeFloats,
  F8_E4M3,
  F8_E4M3FNUZ,
  F8_E5M2,
  F8_E5M2FNUZ,
  F16,
  type SmallFloat,
} from "./smallFloats.js";

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

const decode = (format: SmallFloat, ...codes: number[]) => [
  ...decodeFloats(format.sign === 0x80 ? Uint8Array.from(codes) : Uint16Array.from(codes), format),
];

function encode(format: typeof F16 | typeof BF16, ...values: number[]): number[] {
  const codes = new Uint16Array(values.length);
  encodeFloats(values, format, codes);
  return [...codes];
}

test("by hand: F16 has 1, −2, the largest 65504, the smallest normal 2⁻¹⁴ and the smallest of all 2⁻²⁴", () => {
  const codes = [0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x0000, 0x8000, 0x7c00, 0xfc00];
  const values = [1, -2, 65504, 2 ** -14, 2 ** -24, 0, -0, inf, -inf];
  expect(decode(F16, ...codes)).toEqual(values);
  expect(encode(F16, ...values)).toEqual(codes);
  expect(decode(F16, 0x7c01, 0x7fff, 0xfe00)).toEqual([nan, nan, nan]);
});

test("by hand: BF16 has 1, −2, and float32's range: (2 − 2⁻⁷) · 2¹²⁷ to 2⁻¹³³", () => {
  const codes = [0x3f80, 0xc000, 0x7f7f, 0x0080, 0x0001, 0x8000, 0x7f80];
  const values = [1, -2, (2 - 2 ** -7) * 2 ** 127, 2 ** -126, 2 ** -133, -0, inf];
  expect(decode(BF16, ...codes)).toEqual(values);
  expect(encode(BF16, ...values)).toEqual(codes);
});

test("by hand: the 8-bit formats, from their papers' tables: smallest, smallest normal, 1, largest, −largest", () => {
  expect(decode(F8_E5M2, 0x01, 0x04, 0x3c, 0x7b, 0xfb, 0x7c, 0xfc, 0x7d, 0xff, 0x80)).toEqual([
    ...[2 ** -16, 2 ** -14, 1, 57344, -57344, inf, -inf, nan, nan, -0],
  ]);
  expect(decode(F8_E4M3, 0x01, 0x08, 0x38, 0x7e, 0xfe, 0x7f, 0xff)).toEqual([2 ** -9, 2 ** -6, 1, 448, -448, nan, nan]);
  expect(decode(F8_E5M2FNUZ, 0x01, 0x04, 0x40, 0x7f, 0xff, 0x80)).toEqual([2 ** -17, 2 ** -15, 1, 57344, -57344, nan]);
  expect(decode(F8_E4M3FNUZ, 0x01, 0x08, 0x40, 0x7f, 0xff, 0x80)).toEqual([2 ** -10, 2 ** -7, 1, 240, -240, nan]);
  expect([...decodePowers(Uint8Array.of(0, 126, 127, 128, 254, 255))]).toEqual([2 ** -127, 0.5, 1, 2, 2 ** 127, nan]);
});

test("by hand: of two equally near codes the even one is taken", () => {
  const step = 2 ** -10; // of F16 from 1 to 2
  expect(encode(F16, 1 + step / 2, 1 + 1.5 * step, 1 + 0.5001 * step)).toEqual([0x3c00, 0x3c02, 0x3c01]);
  expect(encode(F16, 2 ** -25, 3 * 2 ** -25, 2 ** -25 + 2 ** -70)).toEqual([0x0000, 0x0002, 0x0001]);
  expect(encode(F16, 2 - step / 2)).toEqual([0x4000]); // up to the next power of two
  expect(encode(F16, 2 ** -14 - 2 ** -25)).toEqual([0x0400]); // up to the smallest normal one
});

test("by hand: what rounds beyond the largest is infinite, and NaN stays NaN", () => {
  expect(encode(F16, 65519.99, 65520, -1e9, inf)).toEqual([0x7bff, 0x7c00, 0xfc00, 0x7c00]);
  expect(encode(BF16, 1e300, -1e300)).toEqual([0x7f80, 0xff80]);
  expect(decode(F16, ...encode(F16, nan))).toEqual([nan]);
  expect(decode(BF16, ...encode(BF16, nan))).toEqual([nan]);
});

test.each([
  ["F16", F16],
  ["BF16", BF16],
])("every code of %s that is a number comes back, and numbers grow with their codes", (_, format) => {
  const codes = Array.from({ length: 2 ** 16 }, (_, code) => code).filter((code) => !format.isNoNumber(code));
  const values = decode(format, ...codes.slice(0, codes.length / 2), ...codes.slice(codes.length / 2));
  expect(encode(format, ...values)).toEqual(codes);
  const positive = values.slice(0, codes.length / 2);
  expect(positive.every((value, i) => i === 0 || value > positive[i - 1])).toBe(true);
  expect(values.slice(codes.length / 2)).toEqual(positive.map((value) => -value));
});
