import type { WindowGeometry } from "../conv/window.js";
import { ShapeError } from "../errors.js";
import { formatShape, resolveDim, type Shape, sizeOf } from "../shape.js";

/** Every size of a gathering along one axis: x is [outer, length, inner], the indices and y are [outer, count, inner]. */
export interface GatherGeometry {
  readonly outer: number;
  readonly length: number;
  readonly count: number;
  readonly inner: number;
  readonly xShape: Shape;
  readonly yShape: Shape;
  /**
   * The windows that the indices come from, where they are those of a max pooling whose windows slide evenly: in plane o,
   * `indices[o, k]` is the flat position of a pixel of `windows.inSize` that window k of `windows.outSize` sees. The adjoint
   * may look, for each pixel, at these windows only. Undefined where the indices may be any.
   */
  readonly windows?: WindowGeometry | undefined;
}

/**
 * The sizes of `gather`.
 *
 * @throws {ShapeError} When the indices have another number of axes, or other lengths than x beside `dim`.
 */
export function gatherGeometry(xShape: Shape, dim: number, indexShape: Shape): GatherGeometry {
  const axis = resolveDim("gather", xShape, dim);
  const isFitting = indexShape.length === xShape.length && indexShape.every((n, a) => a === axis || n === xShape[a]);
  if (!isFitting) {
    throw new ShapeError(
      `gather: index ${formatShape(indexShape)} must have as many axes as x ${formatShape(xShape)}, and none that is longer ` +
        `except along dim ${dim}. Slice or reshape the index, or broadcast x.`,
    );
  }
  return {
    outer: sizeOf(xShape.slice(0, axis)),
    length: xShape[axis],
    count: indexShape[axis],
    inner: sizeOf(xShape.slice(axis + 1)),
    xShape,
    yShape: indexShape,
  };
}
