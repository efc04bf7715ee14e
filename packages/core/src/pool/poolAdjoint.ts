import { checkTensors } from "../device/defineKernel.js";
import { ShapeError } from "../errors.js";
import { asIndices, gatherAdjointKernel } from "../maps/gather.js";
import { checkInteger, checkOptions, expectTensor, formatValue } from "../options.js";
import { expectShape, formatShape, type Shape, sizeOf } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { adaptivePoolGeometry, evenPool } from "./adaptiveGeometry.js";
import { adaptiveAvgPoolAdjointKernel } from "./adaptivePool.js";
import { avgPoolAdjointKernel } from "./avgPool.js";
import { type AvgPoolOptions, pickGeometry, poolGeometry } from "./geometry.js";

/** The size of the image that was pooled, which strides forget. */
export interface PooledSize {
  /** Lengths of the spatial axes of x. */
  readonly inSize: readonly number[];
}

/** The shape of x: gradY's leading axes, and the image's. */
function xShapeOf(operator: string, gradY: Tensor, inSize: readonly number[]): Shape {
  expectTensor(operator, "gradY", gradY);
  if (!Array.isArray(inSize) || inSize.length === 0) {
    throw new TypeError(
      `${operator}: inSize must be an array with the lengths of the image's spatial axes, got ${formatValue(inSize)}.`,
    );
  }
  for (const length of inSize) checkInteger(operator, "inSize", length, 0);
  if (gradY.shape.length <= inSize.length) {
    throw new ShapeError(
      `${operator}: gradY ${formatShape(gradY.shape)} must have a channel axis before its ${inSize.length} spatial ones. Reshape it.`,
    );
  }
  return [...gradY.shape.slice(0, gradY.shape.length - inSize.length), ...inSize];
}

/**
 * The adjoint of `avgPool1d|2d|3d`: each window's gradient spread over its pixels, ⟨avgPool(x), g⟩ = ⟨x, avgPoolAdjoint(g)⟩.
 *
 * @param gradY [N, C, …out].
 * @param kernelSize As for the pooling.
 * @param options As for the pooling, and `inSize`: the lengths of the image's spatial axes.
 * @returns [N, C, …inSize].
 * @throws {ShapeError} When gradY is not of the shape that the pooling gives.
 * @example
 * avgPoolAdjoint(tensor([[[2, 8]]]), 2, { inSize: [5] }); // [[[1, 1, 4, 4, 0]]]
 */
export function avgPoolAdjoint(
  gradY: Tensor,
  kernelSize: number | readonly number[],
  options: AvgPoolOptions & PooledSize,
): Tensor {
  const operator = "avgPoolAdjoint";
  checkOptions(operator, options, ["inSize", "stride", "padding", "ceilMode", "countIncludePad", "divisorOverride"]);
  const { inSize, ...pooling } = options;
  const xShape = xShapeOf(operator, gradY, inSize);
  const geometry = poolGeometry(operator, inSize.length, xShape, kernelSize, pooling);
  expectShape(operator, "gradY", gradY.shape, geometry.yShape);
  checkTensors(operator, "floating", [gradY]);
  return avgPoolAdjointKernel(gradY, geometry);
}

/**
 * The adjoint of `adaptiveAvgPool1d|2d|3d` and of `globalAvgPool`.
 *
 * @param gradY [N, C, …out].
 * @param options `inSize`: the lengths of the image's spatial axes.
 * @returns [N, C, …inSize].
 * @example
 * adaptiveAvgPoolAdjoint(tensor([[[3, 6]]]), { inSize: [5] }); // [[[1, 1, 3, 2, 2]]]
 */
export function adaptiveAvgPoolAdjoint(gradY: Tensor, options: PooledSize): Tensor {
  const operator = "adaptiveAvgPoolAdjoint";
  checkOptions(operator, options, ["inSize"]);
  const { inSize } = options;
  const xShape = xShapeOf(operator, gradY, inSize);
  const geometry = adaptivePoolGeometry(operator, inSize.length, xShape, gradY.shape.slice(-inSize.length));
  checkTensors(operator, "floating", [gradY]);
  const even = evenPool(geometry);
  return even === undefined ? adaptiveAvgPoolAdjointKernel(gradY, geometry) : avgPoolAdjointKernel(gradY, even);
}

/**
 * The adjoint of every max pooling, once it is known where the largest pixels stood: gradients go back there, and add up
 * where windows shared a pixel.
 *
 * @param gradY [N, C, …out].
 * @param indices Of gradY's shape, int32: from `maxPool…WithIndices` or `adaptiveMaxPool…WithIndices`.
 * @param options `inSize`: the lengths of the image's spatial axes.
 * @returns [N, C, …inSize].
 * @throws {RangeError} When an index is not a pixel of the image.
 * @example
 * const { indices } = maxPool1dWithIndices(tensor([[[1, 9, 2, 3]]]), 2, { stride: 1 });
 * maxPoolAdjoint(tensor([[[5, 6, 7]]]), indices, { inSize: [4] }); // [[[0, 11, 0, 7]]]
 */
export function maxPoolAdjoint(gradY: Tensor, indices: Tensor, options: PooledSize): Tensor {
  const operator = "maxPoolAdjoint";
  checkOptions(operator, options, ["inSize"]);
  const { inSize } = options;
  const xShape = xShapeOf(operator, gradY, inSize);
  const places = asIndices(operator, "indices", indices, sizeOf(inSize));
  checkTensors(operator, "any", [gradY, indices]);
  expectShape(operator, "indices", indices.shape, gradY.shape);
  const leading = gradY.shape.slice(0, gradY.shape.length - inSize.length);
  const outSize = gradY.shape.slice(leading.length);
  const geometry = pickGeometry({ planes: sizeOf(leading), inSize, outSize, xShape, yShape: gradY.shape });
  return gatherAdjointKernel(gradY, places, geometry);
}
