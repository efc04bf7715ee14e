import type { Tensor } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import { type GatherGeometry, gathering } from "@conv/core/operators";
import { defineOwnLinear } from "../defineLinear.js";
import type { Input, Variable } from "../variable.js";
import { slice } from "./strided.js";

/** Where elements are gathered: the indices have no gradient, so they are an option. */
interface Gathered {
  readonly indices: Tensor;
  readonly geometry: GatherGeometry;
}

/** S x, the elements at given indices, and Sᵀ g, gradients put back there: each the other's adjoint. */
export const gatherOp = /* @__PURE__ */ defineOwnLinear<Gathered>({
  name: "gather",
  forward: (x, { indices, geometry }) => kernels.gather(x, indices, geometry),
  adjoint: (gradY, { indices, geometry }) => kernels.gatherAdjoint(gradY, indices, geometry),
});

/**
 * The elements at given positions along an axis, each index for its own place. For `dim` 1:
 *
 *     y[n, k, …] = x[n, index[n, k, …], …]
 *     gradX[n, j, …] = Σ gradY[n, k, …]     over k with index[n, k, …] = j
 *
 * What was read twice gets both gradients, what was not read gets 0. The index has no gradient. Keeps the index for the
 * way back. Shapes and errors: as in `@conv/core`.
 *
 * @example
 * const x = variable(tensor([[1, 2], [3, 4]]));
 * const y = gather(x, 1, tensor([[1, 1], [0, 0]]));
 * y; // [[2, 2], [3, 3]]
 * sum(y).backward();
 * x.grad; // [[0, 2], [2, 0]]
 */
export const gather = /* @__PURE__ */ gathering<Input, Variable>({
  slice,
  gather: (x, indices, geometry) => gatherOp(x, { indices, geometry }),
});
