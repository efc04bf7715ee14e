// @conv/core: tensors and the linear algebra of convolution. The table of contents, in mathematical order.

// biome-ignore-all assist/source/organizeImports: the order is that of the mathematics

// tensors
export {
  type Shape,
  broadcastShapes,
  expectShape,
  formatShape,
  isSameShape,
  resolveDims,
  sizeOf,
  stridesOf,
} from "./shape.js";
export { type Device, type DType, type NestedArray, Tensor, type TypedArray } from "./tensor.js";
export { type TensorOptions, tensor, zeros, ones, full } from "./create.js";
export { type Random, type RandomState, createRandom } from "./random.js";

// convolution: windows and sizes, padding, patches, products, the three maps
export type { WindowGeometry } from "./conv/window.js";
export { type ConvGeometry, type ConvSizeOptions, type Padding, type Pair, convGeometry } from "./conv/geometry.js";
export { type PadGeometry, type PadMode, type PadOptions, padGeometry } from "./conv/padGeometry.js";
export { pad, padAdjoint } from "./conv/pad.js";
export { type Im2colOptions, type Col2imOptions, im2col, col2im } from "./conv/im2col.js";
export { type Matrix, matrix, transposed, gemm } from "./conv/gemm.js";
export {
  type ConvOptions,
  type ConvAdjointXOptions,
  type ConvAdjointWOptions,
  type ConvSteps,
  type PaddingMode,
  adjointXGeometry,
  adjointWGeometry,
  convolution,
} from "./conv/convolution.js";
export { conv1d, conv2d, conv3d, convAdjointX, convAdjointW } from "./conv/convolve.js";
export { linear, linearMap } from "./conv/linear.js";

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
export { type AvgPoolSteps, avgPooling } from "./pool/avgPool.js";
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
} from "./pool/pool.js";

// elementwise maps, reductions, shapes
export { add, sub, mul, div, maximum, neg, exp, log, sqrt, relu, step, asTensor } from "./maps/elementwise.js";
export { where } from "./maps/where.js";
export { type ReduceGeometry, type ReduceOptions, reduceGeometry } from "./maps/reduceGeometry.js";
export { sum, mean, max, argmax } from "./maps/reduce.js";
export { softmax, logSoftmax } from "./maps/softmax.js";
export { reshape, resolveShape } from "./maps/reshape.js";

// devices
export { type CpuDevice, type CpuInfo, type CpuOptions, cpu } from "./device/cpu.js";
export type { Kernels } from "./device/kernels.js";

// errors, and the checks that make them
export { BackendError, ShapeError } from "./errors.js";
export { checkInteger, checkOptions, formatValue, perAxis } from "./options.js";
