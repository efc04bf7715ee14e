import type { Shape } from "../shape.js";
import { allocate, type Tensor, valuesOf } from "../tensor.js";

/**
 * Sums that were formed in float64 as a tensor beside x: each is rounded once, to x's type.
 *
 * @throws {RangeError} When int32 cannot hold one.
 */
export function roundSums(operator: string, sums: Float64Array, x: Tensor, shape: Shape): Tensor {
  const y = allocate(x.device, shape, x.dtype);
  const ys = valuesOf(y);
  ys.set(sums);
  const cut = x.dtype === "int32" ? sums.find((sum, i) => sum !== ys[i]) : undefined;
  if (cut !== undefined) throw new RangeError(`${operator}: int32 cannot hold the sum ${cut}. Use cast(x, "float64").`);
  return y;
}
