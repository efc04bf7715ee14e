/// <reference path="./jpegDecoder.d.ts" />
import decode from "jpeg-js/lib/decoder.js";
import type { DecodedImage } from "./decoded.js";

/** Decodes a JPEG, baseline or progressive, to RGB. Its EXIF orientation is not looked at. */
export function decodeJpeg(bytes: Uint8Array): DecodedImage {
  const options = { useTArray: true, formatAsRGBA: false, tolerantDecoding: false } as const;
  const { data, width, height } = decode(bytes, options);
  return { data, width, height, channels: 3 };
}
