import type { ConvGeometry } from "../conv/geometry.js";
import type { PadGeometry } from "../conv/padGeometry.js";
import type { WindowGeometry } from "../conv/window.js";
import type { DType } from "../dtype.js";
import type { ResampleGeometry } from "../interpolate/resampleGeometry.js";
import type { ConcatGeometry } from "../maps/concatGeometry.js";
import type { GatherGeometry } from "../maps/gatherGeometry.js";
import type { MatmulGeometry } from "../maps/matmulGeometry.js";
import type { ReduceGeometry } from "../maps/reduceGeometry.js";
import type { StridedGeometry } from "../maps/stridedGeometry.js";
import type { BlendFactors, DescentFactors } from "../optim/factors.js";
import type { AdaptivePoolGeometry } from "../pool/adaptiveGeometry.js";
import type { PoolGeometry } from "../pool/geometry.js";

/**
 * Everything a device may do for us: the complete, closed list of kernels, as functions over tensors `T` and plain
 * records of sizes. Each has a plain implementation beside its map in this package, which is its specification;
 * a device replaces those it can do faster. Kernels trust their arguments: shapes and options were checked before.
 */
export interface Kernels<T> {
  // convolution: one trilinear form, three maps
  /** With a number added to every channel, if there is a bias [O]. */
  conv(x: T, w: T, geometry: ConvGeometry, bias?: T): T;
  convAdjointX(gradY: T, w: T, geometry: ConvGeometry): T;
  convAdjointW(x: T, gradY: T, geometry: ConvGeometry): T;
  // its parts
  pad(x: T, geometry: PadGeometry): T;
  padAdjoint(gradY: T, geometry: PadGeometry): T;
  im2col(x: T, geometry: WindowGeometry): T;
  col2im(columns: T, geometry: WindowGeometry): T;
  // pooling: a maximum is gathered at its index; an average is linear
  maxPoolIndices(x: T, geometry: PoolGeometry): T;
  avgPool(x: T, geometry: PoolGeometry): T;
  avgPoolAdjoint(gradY: T, geometry: PoolGeometry): T;
  adaptiveMaxPoolIndices(x: T, geometry: AdaptivePoolGeometry): T;
  adaptiveAvgPool(x: T, geometry: AdaptivePoolGeometry): T;
  adaptiveAvgPoolAdjoint(gradY: T, geometry: AdaptivePoolGeometry): T;
  // interpolation: a sparse matrix along one axis, and its transpose
  resample(x: T, geometry: ResampleGeometry): T;
  // products of matrices
  matmul(a: T, b: T, geometry: MatmulGeometry): T;
  // elementwise, with broadcasting
  add(a: T, b: T): T;
  sub(a: T, b: T): T;
  mul(a: T, b: T): T;
  div(a: T, b: T): T;
  pow(a: T, b: T): T;
  maximum(a: T, b: T): T;
  minimum(a: T, b: T): T;
  where(condition: T, a: T, b: T): T;
  // elementwise
  neg(x: T): T;
  abs(x: T): T;
  exp(x: T): T;
  log(x: T): T;
  sqrt(x: T): T;
  step(x: T): T;
  cast(x: T, dtype: DType): T;
  // activations
  relu(x: T): T;
  leakyRelu(x: T, options: { readonly negativeSlope: number }): T;
  elu(x: T, options: { readonly alpha: number; readonly scale: number }): T;
  gelu(x: T, options: { readonly approximate: "none" | "tanh" }): T;
  erf(x: T): T;
  sigmoid(x: T): T;
  silu(x: T): T;
  tanh(x: T): T;
  softplus(x: T, options: { readonly beta: number; readonly threshold: number }): T;
  // reductions
  sum(x: T, geometry: ReduceGeometry): T;
  max(x: T, geometry: ReduceGeometry): T;
  min(x: T, geometry: ReduceGeometry): T;
  argmax(x: T, geometry: ReduceGeometry): T;
  // shapes and indices: linear maps, each with its adjoint; that of concat are slices
  strided(x: T, geometry: StridedGeometry): T;
  stridedAdjoint(gradY: T, geometry: StridedGeometry): T;
  gather(x: T, indices: T, geometry: GatherGeometry): T;
  gatherAdjoint(gradY: T, indices: T, geometry: GatherGeometry): T;
  concat(tensors: readonly T[], geometry: ConcatGeometry): T;
  // the steps of optimizers, on tensors of one shape
  blend(a: T, b: T, factors: BlendFactors): T;
  blendSquare(a: T, b: T, factors: BlendFactors): T;
  descend(p: T, m: T, v: T, factors: DescentFactors): T;
}
