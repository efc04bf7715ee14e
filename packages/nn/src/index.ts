// @conv/nn: layers, losses, optimizers and the loop that trains them. The table of contents.

// biome-ignore-all assist/source/organizeImports: the order is that of the mathematics

// modules
export { type KeyMismatch, Module, type StateDict } from "./module.js";
export { type NamedLayers, Sequential } from "./layers/sequential.js";
export { ModuleList } from "./layers/moduleList.js";
export { Lambda } from "./layers/lambda.js";
export { init } from "./init/index.js";
export type { InitOptions } from "./init/options.js";
export type { FanMode, Nonlinearity } from "./init/fans.js";
export type { DiracOptions } from "./init/constant.js";
export type { NormalOptions, TruncNormalOptions, UniformOptions } from "./init/draws.js";
export type { KaimingOptions, XavierOptions } from "./init/scaled.js";
export type { OrthogonalOptions } from "./init/orthogonal.js";
export { manualSeed } from "./random.js";

// layers
export { type ConvLayerOptions, Conv1d, Conv2d, Conv3d } from "./layers/conv.js";
export {
  type ConvTransposeLayerOptions,
  ConvTranspose1d,
  ConvTranspose2d,
  ConvTranspose3d,
} from "./layers/convTranspose.js";
export { type LinearOptions, Linear } from "./layers/linear.js";
export { type UnfoldOptions, Unfold, Fold } from "./layers/unfold.js";
export { type PadLayerPadding, Pad1d, Pad2d, Pad3d } from "./layers/pad.js";
export { MaxPool1d, MaxPool2d, MaxPool3d } from "./layers/maxPool.js";
export { AvgPool1d, AvgPool2d, AvgPool3d } from "./layers/avgPool.js";
export { LPPool1d, LPPool2d, LPPool3d } from "./layers/lpPool.js";
export {
  AdaptiveAvgPool1d,
  AdaptiveAvgPool2d,
  AdaptiveAvgPool3d,
  AdaptiveMaxPool1d,
  AdaptiveMaxPool2d,
  AdaptiveMaxPool3d,
} from "./layers/adaptivePool.js";
export { GlobalAvgPool, GlobalMaxPool } from "./layers/globalPool.js";
export { Upsample } from "./layers/upsample.js";
export { PixelShuffle, PixelUnshuffle } from "./layers/pixelShuffle.js";
export { type BatchNormOptions, BatchNorm1d, BatchNorm2d, BatchNorm3d } from "./layers/batchNorm.js";
export { type LayerNormOptions, LayerNorm } from "./layers/layerNorm.js";
export { type GroupNormOptions, GroupNorm } from "./layers/groupNorm.js";
export {
  type InstanceNormOptions,
  InstanceNorm1d,
  InstanceNorm2d,
  InstanceNorm3d,
} from "./layers/instanceNorm.js";
export { Identity, ReLU, ReLU6, SELU, Sigmoid, Tanh, SiLU, Hardswish } from "./layers/activation.js";
export { LeakyReLU, ELU, GELU, Softplus } from "./layers/parametricActivation.js";
export { type PReLUOptions, PReLU } from "./layers/prelu.js";
export { Softmax, LogSoftmax } from "./layers/softmax.js";
export { Flatten } from "./layers/flatten.js";
export { Unflatten } from "./layers/unflatten.js";
export { type DropoutOptions, Dropout, Dropout1d, Dropout2d, Dropout3d } from "./layers/dropout.js";

// losses
export type { LossOptions, Reduction } from "./losses/reduction.js";
export { type NllLossOptions, nllLoss } from "./losses/nllLoss.js";
export { type CrossEntropyOptions, crossEntropy } from "./losses/crossEntropy.js";
export { type BceWithLogitsLossOptions, bceWithLogitsLoss } from "./losses/bceWithLogitsLoss.js";
export { mseLoss } from "./losses/mseLoss.js";
export { l1Loss } from "./losses/l1Loss.js";
export { type SmoothL1LossOptions, smoothL1Loss } from "./losses/smoothL1Loss.js";
export { type HuberLossOptions, huberLoss } from "./losses/huberLoss.js";

// optimizers
export { Optimizer, type ParameterState } from "./optim/optimizer.js";
export type { GivenParameters, GroupOptions, ParameterGroup, Settings } from "./optim/groups.js";
export { type SGDOptions, SGD } from "./optim/sgd.js";
export { type RMSpropOptions, RMSprop } from "./optim/rmsprop.js";
export { type AdamOptions, Adam, AdamW } from "./optim/adam.js";
export {
  type ClipGradNormOptions,
  type GradNormOptions,
  gradNorm,
  clipGradNorm,
  clipGradValue,
} from "./optim/clip.js";

// schedules of the learning rate
export type {
  PlainState,
  Rhythm,
  Schedule,
  ScheduleOptions,
} from "./schedules/schedule.js";
export { type StepLROptions, StepLR } from "./schedules/stepLR.js";
export { type MultiStepLROptions, MultiStepLR } from "./schedules/multiStepLR.js";
export { type ExponentialLROptions, ExponentialLR } from "./schedules/exponentialLR.js";
export { type LambdaLROptions, type RateFactor, LambdaLR } from "./schedules/lambdaLR.js";
export { type CosineLROptions, CosineLR } from "./schedules/cosineLR.js";
export { type WarmupLROptions, WarmupLR } from "./schedules/warmupLR.js";
export { type OneCycleLROptions, OneCycleLR } from "./schedules/oneCycleLR.js";
export { type ReduceLROnPlateauOptions, ReduceLROnPlateau } from "./schedules/reduceLROnPlateau.js";

// training
export type { Batch, Loader } from "./train/loader.js";
export type { Signal } from "./train/platform.js";
export type { EpochSums, FitStep, Metrics, Position, StepRecord } from "./train/progress.js";
export type { Answer, Callback, CallbackObject, FitEnd, Run, StepCallback } from "./train/callback.js";
export { type FitOptions, type FitRun, fit } from "./train/fit.js";
export type { Loss } from "./train/outputs.js";
export { type Evaluation, evaluate } from "./train/evaluate.js";
export type { WarmupOptions } from "./train/warmupPlan.js";
export { type Warmup, warmup } from "./train/warmup.js";
export type { MonitorOptions } from "./train/monitor.js";
export { type EarlyStopping, type EarlyStoppingOptions, earlyStopping } from "./train/earlyStopping.js";
export { type BestCheckpoint, type BestCheckpointOptions, bestCheckpoint } from "./train/bestCheckpoint.js";

// looking at a model
export type { LayerSummary, ParameterCount, ReceptiveField, Summary, SummaryTotals } from "./summary/layerSummary.js";
export type { InputShape, TraceOptions } from "./summary/trace.js";
export { summary } from "./summary/summary.js";
export { formatSummary } from "./summary/formatSummary.js";
export { mermaid } from "./summary/mermaid.js";

// files
export { FormatError } from "./files/formatError.js";
export type { SafetensorsDType } from "./files/fileDTypes.js";
export {
  type SafetensorsOptions,
  toSafetensors,
  fromSafetensors,
  safetensorsMetadata,
  stateToCpu,
} from "./files/safetensors.js";
export { type Checkpoint, toCheckpoint, toCheckpointAsync, fromCheckpoint, restore } from "./train/checkpoint.js";
