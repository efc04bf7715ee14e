import { createRandom, tensor } from "@conv/core";
import { Conv2d, Flatten, Linear, MaxPool2d, ReLU, Sequential } from "@conv/nn";

/** A network for images of 8 × 8 pixels and two classes. */
export const createModel = (): Sequential =>
  new Sequential(
    new Conv2d(1, 4, 3, { padding: 1 }),
    new ReLU(),
    new MaxPool2d(2),
    new Flatten(),
    new Linear(4 * 4 * 4, 2),
  );

// Sixteen images with a bright left half (class 0) or a bright right half (class 1).
const labels = Array.from({ length: 16 }, (_, i) => i % 2);
const pixels = createRandom(1).uniform([16, 1, 8, 8]).dataSync();
labels.forEach((label, i) => {
  for (let at = 0; at < 64; at++) if (at % 8 < 4 === (label === 0)) pixels[i * 64 + at] += 1;
});
const batch = { x: tensor(pixels, [16, 1, 8, 8]), y: tensor(Int32Array.from(labels)) };

/** One batch of them. */
export const loader = {
  length: 1,
  async *[Symbol.asyncIterator]() {
    yield batch;
  },
};
