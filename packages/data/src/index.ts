// @conv/data: examples and labels for training, from bytes to batches. The table of contents.

// batches
export { type BatchesOptions, DataLoader, type DataLoaderOptions } from "./dataLoader.js";
// datasets
export { type Batch, type Dataset, type TensorDatasetOptions, tensorDataset } from "./dataset.js";
// bytes
export { DataError } from "./errors.js";
export { gunzip } from "./idx/gzip.js";
export { readIdx, writeIdx } from "./idx/idx.js";
export type { MnistFile } from "./mnist/files.js";
export { type MnistOptions, mnist } from "./mnist/mnist.js";
export type { Progress } from "./mnist/receive.js";
export type { Split } from "./split.js";
export { normalize } from "./transforms/normalize.js";
