import type { TypedArray } from "@conv/core";
import { FormatError } from "./formatError.js";
import {
  BF16,
  decodeFloats,
  decodePowers,
  encodeFloats,
  F8_E4M3,
  F8_E4M3FNUZ,
  F8_E5M2,
  F8_E5M2FNUZ,
  F16,
} from "./smallFloats.js";

/** How the elements of a dtype of the format become ours: exactly, or not at all. */
interface Reader {
  /** Bytes of an element. */
  readonly size: number;
  /** @throws {FormatError} When none of our dtypes holds them all. */
  readonly read: (elements: ArrayBuffer, name: string) => TypedArray;
}

/**
 * Small integers become int32; floating-point numbers float32, or float64 from F64. Integers that can be larger become int32 if
 * all are that small, else float64.
 */
export const READERS: Readonly<Record<string, Reader>> = {
  BOOL: { size: 1, read: (elements, name) => booleans(new Uint8Array(elements), name) },
  U8: { size: 1, read: (elements) => new Int32Array(new Uint8Array(elements)) },
  I8: { size: 1, read: (elements) => new Int32Array(new Int8Array(elements)) },
  U16: { size: 2, read: (elements) => new Int32Array(new Uint16Array(elements)) },
  I16: { size: 2, read: (elements) => new Int32Array(new Int16Array(elements)) },
  I32: { size: 4, read: (elements) => new Int32Array(elements) },
  U32: { size: 4, read: (elements, name) => integers(new Uint32Array(elements), name) },
  I64: { size: 8, read: (elements, name) => integers(new BigInt64Array(elements), name) },
  U64: { size: 8, read: (elements, name) => integers(new BigUint64Array(elements), name) },
  F8_E5M2: { size: 1, read: (elements) => decodeFloats(new Uint8Array(elements), F8_E5M2) },
  F8_E4M3: { size: 1, read: (elements) => decodeFloats(new Uint8Array(elements), F8_E4M3) },
  F8_E5M2FNUZ: { size: 1, read: (elements) => decodeFloats(new Uint8Array(elements), F8_E5M2FNUZ) },
  F8_E4M3FNUZ: { size: 1, read: (elements) => decodeFloats(new Uint8Array(elements), F8_E4M3FNUZ) },
  F8_E8M0: { size: 1, read: (elements) => decodePowers(new Uint8Array(elements)) },
  F16: { size: 2, read: (elements) => decodeFloats(new Uint16Array(elements), F16) },
  BF16: { size: 2, read: (elements) => decodeFloats(new Uint16Array(elements), BF16) },
  F32: { size: 4, read: (elements) => new Float32Array(elements) },
  F64: { size: 8, read: (elements) => new Float64Array(elements) },
};

const PACKED = "its elements are parts of bytes, codes that other tensors scale";

/** The format's dtypes that cannot be read, and why. */
export const UNREADABLE: Readonly<Record<string, string>> = {
  C64: "there are no complex numbers here",
  F4: PACKED,
  F6_E2M3: PACKED,
  F6_E3M2: PACKED,
};

/** The format's dtypes that can be written: F16, BF16, F32 and F64 from floating-point tensors, I32 and I64 from int32. */
export type SafetensorsDType = "F16" | "BF16" | "F32" | "F64" | "I32" | "I64";

/** How our elements become those of a dtype of the format. */
interface Writer {
  /** Bytes of an element. */
  readonly size: number;
  readonly isFloat: boolean;
  /** Larger ones come first in a file. */
  readonly rank: number;
  /** Writes the elements into a file's memory, from byte `start` on. */
  readonly write: (values: TypedArray, file: ArrayBuffer, start: number) => void;
}

/** Each rounds to the nearest number that the dtype has. */
export const WRITERS: Readonly<Record<SafetensorsDType, Writer>> = {
  F16: {
    size: 2,
    isFloat: true,
    rank: 0,
    write: (values, file, start) => encodeFloats(values, F16, new Uint16Array(file, start, values.length)),
  },
  BF16: {
    size: 2,
    isFloat: true,
    rank: 1,
    write: (values, file, start) => encodeFloats(values, BF16, new Uint16Array(file, start, values.length)),
  },
  I32: {
    size: 4,
    isFloat: false,
    rank: 2,
    write: (values, file, start) => new Int32Array(file, start, values.length).set(values),
  },
  F32: {
    size: 4,
    isFloat: true,
    rank: 3,
    write: (values, file, start) => new Float32Array(file, start, values.length).set(values),
  },
  F64: {
    size: 8,
    isFloat: true,
    rank: 4,
    write: (values, file, start) => new Float64Array(file, start, values.length).set(values),
  },
  I64: {
    size: 8,
    isFloat: false,
    rank: 5,
    write: (values, file, start) => new BigInt64Array(file, start, values.length).set(Array.from(values, BigInt)),
  },
};

/** The elements as int32 if all fit, else as float64. */
function integers(given: Uint32Array | BigInt64Array | BigUint64Array, name: string): TypedArray {
  let [isSmall, isExact] = [true, true];
  for (let i = 0; i < given.length; i++) {
    isSmall &&= given[i] >= -(2 ** 31) && given[i] < 2 ** 31;
    isExact &&= given[i] >= -(2 ** 53) && given[i] <= 2 ** 53;
    if (isExact) continue;
    throw new FormatError(
      `fromSafetensors: ${name} holds ${given[i]}; integers beyond ±2⁵³ have no dtype here. Convert them before saving.`,
    );
  }
  const values = isSmall ? new Int32Array(given.length) : new Float64Array(given.length);
  for (let i = 0; i < given.length; i++) values[i] = Number(given[i]);
  return values;
}

function booleans(given: Uint8Array, name: string): Int32Array {
  const wrong = given.find((value) => value > 1);
  if (wrong === undefined) return new Int32Array(given);
  throw new FormatError(`fromSafetensors: ${name} is BOOL, but holds ${wrong}. The file is damaged.`);
}
