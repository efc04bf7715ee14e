// @conv/core: tensors and the linear algebra of convolution. The table of contents, in mathematical order.

// biome-ignore-all assist/source/organizeImports: the order is that of the mathematics

// tensors
export type { Shape } from "./shape.js";
export type { DType, TypedArray } from "./dtype.js";
export { type Device, type NestedArray, Tensor } from "./tensor.js";
export { type TensorOptions, tensor, zeros, ones, full, arange, eye } from "./create.js";
export { cast } from "./maps/cast.js";
export { type Random, type RandomState, createRandom } from "./random.js";

// convolution: windows and sizes, padding, patches, products, the three maps, and the transposed one
export type { Padding, Pair } from "./conv/padding.js";
export type { PadMode, PadOptions } from "./conv/padGeometry.js";
export { type ConvGeometry, type ConvSizeOptions, type PaddingMode, convGeometry } from "./conv/geometry.js";
export { type PadAdjointOptions, pad, padAdjoint } from "./conv/pad.js";
export { type Im2colOptions, type Col2imOptions, im2col, col2im } from "./conv/im2col.js";
export { type ConvMatrixOptions, convMatrix } from "./conv/convMatrix.js";
export { type Matrix, matrix, transposed, gemm } from "./maps/gemm.js";
export type { ConvOptions, ConvAdjointXOptions, ConvAdjointWOptions } from "./conv/convolution.js";
export { conv1d, conv2d, conv3d, convAdjointX, convAdjointW } from "./conv/convolve.js";
export { type ConvTransposeOptions, convTranspose1d, convTranspose2d, convTranspose3d } from "./conv/convTranspose.js";
export { linear } from "./conv/linear.js";
export { matmul } from "./maps/matmul.js";

// pooling
export type { AvgPoolOptions, MaxPoolOptions, PoolSizeOptions } from "./pool/geometry.js";
export {
  type MaxPoolResult,
  maxPool1d,
  maxPool2d,
  maxPool3d,
  maxPool1dWithIndices,
  maxPool2dWithIndices,
  maxPool3dWithIndices,
  maxPoolAdjoint,
} from "./pool/maxPool.js";
export { avgPool1d, avgPool2d, avgPool3d, avgPoolAdjoint } from "./pool/avgPool.js";
export type { OutputSize } from "./pool/adaptiveGeometry.js";
export {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveAvgPoolAdjoint,
} from "./pool/adaptiveAvgPool.js";
export {
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  adaptiveMaxPool3d,
  adaptiveMaxPool1dWithIndices,
  adaptiveMaxPool2dWithIndices,
  adaptiveMaxPool3dWithIndices,
} from "./pool/adaptiveMaxPool.js";
export type { PooledSize } from "./pool/pooledShape.js";
export { globalAvgPool, globalMaxPool } from "./pool/globalPool.js";
export { type LpPoolOptions, lpPool, lpPool1d, lpPool2d, lpPool3d } from "./pool/lpPool.js";

// interpolation
export type { InterpolateMode } from "./interpolate/taps.js";
export type { InterpolateOptions } from "./interpolate/interpolateGeometry.js";
export { type InterpolateAdjointOptions, interpolate, interpolateAdjoint } from "./interpolate/interpolate.js";

// elementwise maps
export { add, sub, mul, div, pow, maximum, minimum } from "./maps/arithmetic.js";
export { type ClampOptions, neg, abs, exp, log, sqrt, step, clamp } from "./maps/elementwise.js";
export { where } from "./maps/where.js";

// activations
export { relu } from "./activations/relu.js";
export { type LeakyReluOptions, leakyRelu } from "./activations/leakyRelu.js";
export { prelu } from "./activations/prelu.js";
export { type EluOptions, elu, selu } from "./activations/elu.js";
export { type GeluOptions, gelu } from "./activations/gelu.js";
export { erf } from "./activations/erf.js";
export { sigmoid, silu, tanh } from "./activations/sigmoid.js";
export { type SoftplusOptions, softplus } from "./activations/softplus.js";

// reductions
export type { ReduceOptions } from "./maps/reduceGeometry.js";
export { sum, max, min, argmax } from "./maps/reduce.js";
export { type VarianceOptions, mean, variance } from "./maps/moments.js";
export { softmax, logSoftmax } from "./maps/softmax.js";

// shapes and indices
export { reshape } from "./maps/reshape.js";
export type { SliceOptions } from "./maps/stridedGeometry.js";
export { permute, transpose, slice, flip, broadcastTo } from "./maps/strided.js";
export { concat, stack } from "./maps/concat.js";
export { gather, oneHot } from "./maps/gather.js";

// devices
export { type CpuDevice, type CpuInfo, type CpuOptions, cpu } from "./device/cpu.js";
export type { Kernels } from "./device/kernels.js";

// errors
export { BackendError, ShapeError } from "./errors.js";
