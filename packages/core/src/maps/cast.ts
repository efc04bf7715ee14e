import { defineKernel } from "../device/defineKernel.js";
import { checkDType, type DType } from "../dtype.js";
import { expectTensor } from "../options.js";
import { allocate, type Tensor, valuesOf } from "../tensor.js";
import * as wasm from "../wasm/elementwise.js";

/** The kernel of `cast`. */
export const castKernel = /* @__PURE__ */ defineKernel(
  "cast",
  (x, dtype) => {
    const y = allocate(x.device, x.shape, dtype);
    const [xs, ys] = [valuesOf(x), valuesOf(y)];
    ys.set(xs);
    if (dtype !== "int32") return y;
    for (let i = 0; i < ys.length; i++) {
      if (ys[i] === Math.trunc(xs[i])) continue;
      throw new RangeError(
        `cast: int32 holds integers from -2147483648 to 2147483647, but x has the element ${xs[i]}. Replace it, or keep the dtype.`,
      );
    }
    return y;
  },
  "same",
  wasm.cast,
);

/**
 * The same numbers as elements of another type; x itself, not a copy, where it has that type already.
 *
 * float64 is rounded to the nearest float32; fractions are cut off towards zero on the way to int32.
 *
 * @param dtype `"float32"`, `"float64"` or `"int32"`.
 * @throws {RangeError} When int32 cannot hold an element: NaN, infinity, or beyond ±2³¹.
 * @example
 * cast(tensor([1.9, -1.9]), "int32"); // [1, -1]
 */
export function cast(x: Tensor, dtype: DType): Tensor {
  expectTensor("cast", "x", x);
  return x.dtype === checkDType("cast", dtype) ? x : castKernel(x, dtype);
}
