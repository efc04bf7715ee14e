// The training step that is measured: a convolutional network for MNIST, cross-entropy, Adam; 64 images.
//
//     conv 1→32 3×3, ReLU, max pool 2, conv 32→64 3×3, ReLU, max pool 2, flatten, linear 3136→128, ReLU, linear 128→10

import { elements } from "./layers.js";
import { labelAt, numbers, STREAMS } from "./numbers.js";

export const BATCH = 64;
export const CLASSES = 10;
export const SIZE = 28;
export const LEARNING_RATE = 1e-3;

/** Of how many steps the losses are compared. */
export const COMPARED_STEPS = 3;

/** Convolutions pad by 1. A parameter is uniform in ±1/√fanIn, of stream 10, 11, … in this order. */
export const PARAMETERS = [
  { name: "conv1.weight", shape: [32, 1, 3, 3], fanIn: 9 },
  { name: "conv1.bias", shape: [32], fanIn: 9 },
  { name: "conv2.weight", shape: [64, 32, 3, 3], fanIn: 288 },
  { name: "conv2.bias", shape: [64], fanIn: 288 },
  { name: "linear1.weight", shape: [128, 3136], fanIn: 3136 },
  { name: "linear1.bias", shape: [128], fanIn: 3136 },
  { name: "linear2.weight", shape: [10, 128], fanIn: 128 },
  { name: "linear2.bias", shape: [10], fanIn: 128 },
];

/** What every peer starts from: { name, shape, values } in the order of the network. */
export function initialParameters() {
  return PARAMETERS.map(({ name, shape, fanIn }, i) => ({
    name,
    shape,
    values: numbers(STREAMS.parameters + i, elements(shape), 1 / Math.sqrt(fanIn)),
  }));
}

/** The batch, the same at every step: images [64, 1, 28, 28] of noise, and a label for each. */
export function batch() {
  return {
    images: numbers(STREAMS.images, BATCH * SIZE * SIZE),
    labels: Int32Array.from({ length: BATCH }, (_, i) => labelAt(STREAMS.labels, i, CLASSES)),
  };
}
