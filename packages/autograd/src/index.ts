// @conv/autograd: who calls which adjoint, and when. The table of contents.

// biome-ignore-all assist/source/organizeImports: the order is that of the mathematics

// the graph
export { type BackwardOptions, Variable, variable, noGrad } from "./variable.js";
export { type GradOptions, backward, grad } from "./backward.js";
export { type Named, type Op, type OpDefinition, type PlannedOpDefinition, defineOp } from "./defineOp.js";

// convolution: one trilinear form, three operators
export { conv, convAdjointX, convAdjointW } from "./ops/conv.js";
export { conv1d, conv2d, conv3d, linear } from "./ops/convolve.js";
export { pad } from "./ops/pad.js";

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
} from "./ops/pool.js";

// elementwise maps, reductions, shapes
export { add, sub, mul, div, neg } from "./ops/arithmetic.js";
export { exp, log, sqrt } from "./ops/exp.js";
export { relu } from "./ops/relu.js";
export { where } from "./ops/where.js";
export { sum, broadcastTo } from "./ops/sum.js";
export { mean } from "./ops/mean.js";
export { softmax, logSoftmax } from "./ops/softmax.js";
export { reshape } from "./ops/reshape.js";

// checks
export { type AdjointReport, checkAdjoint } from "./testing/checkAdjoint.js";
export { type CheckGradientOptions, type GradientReport, checkGradient } from "./testing/checkGradient.js";
