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
export type { DType, TypedArray } from "./dtype.js";
export { type Device, type NestedArray, type TensorLike, Tensor } from "./tensor.js";
export { type TensorOptions, tensor, zeros, ones, full, arange, eye } from "./create.js";
export { cast } from "./maps/cast.js";
export { type PromotionRule, promotion } from "./maps/promote.js";
export { type Random, type RandomState, createRandom } from "./random.js";

// convolution: windows and sizes, padding, patches, products, the three maps, and the transposed one
export type { WindowGeometry } from "./conv/window.js";
export type { Padding, Pair } from "./conv/padding.js";
export { type PadGeometry, type PadMode, type PadOptions, padGeometry } from "./conv/padGeometry.js";
export {
  type ConvGeometry,
  type ConvSizeOptions,
  type PaddingMode,
  convGeometry,
  splitPadding,
} from "./conv/geometry.js";
export { pad, padAdjoint } from "./conv/pad.js";
export { type Im2colOptions, type Col2imOptions, im2col, col2im } from "./conv/im2col.js";
export { type ConvMatrixOptions, convMatrix } from "./conv/convMatrix.js";
export { type Matrix, matrix, transposed, gemm } from "./maps/gemm.js";
export {
  type ConvOptions,
  type ConvAdjointXOptions,
  type ConvAdjointWOptions,
  type ConvSteps,
  type ConvAdjointSteps,
  convolution,
  convolutionAdjointX,
  convolutionAdjointW,
} from "./conv/convolution.js";
export { conv1d, conv2d, conv3d, convAdjointX, convAdjointW } from "./conv/convolve.js";
export {
  type ConvTransposeOptions,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
  convTransposeGeometry,
  transposedConvolution,
} from "./conv/convTranspose.js";
export { linear, linearMap } from "./conv/linear.js";
export type { MatmulGeometry } from "./maps/matmulGeometry.js";
export { type MatmulSteps, matmul, matrixProduct } from "./maps/matmul.js";

// pooling
export {
  type AvgPoolOptions,
  type MaxPoolOptions,
  type PlaneGeometry,
  type PoolGeometry,
  type PooledSize,
  type PoolSizeOptions,
  poolGeometry,
} from "./pool/geometry.js";
export {
  type MaxPoolResult,
  type MaxPoolSteps,
  maxPool1d,
  maxPool2d,
  maxPool3d,
  maxPool1dWithIndices,
  maxPool2dWithIndices,
  maxPool3dWithIndices,
  maxPoolAdjoint,
  maxPooling,
} from "./pool/maxPool.js";
export { type AvgPoolSteps, avgPool1d, avgPool2d, avgPool3d, avgPoolAdjoint, avgPooling } from "./pool/avgPool.js";
export { type AdaptivePoolGeometry, type OutputSize, adaptivePoolGeometry } from "./pool/adaptiveGeometry.js";
export {
  type AdaptiveAvgPoolSteps,
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveAvgPoolAdjoint,
  adaptiveAvgPooling,
} from "./pool/adaptiveAvgPool.js";
export {
  type AdaptiveMaxPoolSteps,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  adaptiveMaxPool3d,
  adaptiveMaxPool1dWithIndices,
  adaptiveMaxPool2dWithIndices,
  adaptiveMaxPool3dWithIndices,
  adaptiveMaxPooling,
} from "./pool/adaptiveMaxPool.js";
export { globalAvgPool, globalMaxPool, spatialRank } from "./pool/globalPool.js";
export {
  type LpPoolOptions,
  type LpPoolSteps,
  lpPool,
  lpPool1d,
  lpPool2d,
  lpPool3d,
  lpPooling,
} from "./pool/lpPool.js";

// elementwise maps
export { add, sub, mul, div, pow, maximum, minimum } from "./maps/arithmetic.js";
export { type ClampOptions, neg, abs, exp, log, sqrt, step, clamp, clampBounds } from "./maps/elementwise.js";
export { where } from "./maps/where.js";

// activations
export { relu } from "./activations/relu.js";
export { type LeakyReluOptions, leakyRelu, leakyReluOptions } from "./activations/leakyRelu.js";
export { prelu, preluShape } from "./activations/prelu.js";
export { type EluOptions, SELU, elu, eluOptions, selu } from "./activations/elu.js";
export { type GeluOptions, GELU_TANH, gelu, geluOptions } from "./activations/gelu.js";
export { erf } from "./activations/erf.js";
export { sigmoid, silu, tanh } from "./activations/sigmoid.js";
export { type SoftplusOptions, softplus, softplusOptions } from "./activations/softplus.js";

// reductions
export { type ReduceGeometry, type ReduceOptions, reduceGeometry } from "./maps/reduceGeometry.js";
export { sum, max, min, argmax } from "./maps/reduce.js";
export { type VarianceOptions, mean, variance, varianceGeometry } from "./maps/moments.js";
export { softmax, logSoftmax } from "./maps/softmax.js";

// shapes and indices
export { reshape, resolveShape } from "./maps/reshape.js";
export {
  type SliceOptions,
  type StridedGeometry,
  broadcastGeometry,
  flipGeometry,
  permuteGeometry,
  sliceGeometry,
  transposeGeometry,
} from "./maps/stridedGeometry.js";
export { permute, transpose, slice, flip, broadcastTo } from "./maps/strided.js";
export { type ConcatGeometry, concatGeometry } from "./maps/concatGeometry.js";
export { concat, stack } from "./maps/concat.js";
export { type GatherGeometry, gatherGeometry } from "./maps/gatherGeometry.js";
export { gather, oneHot } from "./maps/gather.js";

// devices
export { type CpuDevice, type CpuInfo, type CpuOptions, cpu } from "./device/cpu.js";
export type { Kernels } from "./device/kernels.js";

// errors, and the checks that make them
export { BackendError, ShapeError } from "./errors.js";
export {
  checkBoolean,
  checkChoice,
  checkInteger,
  checkNumber,
  checkOptions,
  expectTensor,
  formatValue,
  perAxis,
} from "./options.js";
