import type { DecodedImage } from "./decoded.js";
import { decodeJpeg } from "./jpeg.js";
import { decodePng } from "./png.js";
import { decodePnm } from "./pnm.js";

/** The names of files that `decodeImage` reads end in these. */
export const EXTENSIONS: readonly string[] = [".png", ".jpg", ".jpeg", ".pgm", ".ppm"];

/**
 * Decodes a PNG, JPEG, PGM or PPM; which, its first bytes say.
 *
 * @throws When it is none of them, or damaged; the message is a part of a sentence.
 */
export function decodeImage(bytes: Uint8Array): DecodedImage {
  const [first, second] = bytes;
  if (first === 0x89 && second === 0x50) return decodePng(bytes);
  if (first === 0xff && second === 0xd8) return decodeJpeg(bytes);
  if (first === 0x50 && (second === 0x35 || second === 0x36)) return decodePnm(bytes);
  throw new TypeError("its first bytes are not those of a PNG, JPEG, PGM or PPM");
}
