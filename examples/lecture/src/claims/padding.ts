// What stands beyond the edge of the image.
//
//     y = w ∗ P x,     P: zeros, circular, mean, or nothing at all (valid: OH = H − K + 1)
//
// conv(T x) = T conv(x) holds where no edge is near. With circular padding it holds everywhere, for shifts that wrap round.
// Pixels are normalised here to mean 0, so that paper is −0.42 and a border of zeros is grey: an edge that a network can tell
// its position from. A circular border is paper, as the other edge is; the mean of the image is about 0, as grey as zeros;
// valid has no border and smaller planes: fewer MACs, as many parameters.

import type { PaddingMode } from "@conv/core";
import { normalize } from "@conv/data";
import { Flatten, Linear, MaxPool2d, Sequential } from "@conv/nn";
import { type BlockOptions, block } from "../blocks.js";
import { claim } from "../claim.js";

/** The mean and the standard deviation of MNIST's pixels. */
const transform = normalize(0.1307, 0.3081);

/** The network of the claim `shift`, its convolutions with these options; `last` is the size of the last plane. */
const network = (options: BlockOptions, last: number): Sequential =>
  new Sequential(
    ...block(1, 8, 5, options),
    new MaxPool2d(2),
    ...block(8, 16, 3, options),
    new MaxPool2d(2),
    ...block(16, 32, 3, options), // [N, 32, last, last]
    new MaxPool2d(last),
    new Flatten(),
    new Linear(32, 10),
  );

const padded = (paddingMode: PaddingMode) => () => network({ paddingMode }, 7);

export const padding = claim({
  name: "padding",
  title: "Borders, on shifted digits",
  says:
    "A border that does not look like paper tells a network where the edge is, and breaks the equivariance: with a border " +
    "of paper, or none, it reads shifted digits better.",
  models: {
    zeros: padded("zeros"),
    circular: padded("circular"),
    mean: padded("mean"),
    valid: () => network({ padding: 0 }, 3), // 28 → 24 → 12 → 10 → 5 → 3
  },
  columns: ["parameters", "macs", "accuracy", "shift3"],
  expects: [
    { model: "circular", is: "above", than: "zeros", of: "shift3" },
    { model: "valid", is: "above", than: "zeros", of: "shift3" },
  ],
  transform,
});
