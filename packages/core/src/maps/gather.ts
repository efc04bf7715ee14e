import { ones, type TensorOptions } from "../create.js";
import { defineKernel } from "../device/defineKernel.js";
import { ARRAYS, type DType } from "../dtype.js";
import { checkChoice, checkInteger, checkOptions, expectTensor } from "../options.js";
import { resolveDims, type Shape } from "../shape.js";
import { allocate, type Tensor, valuesOf } from "../tensor.js";
import { gatherGeometry } from "./gatherGeometry.js";
import { slice } from "./strided.js";
import { oneDim } from "./stridedGeometry.js";

/** S x: the elements at given positions of an axis. y[o, k, i] = x[o, indices[o, k, i], i]. */
export const gatherKernel = /* @__PURE__ */ defineKernel(
  "gather",
  (x, indices, geometry) => {
    const y = allocate(x.device, geometry.yShape, x.dtype);
    const [xs, is, ys] = [valuesOf(x), valuesOf(indices), valuesOf(y)];
    const { outer, length, count, inner } = geometry;
    for (let o = 0, at = 0; o < outer; o++)
      for (let k = 0; k < count; k++)
        for (let i = 0; i < inner; i++, at++) {
          if (!(is[at] >= 0 && is[at] < length)) throw outOfRange("gather", is[at], length);
          ys[at] = xs[(o * length + is[at]) * inner + i];
        }
    return y;
  },
  "any",
);

/** Sᵀ g: gradients added up where elements were read. gradX[o, j, i] = Σ gradY[o, k, i] over k with indices[o, k, i] = j. */
export const gatherAdjointKernel = /* @__PURE__ */ defineKernel(
  "gatherAdjoint",
  (gradY, indices, geometry) => {
    const gradX = allocate(gradY.device, geometry.xShape, gradY.dtype);
    const [gys, is] = [valuesOf(gradY), valuesOf(indices)];
    const sums = new Float64Array(gradX.size);
    const { outer, length, count, inner } = geometry;
    for (let o = 0, at = 0; o < outer; o++)
      for (let k = 0; k < count; k++)
        for (let i = 0; i < inner; i++, at++) {
          if (!(is[at] >= 0 && is[at] < length)) throw outOfRange("gatherAdjoint", is[at], length);
          sums[(o * length + is[at]) * inner + i] += gys[at];
        }
    valuesOf(gradX).set(sums);
    return gradX;
  },
  "any",
);

function outOfRange(operator: string, index: number, length: number): RangeError {
  return new RangeError(
    `${operator}: index ${index} is not a position of the axis, whose length is ${length}. ` +
      (length === 0 ? "It is empty." : `Use 0 to ${length - 1}.`),
  );
}

/**
 * The elements at given positions along an axis, each index for its own place. For `dim` 1:
 *
 *     y[n, k, …] = x[n, index[n, k, …], …]
 *
 * @param index int32, with x's axes; beside `dim` its lengths may be smaller than x's, as in PyTorch.
 * @returns A tensor of the index's shape.
 * @throws {RangeError} When an index is negative or not below the axis's length.
 * @example
 * gather(tensor([[1, 2], [3, 4]]), 1, tensor([[1], [0]], [2, 1], { dtype: "int32" })); // [[2], [3]]
 */
export function gather(x: Tensor, dim: number, index: Tensor): Tensor {
  expectTensor("gather", "x", x);
  expectTensor("gather", "index", index);
  expectIndices("gather", "index", index);
  const [axis] = resolveDims("gather", x.shape, oneDim("gather", "dim", dim));
  const isInside = index.shape.every((length, a) => a === axis || length <= x.shape[a]);
  const covered = isInside && index.shape.length === x.shape.length ? cover(x, axis, index.shape) : x;
  return gatherKernel(covered, index, gatherGeometry(covered.shape, dim, index.shape));
}

/** The part of x that indices of this shape can reach: cut along all axes but one. */
function cover(x: Tensor, axis: number, indexShape: Shape): Tensor {
  return indexShape.reduce(
    (part, end, a) => (a === axis || end >= x.shape[a] ? part : slice(part, { dim: a, end })),
    x,
  );
}

/**
 * Checks that a tensor holds indices.
 *
 * @throws {TypeError} When it is not int32.
 */
export function expectIndices(operator: string, name: string, index: Tensor): void {
  if (index.dtype !== "int32") {
    throw new TypeError(`${operator}: ${name} must be int32, got ${index.dtype}. Use cast(${name}, "int32").`);
  }
}

/**
 * Unit vectors for class labels: 1 at the label's place, 0 elsewhere. It is the adjoint of gathering, applied to ones.
 *
 * @param labels […], int32, from 0 to classes − 1.
 * @param classes How many there are.
 * @param options `dtype` "float32".
 * @returns […, classes].
 * @throws {RangeError} When a label is not below `classes`.
 * @example
 * oneHot(tensor([2, 0], [2], { dtype: "int32" }), 3); // [[0, 0, 1], [1, 0, 0]]
 */
export function oneHot(labels: Tensor, classes: number, options: Omit<TensorOptions, "device"> = {}): Tensor {
  expectTensor("oneHot", "labels", labels);
  expectIndices("oneHot", "labels", labels);
  checkOptions("oneHot", options, ["dtype"]);
  checkChoice("oneHot", "dtype", options.dtype ?? "float32", Object.keys(ARRAYS) as DType[]);
  checkInteger("oneHot", "classes", classes, 1);
  const { device, size, shape } = labels;
  const wrong = device.isHost ? valuesOf(labels).find((label) => !(label >= 0 && label < classes)) : undefined;
  if (wrong !== undefined) {
    throw new RangeError(`oneHot: label ${wrong} is not a class: there are ${classes}, from 0 to ${classes - 1}.`);
  }
  const geometry = { outer: size, length: classes, count: 1, inner: 1, xShape: [...shape, classes], yShape: shape };
  return gatherAdjointKernel(ones(shape, { ...options, device }), labels, geometry);
}
