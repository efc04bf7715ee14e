import { tensor } from "@conv/core";
import { formatValue, isSameShape, sizeOf } from "@conv/core/operators";
import { antialiased } from "../transforms/antialiased.js";

/** An image as a decoder gives it: pixels row by row, the channels of a pixel side by side. */
export interface DecodedImage {
  /** [height, width, channels]: bytes, or 16 bits where the file has them. */
  readonly data: Uint8Array | Uint8ClampedArray | Uint16Array;
  readonly width: number;
  readonly height: number;
  /** 1: grey, 2: grey and alpha, 3: RGB, 4: RGB and alpha. Alpha is not looked at. */
  readonly channels: number;
}

/** How much red, green and blue there is in grey: ITU-R BT.601, as Pillow and torchvision have it. */
const GREY = [0.299, 0.587, 0.114];

/**
 * An image as planes, its pixels from 0 to 1. Grey becomes three equal channels, colours become their luminance where one
 * channel is asked for.
 *
 * @returns [channels, height, width].
 */
export function planesOf({ data, width, height, channels: given }: DecodedImage, channels: 1 | 3): Float32Array {
  const unit = data instanceof Uint16Array ? 65535 : 255;
  const size = width * height;
  const planes = new Float32Array(channels * size);
  const isGrey = given < 3;
  for (let i = 0; i < size; i++) {
    const at = i * given;
    if (channels === 3) {
      for (let c = 0; c < 3; c++) planes[c * size + i] = data[at + (isGrey ? 0 : c)] / unit;
    } else {
      planes[i] = isGrey
        ? data[at] / unit
        : (GREY[0] * data[at] + GREY[1] * data[at + 1] + GREY[2] * data[at + 2]) / unit;
    }
  }
  return planes;
}

/** Planes of another size, antialiased: one by one, for a photograph is large. */
export function resized(
  planes: Float32Array,
  inSize: readonly [number, number],
  outSize: readonly [number, number],
): Float32Array {
  if (isSameShape(inSize, outSize)) return planes;
  const [from, to] = [sizeOf(inSize), sizeOf(outSize)];
  const count = planes.length / from;
  const y = new Float32Array(count * to);
  for (let c = 0; c < count; c++) {
    const plane = tensor(planes.subarray(c * from, (c + 1) * from), [1, 1, ...inSize]);
    const result = antialiased(plane, outSize);
    y.set(result.dataSync(), c * to);
    plane.dispose();
    result.dispose();
  }
  return y;
}

/** @throws {TypeError} When it is not an image as `DecodedImage` says; the message is a part of a sentence. */
export function checkDecoded(image: DecodedImage): DecodedImage {
  const { data, width, height, channels } = image ?? {};
  const isArray = data instanceof Uint8Array || data instanceof Uint8ClampedArray || data instanceof Uint16Array;
  const isSized = [width, height, channels].every((n) => Number.isInteger(n) && n >= 1) && channels <= 4;
  if (isArray && isSized && data.length === width * height * channels) return image;
  throw new TypeError(
    `decode gave data ${formatValue(data)} of ${data?.length} elements, width ${width}, height ${height}, channels ` +
      `${channels}, but data is a Uint8Array or Uint16Array of height × width × channels`,
  );
}
