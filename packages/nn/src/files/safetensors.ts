import { type DType, type Tensor, type TypedArray, tensor } from "@conv/core";
import { formatShape, formatValue, sizeOf } from "@conv/core/operators";
import type { StateDict } from "../module.js";

/** Bytes that are no safetensors file, or a damaged one. */
export class FormatError extends Error {
  override readonly name = "FormatError";
}

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

const NAMES: Readonly<Record<DType, string>> = { float32: "F32", float64: "F64", int32: "I32" };
const ARRAYS = { F32: Float32Array, F64: Float64Array, I32: Int32Array } as const;

/** The largest header that the reference implementation accepts, in bytes. */
const LARGEST_HEADER = 100_000_000;

/**
 * Tensors by name in the safetensors format: 8 bytes with the header's length, a JSON header, the elements row-major and
 * little-endian.
 *
 * @param metadata Strings by name, kept in the header.
 * @see https://github.com/huggingface/safetensors, "Format".
 */
export function toSafetensors(state: StateDict, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  if ("__metadata__" in state) {
    throw new TypeError("toSafetensors: __metadata__ is the format's own name. Give that tensor another one.");
  }
  const wrong = Object.keys(metadata).find((name) => typeof metadata[name] !== "string");
  if (wrong !== undefined) {
    throw new TypeError(
      `toSafetensors: metadata must be strings, but ${wrong} is ${formatValue(metadata[wrong])}. Use String(…) or JSON.stringify(…).`,
    );
  }
  const header = new Map<string, unknown>(Object.keys(metadata).length > 0 ? [["__metadata__", metadata]] : []);
  // Large elements first: every tensor then starts at a multiple of its element's size.
  const entries = Object.entries(state).sort(([, a], [, b]) => bytesPerElement(b.dtype) - bytesPerElement(a.dtype));
  let end = 0;
  for (const [name, { dtype, shape, size }] of entries) {
    const start = end;
    end += size * bytesPerElement(dtype);
    header.set(name, { dtype: NAMES[dtype], shape, data_offsets: [start, end] });
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const headerSize = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerSize + end).fill(32, 8, 8 + headerSize); // padded with spaces
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerSize), true);
  bytes.set(text, 8);
  let at = 8 + headerSize;
  for (const [, value] of entries) {
    const elements = bytesOf(value.dataSync());
    bytes.set(elements, at);
    at += elements.length;
  }
  return bytes;
}

/**
 * The tensors of a safetensors file.
 *
 * @throws {FormatError} When the bytes are cut off, are no such file, or contradict themselves.
 */
export function fromSafetensors(bytes: Uint8Array): StateDict {
  const { header, data } = parse(bytes);
  const entries = Object.entries(header).filter(([name]) => name !== "__metadata__");
  for (const [name, entry] of entries) checkEntry(name, entry, data.length);
  checkCoverage(header, data.length);
  return Object.fromEntries(entries.map(([name, entry]) => [name, readTensor(entry as Entry, data)]));
}

/** The strings that a safetensors file keeps beside its tensors. */
export function safetensorsMetadata(bytes: Uint8Array): Readonly<Record<string, string>> {
  return (parse(bytes).header.__metadata__ ?? {}) as Record<string, string>;
}

function parse(bytes: Uint8Array): { header: Record<string, unknown>; data: Uint8Array } {
  const size = bytes.length < 8 ? -1 : Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (size < 2 || size > LARGEST_HEADER || size > bytes.length - 8) {
    throw new FormatError(
      `fromSafetensors: these ${bytes.length} bytes are no safetensors file, or a truncated one: ` +
        `${size < 0 ? "there is no header" : `the header should have ${size} bytes`}.`,
    );
  }
  const text = bytes.subarray(8, 8 + size);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(text));
  } catch {
    const beginning = new TextDecoder().decode(text).slice(0, 20);
    throw new FormatError(`fromSafetensors: the header is no JSON; it starts with ${JSON.stringify(beginning)}.`);
  }
  if (!isRecord(header) || bytes[8] !== 0x7b) throw new FormatError("fromSafetensors: the header is no JSON object.");
  const metadata = header.__metadata__ ?? {};
  if (!isRecord(metadata) || !Object.values(metadata).every((value) => typeof value === "string")) {
    throw new FormatError("fromSafetensors: __metadata__ must hold strings only.");
  }
  return { header, data: bytes.subarray(8 + size) };
}

const isRecord = (x: unknown): x is Record<string, unknown> => typeof x === "object" && x !== null && !Array.isArray(x);

const isSizes = (x: unknown): x is number[] => Array.isArray(x) && x.every((n) => Number.isSafeInteger(n) && n >= 0);

function checkEntry(name: string, entry: unknown, size: number): asserts entry is Entry {
  if (!isRecord(entry) || !isSizes(entry.shape) || !isSizes(entry.data_offsets) || entry.data_offsets.length !== 2) {
    throw new FormatError(`fromSafetensors: the header's entry for ${name} lacks a shape or data_offsets.`);
  }
  if (typeof entry.dtype !== "string" || !Object.hasOwn(ARRAYS, entry.dtype)) {
    throw new FormatError(`fromSafetensors: ${name} has dtype ${String(entry.dtype)}; F32, F64 and I32 can be read.`);
  }
  const ArrayType = ARRAYS[entry.dtype as keyof typeof ARRAYS];
  const [start, end] = entry.data_offsets;
  const length = sizeOf(entry.shape) * ArrayType.BYTES_PER_ELEMENT;
  if (end - start !== length || end > size) {
    throw new FormatError(
      `fromSafetensors: ${name} ${formatShape(entry.shape)} ${entry.dtype} needs ${length} bytes, but has bytes ${start} to ` +
        `${end} of ${size}. The file is truncated or damaged.`,
    );
  }
}

function readTensor({ dtype, shape, data_offsets: [start, end] }: Entry, data: Uint8Array): Tensor {
  const ArrayType = ARRAYS[dtype as keyof typeof ARRAYS];
  const copy = new Uint8Array(data.subarray(start, end)); // aligned; `slice` of Node's Buffer would be no copy
  return tensor(new ArrayType(copy.buffer), shape);
}

/** Tensors must fill the data from its first byte to its last, without gaps or overlaps. */
function checkCoverage(header: Record<string, unknown>, size: number): void {
  const ranges = Object.entries(header)
    .filter(([name]) => name !== "__metadata__")
    .map(([name, entry]) => [name, ...(entry as Entry).data_offsets] as const)
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
  if (end !== size)
    throw new FormatError(`fromSafetensors: the tensors end at byte ${end} of the data, which has ${size}.`);
}

const bytesPerElement = (dtype: DType): number => ARRAYS[NAMES[dtype] as keyof typeof ARRAYS].BYTES_PER_ELEMENT;

/** The array's bytes. The format is little-endian, and so must the platform be. */
function bytesOf(values: TypedArray): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
