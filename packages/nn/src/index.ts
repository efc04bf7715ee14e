// @conv/nn: layers, losses, optimizers and the loop that trains them.

// files
export { FormatError, fromSafetensors, safetensorsMetadata, toSafetensors } from "./files/safetensors.js";
export * as init from "./init.js";
export { ReLU } from "./layers/activation.js";
// layers
export { Conv1d, Conv2d, Conv3d, type ConvLayerOptions } from "./layers/conv.js";
export { Dropout } from "./layers/dropout.js";
export { Flatten } from "./layers/flatten.js";
export { Linear, type LinearOptions } from "./layers/linear.js";
export { AvgPool1d, AvgPool2d, AvgPool3d, MaxPool1d, MaxPool2d, MaxPool3d } from "./layers/pool.js";
export { Sequential } from "./layers/sequential.js";
// losses
export { type CrossEntropyOptions, crossEntropy, type Reduction } from "./losses/crossEntropy.js";
// modules
export { Module, type StateDict } from "./module.js";
export { Adam, type AdamOptions, AdamW } from "./optim/adam.js";
// optimizers
export { Optimizer, type ParameterState } from "./optim/optimizer.js";
export { SGD, type SGDOptions } from "./optim/sgd.js";
export { manualSeed } from "./random.js";
export { type Checkpoint, fromCheckpoint, type Run, restore, toCheckpoint } from "./train/checkpoint.js";
// training
export { type Evaluation, evaluate, type Loss } from "./train/evaluate.js";
export { type FitOptions, type FitStep, fit, type Position } from "./train/fit.js";
export type { Batch, Loader } from "./train/loader.js";
export type { Signal } from "./train/platform.js";
