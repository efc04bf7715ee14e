import { formatValue } from "./options.js";

/** Element types: `float32` for training, `float64` for gradient checks, `int32` for labels and indices. */
export type DType = "float32" | "float64" | "int32";

/** The JavaScript arrays that hold elements of the three types. */
export type TypedArray = Float32Array | Float64Array | Int32Array;

/** The array of each element type. */
export const ARRAYS = { float32: Float32Array, float64: Float64Array, int32: Int32Array } as const;

/** An ordinary array for `size` elements of this type, all zero. */
export function typedArray(dtype: DType, size: number): TypedArray {
  try {
    return new ARRAYS[dtype](size);
  } catch {
    throw new RangeError(`allocate: ${size} elements of ${dtype} do not fit in memory. Use smaller sizes.`);
  }
}

/** The type of an array's elements; undefined for arrays that hold none of ours. */
export function dtypeOf(values: TypedArray): DType | undefined {
  return DTYPES.find((dtype) => values instanceof ARRAYS[dtype]);
}

/** All element types. */
export const DTYPES = Object.keys(ARRAYS) as readonly DType[];

/**
 * Checks that an element type is the expected one.
 *
 * @throws {TypeError} When it is not.
 */
export function expectDType(operator: string, name: string, dtype: DType, expected: DType): void {
  if (dtype === expected) return;
  throw new TypeError(`${operator}: ${name} is ${dtype}, but it must be ${expected}. Use cast(x, "${expected}").`);
}

/**
 * Checks the name of an element type.
 *
 * @throws {TypeError} When there is none of that name.
 */
export function checkDType(operator: string, dtype: DType): DType {
  if (!DTYPES.includes(dtype)) {
    throw new TypeError(`${operator}: dtype must be "float32", "float64" or "int32", got ${formatValue(dtype)}.`);
  }
  return dtype;
}
