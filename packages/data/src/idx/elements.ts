import type { DType, TypedArray } from "@conv/core";

/** One of the element types of IDX. */
export interface ElementType {
  readonly name: string;
  /** The third byte of the file. */
  readonly code: number;
  /** Bytes per element. */
  readonly bytes: number;
  /** The type of the tensor that holds such elements exactly. */
  readonly dtype: DType;
  /** Reads one element; big-endian, as everything in IDX. */
  readonly get: (view: DataView, at: number) => number;
  /** Writes one element; big-endian. */
  readonly set: (view: DataView, at: number, value: number) => void;
}

/** Unsigned bytes: the pixels and labels of MNIST. */
export const UBYTE: ElementType = {
  name: "ubyte",
  code: 0x08,
  bytes: 1,
  dtype: "int32",
  get: (view, at) => view.getUint8(at),
  set: (view, at, value) => view.setUint8(at, value),
};

/** Signed 32-bit integers. */
export const INT: ElementType = {
  name: "int",
  code: 0x0c,
  bytes: 4,
  dtype: "int32",
  get: (view, at) => view.getInt32(at),
  set: (view, at, value) => view.setInt32(at, value),
};

/** 32-bit floats. */
export const FLOAT: ElementType = {
  name: "float",
  code: 0x0d,
  bytes: 4,
  dtype: "float32",
  get: (view, at) => view.getFloat32(at),
  set: (view, at, value) => view.setFloat32(at, value),
};

/** 64-bit floats. */
export const DOUBLE: ElementType = {
  name: "double",
  code: 0x0e,
  bytes: 8,
  dtype: "float64",
  get: (view, at) => view.getFloat64(at),
  set: (view, at, value) => view.setFloat64(at, value),
};

const SBYTE: ElementType = {
  name: "sbyte",
  code: 0x09,
  bytes: 1,
  dtype: "int32",
  get: (view, at) => view.getInt8(at),
  set: (view, at, value) => view.setInt8(at, value),
};

const SHORT: ElementType = {
  name: "short",
  code: 0x0b,
  bytes: 2,
  dtype: "int32",
  get: (view, at) => view.getInt16(at),
  set: (view, at, value) => view.setInt16(at, value),
};

/** Every element type, in order of its code. */
export const ELEMENT_TYPES: readonly ElementType[] = [UBYTE, SBYTE, SHORT, INT, FLOAT, DOUBLE];

/** The type that an IDX file of this tensor has: integers are bytes where all of them fit, else 32 bits wide. */
export function elementTypeOf(dtype: DType, values: TypedArray): ElementType {
  if (dtype === "float32") return FLOAT;
  if (dtype === "float64") return DOUBLE;
  return values.every((value) => value >= 0 && value <= 255) ? UBYTE : INT;
}

/** An array of `size` elements of a type. */
export function arrayOf(dtype: DType, size: number): TypedArray {
  if (dtype === "int32") return new Int32Array(size);
  return dtype === "float64" ? new Float64Array(size) : new Float32Array(size);
}
