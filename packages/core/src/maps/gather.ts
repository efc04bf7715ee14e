import { ones, type TensorOptions } from "../create.js";
import { defineKernel } from "../device/defineKernel.js";
import { checkDType } from "../dtype.js";
import { checkInteger, checkOptions, expectTensor } from "../options.js";
import { tidy } from "../scope.js";
import { resolveDim, sizeOf } from "../shape.js";
import { allocate, expectOwnTensor, type Tensor, type TensorLike, valuesOf } from "../tensor.js";
import * as wasm from "../wasm/gather.js";
import { cast } from "./cast.js";
import { type GatherGeometry, gatherGeometry } from "./gatherGeometry.js";
import { slice } from "./strided.js";
import type { SliceOptions } from "./stridedGeometry.js";
import { roundSums } from "./sums.js";

/** S x: the elements at given positions of an axis. y[o, k, i] = x[o, indices[o, k, i], i]. */
export const gatherKernel = /* @__PURE__ */ defineKernel(
  "gather",
  (x, indices, geometry) => {
    const y = allocate(x.device, geometry.yShape, x.dtype);
    const [xs, is, ys] = [valuesOf(x), valuesOf(indices), valuesOf(y)];
    const { outer, length, count, inner } = geometry;
    for (let o = 0, at = 0; o < outer; o++)
      for (let k = 0; k < count; k++)
        for (let i = 0; i < inner; i++, at++) ys[at] = xs[(o * length + is[at]) * inner + i];
    return y;
  },
  "any",
  wasm.gather,
);

/** Sᵀ g: gradients added up where elements were read. gradX[o, j, i] = Σ gradY[o, k, i] over k with indices[o, k, i] = j. */
export const gatherAdjointKernel = /* @__PURE__ */ defineKernel(
  "gatherAdjoint",
  (gradY, indices, geometry) => {
    const [gys, is] = [valuesOf(gradY), valuesOf(indices)];
    const sums = new Float64Array(sizeOf(geometry.xShape));
    const { outer, length, count, inner } = geometry;
    for (let o = 0, at = 0; o < outer; o++)
      for (let k = 0; k < count; k++)
        for (let i = 0; i < inner; i++, at++) sums[(o * length + is[at]) * inner + i] += gys[at];
    return roundSums("gatherAdjoint", sums, gradY, geometry.xShape);
  },
  "any",
  wasm.gatherAdjoint,
);

/** The steps of a gathering as users call it; on tensors, or on Variables that remember them. */
export interface GatherSteps<X, Y = X> {
  slice(x: X, options: SliceOptions): Y;
  gather(x: X, indices: Tensor, geometry: GatherGeometry): Y;
}

/** The gathering made of the given steps: x is cut to what the index can reach. Written once for tensors and Variables. */
/* @__NO_SIDE_EFFECTS__ */
export function gathering<X extends TensorLike, Y extends X = X>(steps: GatherSteps<X, Y>) {
  return (x: X, dim: number, index: Tensor): Y => {
    expectTensor("gather", "x", x);
    expectTensor("gather", "index", index);
    const axis = resolveDim("gather", x.shape, dim);
    const isInside = index.shape.every((length, a) => a === axis || length <= x.shape[a]);
    const cut = (part: X, end: number, a: number) =>
      a === axis || end >= x.shape[a] ? part : steps.slice(part, { dim: a, end });
    return tidy(() => {
      const covered = isInside && index.shape.length === x.shape.length ? index.shape.reduce(cut, x) : x;
      const geometry = gatherGeometry(covered.shape, dim, index.shape);
      return steps.gather(covered, asIndices("gather", "index", index, geometry.length), geometry);
    });
  };
}

/**
 * The elements at given positions along an axis, each index for its own place. For `dim` 1:
 *
 *     y[n, k, …] = x[n, index[n, k, …], …]
 *
 * @param index Integers, with x's axes; beside `dim` its lengths may be smaller than x's, as in PyTorch.
 * @returns A tensor of the index's shape.
 * @throws {RangeError} When an index is negative or not below the axis's length.
 * @example
 * gather(tensor([[1, 2], [3, 4]]), 1, tensor([[1], [0]])); // [[2], [3]]
 */
export const gather: (x: Tensor, dim: number, index: Tensor) => Tensor = /* @__PURE__ */ gathering<Tensor>({
  slice,
  gather: gatherKernel,
});

/**
 * A tensor of indices below `bound` as int32. Floats that are integers will do, as `tensor([2, 0])` makes them.
 *
 * On a device that cannot be looked at at once the values are trusted, and must be int32.
 *
 * @throws {RangeError} When one is no integer from 0 to bound − 1.
 * @throws {TypeError} When they are floats on such a device.
 */
export function asIndices(operator: string, name: string, index: Tensor, bound: number): Tensor {
  expectTensor(operator, name, index);
  expectOwnTensor(operator, index);
  if (!index.device.isHost) {
    if (index.dtype === "int32") return index;
    throw new TypeError(`${operator}: ${name} must be int32, got ${index.dtype}. Use cast(${name}, "int32").`);
  }
  const values = valuesOf(index);
  let at = 0;
  while (at < values.length && values[at] >>> 0 === values[at] && values[at] < bound) at++;
  if (at < values.length) {
    const range =
      bound === 0 ? "there is nothing to choose from" : `every one must be an integer from 0 to ${bound - 1}`;
    throw new RangeError(`${operator}: ${name} has the element ${values[at]}, but ${range}.`);
  }
  return cast(index, "int32");
}

/**
 * Unit vectors for class labels: 1 at the label's place, 0 elsewhere. It is the adjoint of gathering, applied to ones.
 *
 * @param labels […], integers from 0 to classes − 1.
 * @param classes How many there are.
 * @param options `dtype` "float32", `device`: that of the labels.
 * @returns […, classes].
 * @throws {RangeError} When a label is no integer, or not below `classes`.
 * @example
 * oneHot(tensor([2, 0]), 3); // [[0, 0, 1], [1, 0, 0]]
 */
export function oneHot(labels: Tensor, classes: number, options: TensorOptions = {}): Tensor {
  expectTensor("oneHot", "labels", labels);
  checkOptions("oneHot", options, ["dtype", "device"]);
  checkInteger("oneHot", "classes", classes, 1);
  const { dtype = "float32", device = labels.device } = options;
  checkDType("oneHot", dtype);
  const places = asIndices("oneHot", "labels", labels, classes).to(device);
  const { size, shape } = labels;
  const geometry = { outer: size, length: classes, count: 1, inner: 1, xShape: [...shape, classes], yShape: shape };
  return tidy(() => gatherAdjointKernel(ones(shape, { dtype, device }), places, geometry));
}
