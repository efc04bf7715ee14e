import { DataError } from "../errors.js";
import { ELEMENT_TYPES, type ElementType } from "./elements.js";
import { isGzip } from "./gzip.js";

/** An IDX file taken apart: nothing is copied or converted yet. */
export interface Idx {
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** The elements, big-endian, row-major: a view of the file's bytes. */
  readonly payload: Uint8Array;
}

/**
 * Takes an IDX file apart and checks it to the last byte:
 *
 *     0  0  type  axes        the magic number
 *     length of each axis     32 bits each, big-endian
 *     elements                big-endian, row-major
 *
 * The lengths are compared with the bytes that are there before anything is allocated.
 *
 * @param subject What the bytes are, as the beginning of an error: "readIdx: the input".
 * @throws {DataError} When the bytes are not exactly one IDX file.
 * @see The bottom of https://yann.lecun.com/exdb/mnist/, where the format is described.
 */
export function parseIdx(bytes: Uint8Array, subject: string): Idx {
  if (isGzip(bytes)) {
    throw new DataError(`${subject} is gzip'ed. Unpack it first: await gunzip(bytes).`);
  }
  if (bytes.length < 4) {
    throw new DataError(
      `${subject} has ${bytes.length} bytes, but IDX begins with a header of at least 4. ${COMPLETE}`,
    );
  }
  const type = ELEMENT_TYPES.find(({ code }) => code === bytes[2]);
  if (bytes[0] !== 0 || bytes[1] !== 0 || type === undefined) {
    throw new DataError(`${subject} begins with the bytes ${hex(bytes)}, which is not IDX. ${MAGIC}`);
  }
  const header = 4 + 4 * bytes[3];
  if (bytes.length < header) {
    throw new DataError(
      `${subject} has ${bytes.length} bytes, but the header of ${bytes[3]} axes alone takes ${header}. ${COMPLETE}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: bytes[3] }, (_, axis) => view.getUint32(4 + 4 * axis));
  // An axis without elements comes first: of many long ones the product is infinite, and 0 times that is no number.
  const size = shape.includes(0) ? 0 : shape.reduce((product, length) => product * length, 1);
  const expected = header + type.bytes * size;
  const sizes = `${type.name} [${shape.join(", ")}] takes ${expected} bytes, got ${bytes.length}`;
  if (bytes.length < expected) throw new DataError(`${subject} is cut short: ${sizes}. ${COMPLETE}`);
  if (bytes.length > expected) throw new DataError(`${subject} goes on after its end: ${sizes}. Remove what follows.`);
  return { type, shape, payload: bytes.subarray(header) };
}

const COMPLETE = "Get the whole file again.";
const MAGIC = "An IDX file begins with 00 00, its type (08, 09, 0b, 0c, 0d or 0e) and its number of axes.";

function hex(bytes: Uint8Array): string {
  return Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
