// Fully connected against convolutional, on digits that have moved.
//
// A fully connected layer has a weight for every pair of an input and an output: C·H·W → O costs
//
//     parameters = O·C·H·W + O        MACs = O·C·H·W
//
// A convolution has one filter for all places, and so commutes with the shift T of the image:
//
//     parameters = O·C·K² + O         MACs = O·C·K²·OH·OW        conv(T x) = T conv(x)      (equivariance)
//
// Its features move with the digit. A pool over the whole plane forgets where they are:
//
//     max over h, w of (T y)[h, w] = max over h, w of y[h, w]                               (invariance)
//
// A linear layer on the flattened features, in its place, has a weight for every place again. (A pool of windows, in
// between, commutes only with shifts by whole windows, and the edges of the image are their own story: see padding.ts.)

import { AvgPool2d, Flatten, Linear, MaxPool2d, type Module, ReLU, Sequential } from "@conv/nn";
import { block } from "../blocks.js";
import { claim } from "../claim.js";

/** [N, 1, 28, 28] → [N, 16, 7, 7]. */
const features = (): readonly Module[] => [
  ...block(1, 8, 5), //  [N, 8, 28, 28]
  new MaxPool2d(2), //   [N, 8, 14, 14]
  ...block(8, 16, 3), // [N, 16, 14, 14]
  new MaxPool2d(2), //   [N, 16, 7, 7]
];

/** Forgets where: [N, 32, 7, 7] → [N, 10]. */
const headAfter = (globalPool: Module): readonly Module[] => [globalPool, new Flatten(), new Linear(32, 10)];

export const shift = claim({
  name: "shift",
  title: "Fully connected against convolutional, on shifted digits",
  says:
    "A convolution commutes with shifts and a pool over the plane forgets places: a network of both, with fewer " +
    "parameters, still reads digits that have moved. A fully connected one has learned pixels, and does not.",
  models: {
    "fully connected": () => new Sequential(new Flatten(), new Linear(28 * 28, 64), new ReLU(), new Linear(64, 10)),
    "convolutions, flattened": () => new Sequential(...features(), new Flatten(), new Linear(16 * 7 * 7, 10)),
    "convolutions, max over the plane": () =>
      new Sequential(...features(), ...block(16, 32, 3), ...headAfter(new MaxPool2d(7))),
    "convolutions, mean over the plane": () =>
      new Sequential(...features(), ...block(16, 32, 3), ...headAfter(new AvgPool2d(7))),
  },
  columns: ["parameters", "macs", "accuracy", "shift1", "shift2", "shift3"],
  expects: [
    { model: "convolutions, max over the plane", is: "below", than: "fully connected", of: "parameters" },
    { model: "convolutions, max over the plane", is: "not below", than: "fully connected", of: "accuracy" },
    { model: "convolutions, max over the plane", is: "above", than: "fully connected", of: "shift3" },
    { model: "convolutions, mean over the plane", is: "above", than: "fully connected", of: "shift3" },
    { model: "convolutions, flattened", is: "above", than: "fully connected", of: "shift3" },
    { model: "convolutions, max over the plane", is: "above", than: "convolutions, flattened", of: "shift3" },
  ],
});
