// @conv/core/kernels: what a device computes, for those who define operators. Each runs on the device of its tensors
// and trusts the sizes it is given; the operators of @conv/core check first and then call these.

export {
  convAdjointWKernel as convAdjointW,
  convAdjointXKernel as convAdjointX,
  convKernel as conv,
} from "./conv/conv.js";
export { col2imKernel as col2im, im2colKernel as im2col } from "./conv/im2col.js";
export { padAdjointKernel as padAdjoint, padKernel as pad } from "./conv/pad.js";
export {
  addKernel as add,
  divKernel as div,
  exp,
  log,
  maximumKernel as maximum,
  mulKernel as mul,
  neg,
  relu,
  sqrt,
  step,
  subKernel as sub,
} from "./maps/elementwise.js";
export {
  argmaxKernel as argmax,
  broadcastToKernel as broadcastTo,
  maxKernel as max,
  sumKernel as sum,
} from "./maps/reduce.js";
export { whereKernel as where } from "./maps/where.js";
export { avgPoolAdjointKernel as avgPoolAdjoint, avgPoolKernel as avgPool } from "./pool/avgPool.js";
export {
  maxPoolIndicesKernel as maxPoolIndices,
  pickAdjointKernel as pickAdjoint,
  pickKernel as pick,
} from "./pool/maxPool.js";
