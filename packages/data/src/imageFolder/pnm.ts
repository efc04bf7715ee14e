import type { DecodedImage } from "./decoded.js";

/**
 * Numbers may have comments between them; one white space ends the header. Each character fits one way only, or a damaged file
 * could keep the search busy for ever.
 */
const HEADER = /^P([56])(?:\s|#[^\r\n]*[\r\n])+(\d+)(?:\s|#[^\r\n]*[\r\n])+(\d+)(?:\s|#[^\r\n]*[\r\n])+(\d+)\s/;

/**
 * Decodes a binary PGM (P5) or PPM (P6) of 8 or 16 bits.
 *
 * @throws {RangeError} When it is cut short, or its header is not one; the message is a part of a sentence.
 * @see https://netpbm.sourceforge.net/doc/ppm.html
 */
export function decodePnm(bytes: Uint8Array): DecodedImage {
  const text = String.fromCharCode(...bytes.subarray(0, 1000));
  const header = HEADER.exec(text);
  const [magic, width, height, most] = header?.slice(1).map(Number) ?? [0, 0, 0, 0];
  if (header === null || width < 1 || height < 1 || most < 1 || most > 65535) {
    throw new RangeError("its header has no width, height and largest value");
  }
  const channels = magic === 5 ? 1 : 3;
  const [size, wide] = [width * height * channels, most > 255 ? 2 : 1];
  const body = bytes.subarray(header[0].length);
  if (body.length < size * wide) {
    throw new RangeError(`${width} × ${height} pixels take ${size * wide} bytes, but there are ${body.length}`);
  }
  const data = wide === 2 ? new Uint16Array(size) : new Uint8Array(size);
  const full = wide === 2 ? 65535 : 255;
  for (let i = 0; i < size; i++) {
    const value = wide === 2 ? 256 * body[2 * i] + body[2 * i + 1] : body[i];
    data[i] = Math.round((Math.min(value, most) * full) / most);
  }
  return { data, width, height, channels };
}
