// Dilated against plain convolutions.
//
// With dilation d the K taps of a filter stand d pixels apart. It spans d·(K − 1) + 1 pixels with the weights of K:
//
//     parameters = O·C·K²              MACs = O·C·K²·OH·OW              whatever d is
//     field of a stack at stride 1 = 1 + Σ dₗ·(Kₗ − 1)
//
// Three 3 × 3 layers see 1 + 2 + 2 + 2 = 7 pixels; dilated by 1, 2 and 4 they see 1 + 2 + 4 + 8 = 15, which plain ones
// take seven of, or larger kernels. Two layers of dilation 2 see as far as two of 5 × 5, but only every second pixel.
//
// The images are halved first, to be quick, so that the field in pixels of the image is 2 + 2·Σ dₗ·(Kₗ − 1). The pool at the
// end keeps the largest response of each filter in the plane: no unit sees more of a digit than its field.

import { AvgPool2d, Flatten, Linear, MaxPool2d, Sequential } from "@conv/nn";
import { block } from "../blocks.js";
import { claim } from "../claim.js";

const CHANNELS = 8;

/** One layer of a stack: K × K, dilated. */
type Layer = readonly [kernelSize: number, dilation: number];

/** A network of such layers on the halved image: [N, 1, 28, 28] → [N, 10]. */
const stack = (layers: readonly Layer[]) => () =>
  new Sequential(
    new AvgPool2d(2), // [N, 1, 14, 14]
    ...layers.flatMap(([kernelSize, dilation], i) => block(i === 0 ? 1 : CHANNELS, CHANNELS, kernelSize, { dilation })),
    new MaxPool2d(14), // [N, 8, 1, 1]
    new Flatten(),
    new Linear(CHANNELS, 10),
  );

export const dilation = claim({
  name: "dilation",
  title: "Dilated against plain, at equal receptive field",
  says:
    "Dilation widens the field at no cost: at equal cost a dilated stack recognises more than a plain one, and at equal " +
    "field as much as deeper stacks or larger kernels, with fewer parameters (Yu and Koltun, arXiv:1511.07122).",
  models: {
    "3×3 twice": stack(Array(2).fill([3, 1])),
    "3×3 twice, dilation 2": stack(Array(2).fill([3, 2])),
    "5×5 twice": stack(Array(2).fill([5, 1])),
    "3×3 three times": stack(Array(3).fill([3, 1])),
    "3×3, dilation 1, 2, 4": stack([1, 2, 4].map((d) => [3, d])),
    "3×3 seven times": stack(Array(7).fill([3, 1])),
    "3×3, 7×7, 7×7": stack([3, 7, 7].map((k) => [k, 1])),
  },
  columns: ["field", "parameters", "macs", "accuracy", "step"],
  expects: [
    { model: "3×3 twice, dilation 2", is: "above", than: "3×3 twice", of: "accuracy" },
    { model: "3×3 twice, dilation 2", is: "not below", than: "5×5 twice", of: "accuracy" },
    { model: "3×3, dilation 1, 2, 4", is: "above", than: "3×3 three times", of: "accuracy" },
    { model: "3×3, dilation 1, 2, 4", is: "not below", than: "3×3 seven times", of: "accuracy" },
    { model: "3×3, dilation 1, 2, 4", is: "not below", than: "3×3, 7×7, 7×7", of: "accuracy" },
    { model: "3×3, dilation 1, 2, 4", is: "below", than: "3×3, 7×7, 7×7", of: "parameters" },
  ],
});
