import { ShapeError } from "../errors.js";
import { broadcastShapes, formatShape, type Shape } from "../shape.js";

/** Every size of a product of matrices, in stacks that broadcast: [batchA…, M, K] · [batchB…, K, N] → [batch…, M, N]. */
export interface MatmulGeometry {
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
  readonly aBatch: Shape;
  readonly bBatch: Shape;
  readonly yShape: Shape;
}

/**
 * The sizes of `matmul` for tensors of at least two axes.
 *
 * @param names The shapes as errors print them, where vectors were reshaped to matrices.
 * @throws {ShapeError} When A's columns are not as many as B's rows, or the leading axes do not broadcast.
 */
export function matmulGeometry(
  aShape: Shape,
  bShape: Shape,
  [a, b] = [aShape, bShape].map(formatShape),
): MatmulGeometry {
  const [rows, depth] = aShape.slice(-2);
  const [bRows, columns] = bShape.slice(-2);
  if (depth !== bRows) {
    throw new ShapeError(
      `matmul: a ${a} has ${depth} columns, but b ${b} has ${bRows} rows. Make them equal, or transpose one.`,
    );
  }
  const [aBatch, bBatch] = [aShape.slice(0, -2), bShape.slice(0, -2)];
  const batch = broadcastShapes(`matmul: the leading axes of a ${a} and b ${b}`, aBatch, bBatch);
  return { rows, depth, columns, aBatch, bBatch, yShape: [...batch, rows, columns] };
}
