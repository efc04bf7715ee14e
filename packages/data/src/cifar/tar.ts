import { DataError } from "../errors.js";

/** Length of a header, and what the contents of a file are filled up to. */
const BLOCK = 512;

/** Whether the bytes begin with the header of a tar archive: one whose checksum is right. */
export function isTar(bytes: Uint8Array): boolean {
  return bytes.length >= BLOCK && checksumOf(bytes.subarray(0, BLOCK)) === octal(bytes, 148, 8);
}

/**
 * The files of a tar archive, by their paths; nothing is copied. Directories, links and extensions are passed over.
 *
 * @param subject What the bytes are, as the beginning of an error.
 * @throws {DataError} When the bytes are no tar archive, damaged or cut short.
 * @see POSIX.1-2017, pax, "ustar Interchange Format".
 */
export function readTar(bytes: Uint8Array, subject: string): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  let at = 0;
  while (at + BLOCK <= bytes.length && bytes[at] !== 0) {
    const header = bytes.subarray(at, at + BLOCK);
    if (!isTar(header)) {
      const what = at === 0 ? "is no tar archive" : `is damaged: the header at byte ${at} has a wrong checksum`;
      throw new DataError(`${subject} ${what}. Get the whole file again.`);
    }
    const size = octal(header, 124, 12);
    if (Number.isNaN(size)) {
      throw new DataError(
        `${subject} is damaged: the header at byte ${at} gives no length of its file. Get the whole file again.`,
      );
    }
    const [from, end] = [at + BLOCK, at + BLOCK + size];
    const name = [text(header, 345, 155), text(header, 0, 100)].filter(Boolean).join("/");
    if (end > bytes.length) {
      throw new DataError(
        `${subject} is cut short: ${name} ends at byte ${end}, but there are ${bytes.length}. Get the whole file again.`,
      );
    }
    const isFile = header[156] === 0 || header[156] === 0x30; // "0"
    if (isFile) files.set(name, bytes.subarray(from, end));
    at = from + Math.ceil(size / BLOCK) * BLOCK;
  }
  if (files.size === 0) throw new DataError(`${subject} is no tar archive, or an empty one. Get the whole file again.`);
  return files;
}

/** The sum of all bytes, those of the checksum itself taken as blanks. */
function checksumOf(header: Uint8Array): number {
  return header.reduce((sum, byte, i) => sum + (i >= 148 && i < 156 ? 0x20 : byte), 0);
}

/** Text up to the first zero. The prefix is ustar's: older archives have none. */
function text(header: Uint8Array, from: number, length: number): string {
  const isUstar = header[257] === 0x75; // "u"
  if (from === 345 && !isUstar) return "";
  const field = header.subarray(from, from + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}

/** A number in octal digits, with blanks and zeros around it; NaN when it is anything else: negative, or in base 256. */
function octal(header: Uint8Array, from: number, length: number): number {
  const field = new TextDecoder()
    .decode(header.subarray(from, from + length))
    .replaceAll("\0", " ")
    .trim();
  return /^[0-7]+$/.test(field) ? Number.parseInt(field, 8) : Number.NaN;
}
