/** Element types: `float32` for training, `float64` for gradient checks, `int32` for labels and indices. */
export type DType = "float32" | "float64" | "int32";

/** The JavaScript arrays that hold elements of the three types. */
export type TypedArray = Float32Array | Float64Array | Int32Array;

/** The array of each element type. */
export const ARRAYS = { float32: Float32Array, float64: Float64Array, int32: Int32Array } as const;

/** An ordinary array for `size` elements of this type, all zero. */
export function typedArray(dtype: DType, size: number): TypedArray {
  return new ARRAYS[dtype](size);
}
