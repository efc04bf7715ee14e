import type { Tensor } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import { type GatherGeometry, gathering } from "@conv/core/operators";
import { defineLinear } from "../defineLinear.js";
import type { Input, Variable } from "../variable.js";
import { slice } from "./strided.js";

/** Where elements are gathered: the indices have no gradient, so they are an option. */
interface Gathered {
  readonly indices: Tensor;
  readonly geometry: GatherGeometry;
}

/** S x, the elements at given indices, and Sᵀ g, gradients put back there: each the other's adjoint. */
export const gatherOp = /* @__PURE__ */ defineLinear<Gathered>({
  name: "gather",
  forward: (x, { indices, geometry }) => kernels.gather(x, indices, geometry),
  adjoint: (gradY, { indices, geometry }) => kernels.gatherAdjoint(gradY, indices, geometry),
});

/** The elements at given positions along an axis, as in `@conv/core`; the gradient goes back to where they were read. */
export const gather = /* @__PURE__ */ gathering<Input, Variable>({
  slice,
  gather: (x, indices, geometry) => gatherOp(x, { indices, geometry }),
});
