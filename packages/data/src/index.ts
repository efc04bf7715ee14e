// @conv/data: examples and labels for training, from bytes to batches. The table of contents.

// biome-ignore-all assist/source/organizeImports: the order is that of the way from bytes to batches

// bytes
export { DataError } from "./errors.js";
export { gunzip } from "./idx/gzip.js";
export { readIdx, writeIdx } from "./idx/idx.js";
export { type CifarLabels, readCifar10, readCifar100 } from "./cifar/readCifar.js";

// datasets
export type { AnyDataset, Batch, Dataset } from "./dataset.js";
export { type TensorDatasetOptions, tensorDataset } from "./dataset.js";
export type { Split } from "./split.js";
export type { MnistFile } from "./mnist/files.js";
export { type MnistOptions, mnist } from "./mnist/mnist.js";
export type { Progress } from "./mnist/receive.js";
export { type Cifar100Options, type CifarOptions, cifar10, cifar100 } from "./cifar/cifar.js";
export type { ShapeName } from "./shapes/drawShape.js";
export { type ShapesDataset, type ShapesOptions, shapes } from "./shapes/shapes.js";

// parts of datasets
export { subset } from "./datasets/subset.js";
export { type RandomSplitOptions, randomSplit } from "./datasets/randomSplit.js";
export { concatDataset } from "./datasets/concatDataset.js";

// batches
export { type BatchesOptions, DataLoader, type DataLoaderOptions, type LoadedBatch } from "./dataLoader.js";

// transforms
export { type BatchTransform, compose, type Transform } from "./transforms/compose.js";
export { normalize } from "./transforms/normalize.js";
export { resize, type ResizeOptions } from "./transforms/resize.js";
export { centerCrop } from "./transforms/centerCrop.js";
export { type BorderMode, randomCrop, type RandomCropOptions } from "./transforms/randomCrop.js";
export { randomShift, type RandomShiftOptions } from "./transforms/randomShift.js";
export { randomFlip, type RandomFlipOptions } from "./transforms/randomFlip.js";
export { randomRotate, type RandomRotateOptions } from "./transforms/randomRotate.js";
export { randomAffine, type RandomAffineOptions } from "./transforms/randomAffine.js";
export { cutout, type CutoutOptions } from "./transforms/cutout.js";
