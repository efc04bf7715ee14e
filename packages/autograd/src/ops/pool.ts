import {
  type AvgPoolOptions,
  avgPooling,
  type MaxPoolOptions,
  type MaxPoolResult,
  maxPooling,
  type PlaneGeometry,
  type PoolGeometry,
  type Tensor,
} from "@conv/core";
import * as kernels from "@conv/core/kernels";
import { defineOp, type Op } from "../defineOp.js";
import { asVariable, type Variable } from "../variable.js";

/** Where pixels are picked: the indices have no gradient, so they are an option. */
interface Picked {
  readonly indices: Tensor;
  readonly geometry: PlaneGeometry;
}

/** S x, the pixels at given indices, and Sᵀ g, gradients put back there: each the other's adjoint. */
const pick: Op<["x"], Picked> = /* @__PURE__ */ defineOp({
  name: "pick",
  inputs: ["x"],
  forward: ({ x }, { indices, geometry }: Picked) => kernels.pick(x, indices, geometry),
  adjoint: { x: (gradY, _, picked) => pickAdjoint(gradY, picked) },
});

const pickAdjoint: Op<["gradY"], Picked> = /* @__PURE__ */ defineOp({
  name: "pickAdjoint",
  inputs: ["gradY"],
  forward: ({ gradY }, { indices, geometry }: Picked) => kernels.pickAdjoint(gradY, indices, geometry),
  adjoint: { gradY: (gradX, _, picked) => pick(gradX, picked) },
});

/** A x, the means of windows, and Aᵀ g, gradients spread over them: each the other's adjoint. */
const avgPool: Op<["x"], PoolGeometry> = /* @__PURE__ */ defineOp({
  name: "avgPool",
  inputs: ["x"],
  forward: ({ x }, geometry: PoolGeometry) => kernels.avgPool(x, geometry),
  adjoint: { x: (gradY, _, geometry) => avgPoolAdjoint(gradY, geometry) },
});

const avgPoolAdjoint: Op<["gradY"], PoolGeometry> = /* @__PURE__ */ defineOp({
  name: "avgPoolAdjoint",
  inputs: ["gradY"],
  forward: ({ gradY }, geometry: PoolGeometry) => kernels.avgPoolAdjoint(gradY, geometry),
  adjoint: { gradY: (gradX, _, geometry) => avgPool(gradX, geometry) },
});

type Input = Variable | Tensor;
type KernelSize = number | readonly number[];

/** The max pooling of `@conv/core`: the indices are found once, without a gradient, and then picked. */
function maxPool(rank: number) {
  const pool = maxPooling<Variable>(rank, {
    indices: (x, geometry) => kernels.maxPoolIndices(x.value, geometry),
    pick: (x, indices, geometry) => pick(x, { indices, geometry }),
  });
  return (x: Input, kernelSize: KernelSize, options?: MaxPoolOptions): MaxPoolResult<Variable> =>
    pool(asVariable(x), kernelSize, options);
}

function averagePool(rank: number) {
  const pool = avgPooling<Variable>(rank, { avgPool });
  return (x: Input, kernelSize: KernelSize, options?: AvgPoolOptions): Variable =>
    pool(asVariable(x), kernelSize, options);
}

/** `maxPool1d`, and where each largest element stands in its signal. */
export const maxPool1dWithIndices = /* @__PURE__ */ maxPool(1);
/** `maxPool2d`, and where each largest pixel stands in its image. */
export const maxPool2dWithIndices = /* @__PURE__ */ maxPool(2);
/** `maxPool3d`, and where each largest voxel stands in its volume. */
export const maxPool3dWithIndices = /* @__PURE__ */ maxPool(3);

/** The largest element of every window of a signal, as in `@conv/core`. */
export const maxPool1d = (x: Input, kernelSize: KernelSize, options?: MaxPoolOptions): Variable =>
  maxPool1dWithIndices(x, kernelSize, options).y;
/** The largest pixel of every window, as in `@conv/core`. */
export const maxPool2d = (x: Input, kernelSize: KernelSize, options?: MaxPoolOptions): Variable =>
  maxPool2dWithIndices(x, kernelSize, options).y;
/** The largest voxel of every window of a volume, as in `@conv/core`. */
export const maxPool3d = (x: Input, kernelSize: KernelSize, options?: MaxPoolOptions): Variable =>
  maxPool3dWithIndices(x, kernelSize, options).y;

/** The mean of every window of a signal, as in `@conv/core`. */
export const avgPool1d = /* @__PURE__ */ averagePool(1);
/** The mean of every window, as in `@conv/core`. */
export const avgPool2d = /* @__PURE__ */ averagePool(2);
/** The mean of every window of a volume, as in `@conv/core`. */
export const avgPool3d = /* @__PURE__ */ averagePool(3);
