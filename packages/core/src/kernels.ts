// @conv/core/kernels: what a device computes, for those who define operators. Each runs on the device of its tensors
// and trusts the sizes it is given; the operators of @conv/core check first and then call these.

export { eluKernel as elu } from "./activations/elu.js";
export { erfKernel as erf } from "./activations/erf.js";
export { geluKernel as gelu } from "./activations/gelu.js";
export { leakyReluKernel as leakyRelu } from "./activations/leakyRelu.js";
export { reluKernel as relu } from "./activations/relu.js";
export { sigmoidKernel as sigmoid, siluKernel as silu, tanhKernel as tanh } from "./activations/sigmoid.js";
export { softplusKernel as softplus } from "./activations/softplus.js";
export {
  convAdjointWKernel as convAdjointW,
  convAdjointXKernel as convAdjointX,
  convKernel as conv,
} from "./conv/conv.js";
export { col2imKernel as col2im, im2colKernel as im2col } from "./conv/im2col.js";
export { padAdjointKernel as padAdjoint, padKernel as pad } from "./conv/pad.js";
export { resampleKernel as resample } from "./interpolate/resample.js";
export {
  addKernel as add,
  divKernel as div,
  maximumKernel as maximum,
  minimumKernel as minimum,
  mulKernel as mul,
  powKernel as pow,
  subKernel as sub,
} from "./maps/arithmetic.js";
export { castKernel as cast } from "./maps/cast.js";
export { concatKernel as concat } from "./maps/concat.js";
export {
  absKernel as abs,
  expKernel as exp,
  logKernel as log,
  negKernel as neg,
  sqrtKernel as sqrt,
  stepKernel as step,
} from "./maps/elementwise.js";
export { gatherAdjointKernel as gatherAdjoint, gatherKernel as gather } from "./maps/gather.js";
export { matmulKernel as matmul } from "./maps/matmul.js";
export { argmaxKernel as argmax, maxKernel as max, minKernel as min, sumKernel as sum } from "./maps/reduce.js";
export { stridedAdjointKernel as stridedAdjoint, stridedKernel as strided } from "./maps/strided.js";
export { whereKernel as where } from "./maps/where.js";
export { blendKernel as blend, blendSquareKernel as blendSquare, descendKernel as descend } from "./optim/steps.js";
export {
  adaptiveAvgPoolAdjointKernel as adaptiveAvgPoolAdjoint,
  adaptiveAvgPoolKernel as adaptiveAvgPool,
} from "./pool/adaptiveAvgPool.js";
export { adaptiveMaxPoolIndicesKernel as adaptiveMaxPoolIndices } from "./pool/adaptiveMaxPool.js";
export { avgPoolAdjointKernel as avgPoolAdjoint, avgPoolKernel as avgPool } from "./pool/avgPool.js";
export { maxPoolIndicesKernel as maxPoolIndices } from "./pool/maxPool.js";
