// @conv/core/operators: what operators are made of, for those who define their own. The checks of arguments, whose errors
// say what was given and what to do; the geometries, in which every size is worked out once; and the operators that are
// written once for tensors and for Variables, from the steps they are given. Kernels are in @conv/core/kernels.

// biome-ignore-all assist/source/organizeImports: the order is that of the mathematics

// checks
export {
  broadcastShapes,
  expectShape,
  formatShape,
  isSameShape,
  resolveDims,
  resolveDim,
  checkShape,
  sizeOf,
  stridesOf,
} from "./shape.js";
export { type TensorLike, expectOwnTensor } from "./tensor.js";
export { expectDType } from "./dtype.js";
export { type DTypeRule, checkTensors } from "./device/defineKernel.js";
export { type PromotionRule, promotion } from "./maps/promote.js";
export { type Scope, currentScope, held, isOfOuterScope, isTemporary, moveTo, tidy, withScope } from "./scope.js";
export { withDraws } from "./random.js";
export {
  checkBoolean,
  checkChoice,
  checkInteger,
  checkNumber,
  checkOptions,
  count,
  expectNoMore,
  expectTensor,
  formatValue,
  perAxis,
} from "./options.js";

// convolution
export { type WindowGeometry, resolveWindow } from "./conv/window.js";
export { paddingPairs } from "./conv/padding.js";
export { type PadGeometry, padGeometry } from "./conv/padGeometry.js";
export { PADDING_MODES, splitPadding } from "./conv/geometry.js";
export { type PadSteps, padding, paddingAdjoint } from "./conv/pad.js";
export { type PatchSteps, unfolding, folding } from "./conv/im2col.js";
export {
  type ConvSteps,
  type ConvAdjointSteps,
  convolution,
  convolutionAdjointX,
  convolutionAdjointW,
} from "./conv/convolution.js";
export { convMatrixGeometry } from "./conv/convMatrix.js";
export { type ConvTransposeSteps, convTransposeGeometry, transposedConvolution } from "./conv/convTranspose.js";
export { type LinearSteps, linearMap } from "./conv/linear.js";

// pooling
export { pickGeometry, type PlaneGeometry, type PoolGeometry, poolGeometry } from "./pool/geometry.js";
export { type MaxPoolSteps, type MaxPoolAdjointSteps, maxPooling, maxPoolingAdjoint } from "./pool/maxPool.js";
export { type AvgPoolSteps, type AvgPoolAdjointSteps, avgPooling, avgPoolingAdjoint } from "./pool/avgPool.js";
export { type AdaptivePoolGeometry, adaptivePoolGeometry } from "./pool/adaptiveGeometry.js";
export {
  type AdaptiveAvgPoolSteps,
  type AdaptiveAvgPoolAdjointSteps,
  adaptiveAvgPooling,
  adaptiveAvgPoolingAdjoint,
} from "./pool/adaptiveAvgPool.js";
export { type AdaptiveMaxPoolSteps, adaptiveMaxPooling } from "./pool/adaptiveMaxPool.js";
export { spatialRank } from "./pool/globalPool.js";
export { type LpPoolSteps, checkNormType, lpPooling } from "./pool/lpPool.js";

// interpolation
export type { Tap } from "./interpolate/taps.js";
export { type ResampleGeometry, resampleGeometry, resampleTransposed } from "./interpolate/resampleGeometry.js";
export { checkInterpolateOptions } from "./interpolate/interpolateGeometry.js";
export { type ResampleSteps, interpolating, interpolatingAdjoint } from "./interpolate/interpolate.js";

// maps
export type { MatmulGeometry } from "./maps/matmulGeometry.js";
export { type MatmulSteps, matrixProduct } from "./maps/matmul.js";
export { clampBounds } from "./maps/elementwise.js";
export { leakyReluOptions } from "./activations/leakyRelu.js";
export { preluShape } from "./activations/prelu.js";
export { SELU, eluOptions } from "./activations/elu.js";
export { GELU_TANH, geluOptions } from "./activations/gelu.js";
export { softplusOptions } from "./activations/softplus.js";
export { type ReduceGeometry, reduceGeometry } from "./maps/reduceGeometry.js";
export { extremeGeometry } from "./maps/reduce.js";
export { varianceGeometry } from "./maps/moments.js";
export { resolveShape } from "./maps/reshape.js";
export {
  type StridedGeometry,
  broadcastGeometry,
  flipGeometry,
  permuteGeometry,
  sliceGeometry,
  transposeGeometry,
} from "./maps/stridedGeometry.js";
export type { ConcatGeometry } from "./maps/concatGeometry.js";
export { type ConcatSteps, concatenation, stacking } from "./maps/concat.js";
export type { GatherGeometry } from "./maps/gatherGeometry.js";
export { type GatherSteps, gathering } from "./maps/gather.js";
