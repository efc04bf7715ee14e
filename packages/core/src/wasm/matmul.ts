import type { MatmulGeometry } from "../maps/matmulGeometry.js";
import { broadcastStrides } from "../maps/rows.js";
import { type Shape, sizeOf } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { multiply, plannedProduct } from "./product.js";
import { resultIn } from "./run.js";
import { grid } from "./tables.js";

/** The kernel of `matmul` for float32. */
export function matmulWasm(a: Tensor, b: Tensor, geometry: MatmulGeometry): Tensor | undefined {
  const { rows, depth, columns, aBatch, bBatch, yShape } = geometry;
  if (a.dtype !== "float32" || sizeOf(yShape) === 0) return undefined;
  const batch = yShape.slice(0, -2);
  /** Matrices of a stack that broadcasts to the batch. */
  const operand = (from: Shape, height: number, width: number) => ({
    items: grid(batch, broadcastStrides(from, batch)).map((item) => item * height * width),
    rows: grid([height], [width]),
    columns: grid([width], [1]),
  });
  const key = `matmul ${aBatch} / ${bBatch} / ${rows} ${depth} ${columns}`;
  return resultIn(a, yShape, (workspace, y) => {
    const product = plannedProduct(workspace, key, () => ({
      a: operand(aBatch, rows, depth),
      b: operand(bBatch, depth, columns),
      c: operand(batch, rows, columns),
    }));
    multiply(workspace, product, { a: workspace.read(a), b: workspace.read(b), c: workspace.write(y) });
  });
}
