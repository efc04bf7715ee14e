// @conv/autograd: who calls which adjoint, and when.

export { backward, type GradOptions, grad } from "./backward.js";
export { defineOp, type Named, type Op, type OpDefinition, type PlannedOpDefinition } from "./defineOp.js";
// elementwise maps, reductions, shapes
export { add, div, mul, neg, sub } from "./ops/arithmetic.js";

// convolution: one trilinear form, three operators
export { conv, convAdjointW, convAdjointX } from "./ops/conv.js";
export { conv1d, conv2d, conv3d, linear } from "./ops/convolve.js";
export { exp, log, sqrt } from "./ops/exp.js";
export { mean } from "./ops/mean.js";
export { pad } from "./ops/pad.js";
// pooling
export {
  avgPool1d,
  avgPool2d,
  avgPool3d,
  maxPool1d,
  maxPool1dWithIndices,
  maxPool2d,
  maxPool2dWithIndices,
  maxPool3d,
  maxPool3dWithIndices,
} from "./ops/pool.js";
export { relu } from "./ops/relu.js";
export { reshape } from "./ops/reshape.js";
export { logSoftmax, softmax } from "./ops/softmax.js";
export { broadcastTo, sum } from "./ops/sum.js";
export { where } from "./ops/where.js";
// checks
export { type AdjointReport, checkAdjoint } from "./testing/checkAdjoint.js";
export { type CheckGradientOptions, checkGradient, type GradientReport } from "./testing/checkGradient.js";
// the graph
export { type BackwardOptions, noGrad, Variable, variable } from "./variable.js";
