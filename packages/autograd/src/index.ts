// @conv/autograd: who calls which adjoint, and when. The table of contents.

// biome-ignore-all assist/source/organizeImports: the order is that of the mathematics

// the graph
export { type BackwardOptions, Variable, variable, noGrad } from "./variable.js";
export { type GradOptions, backward, grad } from "./backward.js";
export { type Named, type Op, type OpDefinition, type PlannedOpDefinition, defineOp } from "./defineOp.js";

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
} from "./ops/convolve.js";
export { pad } from "./ops/pad.js";
export { matmul } from "./ops/matmul.js";

// pooling
export {
  maxPool1d,
  maxPool2d,
  maxPool3d,
  maxPool1dWithIndices,
  maxPool2dWithIndices,
  maxPool3dWithIndices,
  avgPool1d,
  avgPool2d,
  avgPool3d,
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  adaptiveMaxPool3d,
  adaptiveMaxPool1dWithIndices,
  adaptiveMaxPool2dWithIndices,
  adaptiveMaxPool3dWithIndices,
  globalAvgPool,
  globalMaxPool,
} from "./ops/pool.js";

// elementwise maps and activations
export { add, sub, mul, div, neg } from "./ops/arithmetic.js";
export { pow } from "./ops/pow.js";
export { exp, log, sqrt, abs } from "./ops/exp.js";
export { where } from "./ops/where.js";
export { cast } from "./ops/cast.js";
export { relu } from "./ops/relu.js";
export {
  leakyRelu,
  prelu,
  elu,
  selu,
  gelu,
  erf,
  sigmoid,
  silu,
  tanh,
  softplus,
} from "./ops/activations.js";

// reductions, shapes
export { sum } from "./ops/sum.js";
export { mean, variance } from "./ops/moments.js";
export { softmax, logSoftmax } from "./ops/softmax.js";
export { reshape } from "./ops/reshape.js";
export { permute, transpose, slice, flip, broadcastTo } from "./ops/strided.js";

// checks
export { type AdjointReport, checkAdjoint } from "./testing/checkAdjoint.js";
export { type CheckGradientOptions, type GradientReport, checkGradient } from "./testing/checkGradient.js";
