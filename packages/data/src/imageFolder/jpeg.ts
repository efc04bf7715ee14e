/// <reference path="./jpegDecoder.d.ts" />
import decode from "jpeg-js/lib/decoder.js";
import type { DecodedImage } from "./decoded.js";

/**
 * Decodes a JPEG, baseline or progressive, to RGB. Its EXIF orientation is not looked at.
 *
 * @throws When it is damaged, or takes more than the decoder's 512 MB: from some 40 megapixels on.
 */
export function decodeJpeg(bytes: Uint8Array): DecodedImage {
  const options = { useTArray: true, formatAsRGBA: false, tolerantDecoding: false } as const;
  try {
    const { data, width, height } = decode(bytes, options);
    return { data, width, height, channels: 3 };
  } catch (cause) {
    if (!/limit exceeded/.test(String(cause))) throw cause; // the limits are no options of ours
    throw new RangeError("its decoder takes JPEGs to some 40 megapixels: make it smaller, or pass { decode }", {
      cause,
    });
  }
}
