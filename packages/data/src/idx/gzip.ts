import { DataError } from "../errors.js";

/** Whether the bytes begin as gzip does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Unpacks gzip'ed bytes with the platform's `DecompressionStream`.
 *
 * @throws {DataError} When the bytes are not gzip, damaged, or cut short.
 * @example
 * readIdx(await gunzip(bytes));
 */
export function gunzip(bytes: Uint8Array): Promise<Uint8Array> {
  return unpack(bytes, "gunzip: the input");
}

/** `gunzip` whose errors begin with `subject`. */
export async function unpack(bytes: Uint8Array, subject: string): Promise<Uint8Array> {
  if (!isGzip(bytes))
    throw new DataError(`${subject} is not gzip: it does not begin with the bytes 1f 8b. Use it as it is.`);
  try {
    const packed = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
    const unpacked = new Response(packed.pipeThrough(new DecompressionStream("gzip")));
    return new Uint8Array(await unpacked.arrayBuffer());
  } catch (cause) {
    // Every platform has its own words for the cause, some have none.
    throw new DataError(`${subject} is gzip, but damaged or cut short. Get the whole file again.`, { cause });
  }
}
