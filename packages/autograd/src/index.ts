// @conv/autograd: who calls which adjoint, and when. The table of contents.

// biome-ignore-all assist/source/organizeImports: the order is that of the mathematics

// the graph
export { type BackwardOptions, type GradientHook, type HookHandle, Variable, variable } from "./variable.js";
export type { Vertex } from "./vertex.js";
export { enableGrad, noGrad } from "./recording.js";
export { type GradOptions, backward, grad } from "./backward.js";
export { checkpoint, isRecomputing } from "./checkpoint.js";
export { keep, scope } from "./scope.js";

// operators
export {
  type AdjointRules,
  type Known,
  type Named,
  type Op,
  type OpDefinition,
  type PlannedOpDefinition,
  type Saves,
  defineOp,
} from "./defineOp.js";
export { type LinearDefinition, type LinearOp, defineLinear } from "./defineLinear.js";

// convolution: one trilinear form, three operators
export { convAdjointX, convAdjointW } from "./ops/conv.js";
export {
  conv1d,
  conv2d,
  conv3d,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
  linear,
  convMatrix,
} from "./ops/convolve.js";
export { pad, padAdjoint } from "./ops/pad.js";
export { im2col, col2im } from "./ops/im2col.js";
export { matmul } from "./ops/matmul.js";

// pooling
export {
  maxPool1d,
  maxPool2d,
  maxPool3d,
  maxPool1dWithIndices,
  maxPool2dWithIndices,
  maxPool3dWithIndices,
  maxPoolAdjoint,
} from "./ops/maxPool.js";
export { avgPool1d, avgPool2d, avgPool3d, avgPoolAdjoint } from "./ops/avgPool.js";
export {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveAvgPoolAdjoint,
} from "./ops/adaptiveAvgPool.js";
export {
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  adaptiveMaxPool3d,
  adaptiveMaxPool1dWithIndices,
  adaptiveMaxPool2dWithIndices,
  adaptiveMaxPool3dWithIndices,
} from "./ops/adaptiveMaxPool.js";
export { globalAvgPool, globalMaxPool } from "./ops/globalPool.js";
export { lpPool, lpPool1d, lpPool2d, lpPool3d } from "./ops/lpPool.js";

// interpolation
export { interpolate, interpolateAdjoint } from "./ops/interpolate.js";

// elementwise maps and activations
export { add, sub, mul, div, neg } from "./ops/arithmetic.js";
export { pow } from "./ops/pow.js";
export { exp, log, sqrt, abs } from "./ops/exp.js";
export { maximum, minimum } from "./ops/maximum.js";
export { clamp } from "./ops/clamp.js";
export { where } from "./ops/where.js";
export { cast } from "./ops/cast.js";
export { relu } from "./ops/relu.js";
export { leakyRelu } from "./ops/leakyRelu.js";
export { prelu } from "./ops/prelu.js";
export { elu, selu } from "./ops/elu.js";
export { gelu } from "./ops/gelu.js";
export { erf } from "./ops/erf.js";
export { sigmoid, silu, tanh } from "./ops/sigmoid.js";
export { softplus } from "./ops/softplus.js";

// reductions, shapes
export { sum } from "./ops/sum.js";
export { max, min } from "./ops/max.js";
export { mean, variance } from "./ops/moments.js";
export { softmax, logSoftmax } from "./ops/softmax.js";
export { reshape } from "./ops/reshape.js";
export { permute, transpose, slice, flip, broadcastTo } from "./ops/strided.js";
export { gather } from "./ops/gather.js";
export { concat, stack } from "./ops/concat.js";

// checks
export { type AdjointReport, checkAdjoint } from "./testing/checkAdjoint.js";
export {
  type CheckGradientOptions,
  type GradientEntry,
  type GradientReport,
  checkGradient,
} from "./testing/checkGradient.js";
