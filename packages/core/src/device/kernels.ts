import type { ConvGeometry } from "../conv/geometry.js";
import type { PadGeometry } from "../conv/padGeometry.js";
import type { WindowGeometry } from "../conv/window.js";
import type { ReduceGeometry } from "../maps/reduceGeometry.js";
import type { PlaneGeometry, PoolGeometry } from "../pool/geometry.js";
import type { Shape } from "../shape.js";

/**
 * Everything a device may do for us: the complete, closed list of kernels, as functions over tensors `T` and plain
 * records of sizes. Each has a plain implementation beside its map in this package, which is its specification;
 * a device replaces those it can do faster. Kernels trust their arguments: shapes and options were checked before.
 */
export interface Kernels<T> {
  // convolution: one trilinear form, three maps
  conv(x: T, w: T, geometry: ConvGeometry): T;
  convAdjointX(gradY: T, w: T, geometry: ConvGeometry): T;
  convAdjointW(x: T, gradY: T, geometry: ConvGeometry): T;
  // its parts
  pad(x: T, geometry: PadGeometry): T;
  padAdjoint(gradY: T, geometry: PadGeometry): T;
  im2col(x: T, geometry: WindowGeometry): T;
  col2im(columns: T, geometry: WindowGeometry): T;
  // pooling: a maximum is picked at its index; an average is linear
  maxPoolIndices(x: T, geometry: PoolGeometry): T;
  pick(x: T, indices: T, geometry: PlaneGeometry): T;
  pickAdjoint(gradY: T, indices: T, geometry: PlaneGeometry): T;
  avgPool(x: T, geometry: PoolGeometry): T;
  avgPoolAdjoint(gradY: T, geometry: PoolGeometry): T;
  // elementwise, with broadcasting
  add(a: T, b: T): T;
  sub(a: T, b: T): T;
  mul(a: T, b: T): T;
  div(a: T, b: T): T;
  maximum(a: T, b: T): T;
  neg(x: T): T;
  exp(x: T): T;
  log(x: T): T;
  sqrt(x: T): T;
  relu(x: T): T;
  step(x: T): T;
  where(condition: T, a: T, b: T): T;
  // reductions, and the adjoint of a sum
  sum(x: T, geometry: ReduceGeometry): T;
  max(x: T, geometry: ReduceGeometry): T;
  argmax(x: T, geometry: ReduceGeometry): T;
  broadcastTo(x: T, shape: Shape): T;
}
