import { decode } from "fast-png";
import type { DecodedImage } from "./decoded.js";

/** Where the header of a PNG says how large it is, how many bits a sample has, and whether rows are interlaced. */
const [WIDTH, HEIGHT, DEPTH, INTERLACE] = [16, 20, 24, 28];

/** How many bytes one byte of deflate makes at most: a match of 258 takes two bits. */
const MOST = 1032;

/**
 * Decodes a PNG: 1 to 16 bits, grey, palette or colours, with alpha or without, interlaced or not.
 *
 * @throws When it is damaged, or interlaced with fewer than 8 bits.
 */
export function decodePng(bytes: Uint8Array): DecodedImage {
  if (bytes[DEPTH] < 8 && bytes[INTERLACE] === 1) {
    throw new RangeError(
      `it is interlaced with ${bytes[DEPTH]} bits, which is not supported: save it without interlace`,
    );
  }
  checkSize(bytes);
  const { data, width, height, channels, depth, palette } = decode(bytes, { checkCrc: true });
  if (depth === 16 || (depth === 8 && palette === undefined)) return { data, width, height, channels };
  const samples = depth === 8 ? data : unpackBits(data, width, height, depth);
  if (palette === undefined) {
    const white = 2 ** depth - 1;
    return { data: Uint8Array.from(samples, (sample) => (sample * 255) / white), width, height, channels };
  }
  const colours = new Uint8Array(3 * samples.length);
  for (let i = 0; i < samples.length; i++) {
    const colour = palette[samples[i]];
    if (colour === undefined) throw new RangeError(`a pixel has colour ${samples[i]} of ${palette.length}`);
    colours.set(colour.slice(0, 3), 3 * i);
  }
  return { data: colours, width, height, channels: 3 };
}

/** The decoder makes room for what the header says before it unpacks: a damaged one must not ask for gigabytes. */
function checkSize(bytes: Uint8Array): void {
  if (bytes.length <= INTERLACE) throw new RangeError("it is cut short");
  const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [width, height] = [header.getUint32(WIDTH), header.getUint32(HEIGHT)];
  if (height * Math.ceil((width * bytes[DEPTH]) / 8) > MOST * bytes.length) {
    throw new RangeError(`${width} × ${height} pixels do not come out of ${bytes.length} bytes`);
  }
}

/** One number for each pixel, of rows in which several share a byte, the first in its high bits. */
function unpackBits(data: ArrayLike<number>, width: number, height: number, depth: number): Uint8Array {
  const [rowBytes, perByte, mask] = [Math.ceil((width * depth) / 8), 8 / depth, 2 ** depth - 1];
  const samples = new Uint8Array(width * height);
  for (let h = 0; h < height; h++) {
    for (let w = 0; w < width; w++) {
      const byte = data[h * rowBytes + Math.floor(w / perByte)];
      samples[h * width + w] = (byte >> (8 - depth * ((w % perByte) + 1))) & mask;
    }
  }
  return samples;
}
