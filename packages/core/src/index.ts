// @conv/core: tensors and the linear algebra of convolution. The table of contents, in mathematical order.

export {
  adjointWGeometry,
  adjointXGeometry,
  type ConvAdjointWOptions,
  type ConvAdjointXOptions,
  type ConvOptions,
  type ConvSteps,
  convolution,
  type PaddingMode,
} from "./conv/convolution.js";
export { conv1d, conv2d, conv3d, convAdjointW, convAdjointX } from "./conv/convolve.js";
export { gemm, type Matrix, matrix, transposed } from "./conv/gemm.js";
export { type ConvGeometry, type ConvSizeOptions, convGeometry, type Padding, type Pair } from "./conv/geometry.js";
export { type Col2imOptions, col2im, type Im2colOptions, im2col } from "./conv/im2col.js";
export { linear, linearMap } from "./conv/linear.js";
export { pad, padAdjoint } from "./conv/pad.js";
export { type PadGeometry, type PadMode, type PadOptions, padGeometry } from "./conv/padGeometry.js";
// convolution: sizes, padding, patches, the three maps
export type { WindowGeometry } from "./conv/window.js";
export { full, ones, type TensorOptions, tensor, zeros } from "./create.js";
// devices
export { type CpuDevice, type CpuInfo, type CpuOptions, cpu } from "./device/cpu.js";
export type { Kernels } from "./device/kernels.js";
// tensors
export { BackendError, ShapeError } from "./errors.js";
// elementwise maps, reductions, shapes
export { add, asTensor, div, exp, log, maximum, mul, neg, relu, sqrt, step, sub } from "./maps/elementwise.js";
export { argmax, max, mean, sum } from "./maps/reduce.js";
export { type ReduceGeometry, type ReduceOptions, reduceGeometry } from "./maps/reduceGeometry.js";
export { reshape, resolveShape } from "./maps/reshape.js";
export { logSoftmax, softmax } from "./maps/softmax.js";
export { where } from "./maps/where.js";
export { checkInteger, checkOptions, formatValue, perAxis } from "./options.js";
export { type AvgPoolSteps, avgPooling } from "./pool/avgPool.js";
// pooling
export {
  type AvgPoolOptions,
  type MaxPoolOptions,
  type PlaneGeometry,
  type PoolGeometry,
  type PoolSizeOptions,
  poolGeometry,
} from "./pool/geometry.js";
export { type MaxPoolResult, type MaxPoolSteps, maxPooling } from "./pool/maxPool.js";
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
} from "./pool/pool.js";
export { createRandom, type Random, type RandomState } from "./random.js";
export {
  broadcastShapes,
  expectShape,
  formatShape,
  isSameShape,
  resolveDims,
  type Shape,
  sizeOf,
  stridesOf,
} from "./shape.js";
export { type Device, type DType, type NestedArray, Tensor, type TypedArray } from "./tensor.js";
