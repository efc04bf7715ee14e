import type { Tensor } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import type { GatherGeometry } from "@conv/core/operators";
import { defineOp, type Op } from "../defineOp.js";

/** Where elements are gathered: the indices have no gradient, so they are an option. */
interface Gathered {
  readonly indices: Tensor;
  readonly geometry: GatherGeometry;
}

/** S x, the elements at given indices, and Sᵀ g, gradients put back there: each the other's adjoint. */
export const gatherOp: Op<["x"], Gathered> = /* @__PURE__ */ defineOp({
  name: "gather",
  inputs: ["x"],
  forward: ({ x }, { indices, geometry }: Gathered) => kernels.gather(x, indices, geometry),
  adjoint: { x: (gradY, _, gathered) => gatherAdjointOp(gradY, gathered) },
});

const gatherAdjointOp: Op<["gradY"], Gathered> = /* @__PURE__ */ defineOp({
  name: "gatherAdjoint",
  inputs: ["gradY"],
  forward: ({ gradY }, { indices, geometry }: Gathered) => kernels.gatherAdjoint(gradY, indices, geometry),
  adjoint: { gradY: (gradX, _, gathered) => gatherOp(gradX, gathered) },
});
