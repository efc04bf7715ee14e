import { defineKernel } from "../device/defineKernel.js";
import { allocate, valuesOf } from "../tensor.js";
import * as wasm from "../wasm/resample.js";

/**
 * R x: a sparse matrix along one axis. y[o, i, k] = Σ weights[t] · x[o, indices[t], k] over the entries t of row i, summed in
 * float64. Its adjoint is the same with Rᵀ: `resampleTransposed`.
 */
export const resampleKernel = /* @__PURE__ */ defineKernel(
  "resample",
  (x, geometry) => {
    const y = allocate(x.device, geometry.yShape, x.dtype);
    const [xs, ys] = [valuesOf(x), valuesOf(y)];
    const { outer, inSize, inner, outSize, starts, indices, weights } = geometry;
    for (let o = 0, at = 0; o < outer; o++) {
      for (let i = 0; i < outSize; i++) {
        for (let k = 0; k < inner; k++, at++) {
          let sum = 0;
          for (let t = starts[i]; t < starts[i + 1]; t++) sum += weights[t] * xs[(o * inSize + indices[t]) * inner + k];
          ys[at] = sum;
        }
      }
    }
    return y;
  },
  "floating",
  wasm.resample,
);
