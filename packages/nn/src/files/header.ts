import { formatShape, formatValue } from "@conv/core/operators";
import { READERS, UNREADABLE } from "./fileDTypes.js";
import { FormatError } from "./formatError.js";

/** What a header says of a tensor: its dtype, one of `READERS`, its shape, and which bytes of the data are its elements. */
export interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [start: number, end: number];
}

/** A file whose header is in order: its entries fill the data from the first byte to the last. */
export interface File {
  readonly metadata: Readonly<Record<string, string>>;
  readonly entries: readonly (readonly [name: string, entry: Entry])[];
  readonly data: Uint8Array;
}

/** The format's own name among those of tensors. */
export const METADATA = "__metadata__";

/** The largest header that the reference implementation accepts, in bytes. */
const LARGEST_HEADER = 100_000_000;

/** As many as PyTorch and NumPy have. */
const MOST_AXES = 64;

/** A header is an object of entries, and these hold lists: nothing is deeper. */
const DEEPEST = 3;

/** Half of a character that UTF-16 writes in two parts: no UTF-8 file can hold it. */
export const HALF_CHARACTER = /\p{Surrogate}/u;

/**
 * Reads and checks the header of a safetensors file. Memory is taken for what the file holds, never for what it claims.
 *
 * @throws {FormatError} When the bytes are cut off, are no such file, or contradict themselves.
 * @throws {TypeError} When they are no Uint8Array.
 */
export function parseFile(bytes: Uint8Array): File {
  if (!(bytes instanceof Uint8Array)) {
    const hint = (bytes as unknown) instanceof ArrayBuffer ? " Pass new Uint8Array(bytes)." : "";
    throw new TypeError(`fromSafetensors: the file must be a Uint8Array, got ${formatValue(bytes)}.${hint}`);
  }
  const size = bytes.length < 8 ? -1 : Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (size < 2 || size > LARGEST_HEADER || size > bytes.length - 8) {
    throw new FormatError(
      `fromSafetensors: these ${bytes.length} bytes are no safetensors file, or a truncated one: ` +
        `${size < 0 ? "there is no header" : `the header should have ${size} bytes`}.`,
    );
  }
  const header = parseHeader(new Uint8Array(bytes.subarray(8, 8 + size))); // a copy: decoders refuse shared memory
  const metadata = header[METADATA] ?? {};
  if (!isMetadata(metadata)) throw new FormatError(`fromSafetensors: ${METADATA} must hold strings only.`);
  const data = bytes.subarray(8 + size);
  const entries = Object.entries(header)
    .filter(([name]) => name !== METADATA)
    .map(([name, entry]) => [name, checkEntry(name, entry, data.length)] as const);
  checkCoverage(entries, data.length);
  return { metadata, entries, data };
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  let [text, header]: [string, unknown] = ["", undefined];
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    checkDepth(text);
    header = JSON.parse(text);
  } catch (error) {
    if (error instanceof FormatError) throw error;
    const beginning = new TextDecoder().decode(bytes.subarray(0, 80)).slice(0, 20);
    throw new FormatError(`fromSafetensors: the header is no JSON; it starts with ${JSON.stringify(beginning)}.`);
  }
  if (!isRecord(header) || bytes[0] !== 0x7b) throw new FormatError("fromSafetensors: the header is no JSON object.");
  checkKeys(text);
  return header;
}

/**
 * Refuses JSON that nests deeper than a header does, before it is parsed: each level of it takes far more memory than its
 * bracket does in the file.
 */
function checkDepth(text: string): void {
  for (let i = 0, depth = 0; i < text.length; i++) {
    if (text[i] === '"') {
      for (i++; i < text.length && text[i] !== '"'; i++) if (text[i] === "\\") i++;
    } else if (text[i] === "[" || text[i] === "{") depth++;
    else if (text[i] === "]" || text[i] === "}") depth--;
    if (depth > DEEPEST)
      throw new FormatError("fromSafetensors: the header nests deeper than entries and their lists.");
  }
}

/**
 * Refuses a name that stands twice in an object of the JSON, of which JSON.parse would keep the second without a word.
 *
 * @param text Valid JSON.
 */
function checkKeys(text: string): void {
  const open: Set<string>[] = []; // the keys of the objects around; lists count as objects without keys
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "{" || text[i] === "[") open.push(new Set());
    if (text[i] === "}" || text[i] === "]") open.pop();
    if (text[i] !== '"') continue;
    const start = i++;
    while (text[i] !== '"') i += text[i] === "\\" ? 2 : 1;
    let next = i + 1;
    while (" \n\r\t".includes(text[next])) next++;
    if (text[next] !== ":") continue;
    const key: string = JSON.parse(text.slice(start, i + 1));
    const keys = open[open.length - 1];
    if (keys.has(key)) throw new FormatError(`fromSafetensors: the header has ${JSON.stringify(key)} twice.`);
    if (HALF_CHARACTER.test(key)) throw new FormatError(`fromSafetensors: ${JSON.stringify(key)} is no Unicode text.`);
    keys.add(key);
  }
}

function checkEntry(name: string, entry: unknown, available: number): Entry {
  if (!isEntry(entry)) {
    throw new FormatError(`fromSafetensors: the header's entry for ${name} lacks a dtype, shape or data_offsets.`);
  }
  const { dtype, shape, data_offsets } = entry;
  const other = Object.keys(entry).find((field) => !["dtype", "shape", "data_offsets"].includes(field));
  if (other !== undefined) {
    throw new FormatError(
      `fromSafetensors: the header's entry for ${name} has ${other}, which is unknown here and may change what the elements mean.`,
    );
  }
  if (!Object.hasOwn(READERS, dtype)) {
    const reason = Object.hasOwn(UNREADABLE, dtype)
      ? `which cannot be read: ${UNREADABLE[dtype]}. Convert it before saving.`
      : `which is none of ${Object.keys(READERS).join(", ")}.`;
    throw new FormatError(`fromSafetensors: ${name} has dtype ${dtype}, ${reason}`);
  }
  const [start, end] = data_offsets;
  if (shape.length > MOST_AXES) {
    throw new FormatError(`fromSafetensors: ${name} has ${shape.length} axes; more than ${MOST_AXES} cannot be read.`);
  }
  const size = shape.reduce(
    (product, n) => (Number.isSafeInteger(product) ? product * n : Number.POSITIVE_INFINITY),
    READERS[dtype].size,
  );
  if (end - start !== size || end > available) {
    throw new FormatError(
      `fromSafetensors: ${name} ${formatShape(shape)} ${dtype} needs ${size} bytes, but has bytes ${start} to ` +
        `${end} of ${available}. The file is truncated or damaged.`,
    );
  }
  return entry;
}

/** Tensors must fill the data from its first byte to its last, without gaps or overlaps. */
function checkCoverage(entries: File["entries"], size: number): void {
  const ranges = entries
    .map(([name, { data_offsets }]) => [name, ...data_offsets] as const)
    .sort((a, b) => a[1] - b[1] || a[2] - b[2]);
  let end = 0;
  for (const [name, start, stop] of ranges) {
    if (start !== end) {
      throw new FormatError(
        `fromSafetensors: ${name} starts at byte ${start} of the data, but the tensor before it ends at ${end}.`,
      );
    }
    end = stop;
  }
  if (end !== size) {
    throw new FormatError(`fromSafetensors: the tensors end at byte ${end} of the data, which has ${size}.`);
  }
}

const isRecord = (x: unknown): x is Record<string, unknown> => typeof x === "object" && x !== null && !Array.isArray(x);

const isMetadata = (x: unknown): x is Record<string, string> =>
  isRecord(x) && Object.values(x).every((value) => typeof value === "string");

const isSize = (n: unknown): boolean => Number.isSafeInteger(n) && (n as number) >= 0 && !Object.is(n, -0);

const isSizes = (x: unknown): x is number[] => Array.isArray(x) && x.every(isSize);

const isEntry = (x: unknown): x is Entry =>
  isRecord(x) &&
  typeof x.dtype === "string" &&
  isSizes(x.shape) &&
  isSizes(x.data_offsets) &&
  x.data_offsets.length === 2;
