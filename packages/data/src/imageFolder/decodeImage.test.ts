import { goldens } from "@tooling/goldens";
import { encode } from "fast-png";
import { describe, expect, test } from "vitest";
import { planesOf } from "./decoded.js";
import { decodeImage } from "./decodeImage.js";

const all = goldens("images");
const file = (id: string) => Uint8Array.from(all.find((golden) => golden.id === id)?.inputs.file.values ?? []);
const ascii = (text: string, ...more: number[]) => Uint8Array.of(...new TextEncoder().encode(text), ...more);

test("by hand: a PPM of two pixels, a PGM with a comment and 16 bits", () => {
  expect(decodeImage(ascii("P6\n2 1\n255\n", 1, 2, 3, 4, 5, 6))).toEqual({
    data: Uint8Array.of(1, 2, 3, 4, 5, 6),
    width: 2,
    height: 1,
    channels: 3,
  });
  expect(decodeImage(ascii("P5 # made by hand\n1 2 65535 ", 1, 2, 3, 4))).toMatchObject({
    data: Uint16Array.of(258, 772),
    channels: 1,
  });
  expect(decodeImage(ascii("P5 1 1 15\n", 15)).data).toEqual(Uint8Array.of(255));
  expect(decodeImage(ascii("P5\r\n# one\r\n#two\r\n1 1\r255\n", 9)).data).toEqual(Uint8Array.of(9));
});

test.each(all)("$id has the pixels that Pillow reads", ({ inputs, outputs, params, tolerance }) => {
  const planes = planesOf(decodeImage(Uint8Array.from(inputs.file.values)), 3);
  const { shape, values } = outputs.pixels;
  expect(planes.length).toBe(shape[0] * shape[1] * shape[2]);
  let worst = 0;
  planes.forEach((pixel, i) => {
    worst = Math.max(worst, Math.abs(pixel * params.unit - values[i]));
  });
  expect(worst).toBeLessThan(tolerance.atol + 0.01);
});

test("grey is the luminance of colours, and colours of grey are three times the same", () => {
  const red = { data: Uint8Array.of(255, 0, 0), width: 1, height: 1, channels: 3 };
  expect(planesOf(red, 1)).toEqual(Float32Array.of(0.299));
  const grey = { data: Uint8Array.of(51, 9), width: 1, height: 1, channels: 2 };
  expect([planesOf(grey, 1), planesOf(grey, 3)]).toEqual([Float32Array.of(0.2), Float32Array.of(0.2, 0.2, 0.2)]);
});

describe("what is damaged is refused", () => {
  test.each(["png-rgb", "png-palette8-interlaced", "jpeg-444", "jpeg-progressive", "ppm"])("%s cut short", (id) => {
    const whole = file(id);
    for (const share of [0.5, 0.7, 0.9]) {
      expect(() => decodeImage(whole.subarray(0, Math.floor(share * whole.length)))).toThrow();
    }
  });

  test("a PNG with one bit changed", () => {
    const changed = file("png-rgb").map((byte, i) => (i === 60 ? byte ^ 1 : byte));
    expect(() => decodeImage(changed)).toThrow(/CRC/i);
  });

  test("a PNG that says to be larger than its bytes can be, before room is made for it", () => {
    const huge = file("png-rgb").map((byte, i) => (i >= 16 && i < 24 ? [0, 0, 255, 255][i % 4] : byte));
    expect(() => decodeImage(huge)).toThrow(/^65535 × 65535 pixels do not come out of \d+ bytes$/);
    expect(() => decodeImage(huge.subarray(0, 20))).toThrow("it is cut short");
    const black = { width: 1000, height: 1000, data: new Uint8Array(1_000_000), channels: 1, depth: 8 } as const;
    expect(decodeImage(encode(black)).width).toBe(1000); // 1 MB out of some 1 kB
  });

  test("a JPEG that is larger than its decoder takes", () => {
    const bytes = file("jpeg-444");
    const frame = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xc0);
    const huge = bytes.map((byte, i) => (i >= frame + 5 && i < frame + 9 ? 0x60 : byte)); // height and width
    expect(() => decodeImage(huge)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: its decoder takes JPEGs to some 40 megapixels: make it smaller, or pass { decode }]`,
    );
  });

  test("an interlaced PNG of few bits, which the library would misread", () => {
    const few = file("png-grey8-interlaced").map((byte, i) => (i === 24 ? 4 : byte));
    expect(() => decodeImage(few)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: it is interlaced with 4 bits, which is not supported: save it without interlace]`,
    );
  });

  test("a file of another kind", () => {
    expect(() => decodeImage(ascii("GIF89a"))).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: its first bytes are not those of a PNG, JPEG, PGM or PPM]`,
    );
    expect(() => decodeImage(ascii("P5\nwide"))).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: its header has no width, height and largest value]`,
    );
    expect(() => decodeImage(ascii("P5\n3 3 255\n", 1))).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: 3 × 3 pixels take 9 bytes, but there are 1]`,
    );
    expect(() => decodeImage(new Uint8Array(0))).toThrow();
  });

  test("a header of blanks is refused at once", () => {
    // With a search that tries all ways to divide them it would take centuries.
    for (const blank of [" ", "\n", "#\n", "# \n "]) {
      expect(() => decodeImage(ascii(`P5${blank.repeat(300)}x`))).toThrow("its header has no width");
    }
  });
});
