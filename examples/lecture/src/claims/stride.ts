// Three ways to halve a plane: a convolution of stride 2, or one of stride 1 and then a pool of 2 × 2 windows.
//
//     OH = ⌊(H + 2·padding − K) / stride⌋ + 1        28 → 14 → 7, each way
//     MACs = O·OH·OW·C·K²
//
// A pool has no parameters. The convolution before it computes four outputs where the strided one computes the one that
// is kept: four times the MACs for the largest of four, or their mean, instead of the first.

import { AvgPool2d, Flatten, Linear, MaxPool2d, type Module, Sequential } from "@conv/nn";
import { block } from "../blocks.js";
import { claim } from "../claim.js";

/** [N, 1, 28, 28] → [N, 10]; `pool` halves what a convolution of this stride has left. */
const network = (stride: number, pool: () => readonly Module[]): Sequential =>
  new Sequential(
    ...block(1, 8, 3, { stride }),
    ...pool(), //                     [N, 8, 14, 14]
    ...block(8, 16, 3, { stride }),
    ...pool(), //                     [N, 16, 7, 7]
    new Flatten(),
    new Linear(16 * 7 * 7, 10),
  );

export const stride = claim({
  name: "stride",
  title: "Strided against pooled",
  says:
    "A convolution of stride 2 may stand for a convolution and a pool: it has as many parameters and a quarter of the " +
    "multiply-adds, takes less time, and recognises as much (Springenberg et al., arXiv:1412.6806).",
  models: {
    "stride 2": () => network(2, () => []),
    "max pool": () => network(1, () => [new MaxPool2d(2)]),
    "mean pool": () => network(1, () => [new AvgPool2d(2)]),
  },
  columns: ["parameters", "macs", "accuracy", "step"],
  expects: [
    { model: "stride 2", is: "equal to", than: "max pool", of: "parameters" },
    { model: "stride 2", is: "below", than: "max pool", of: "macs" },
    { model: "stride 2", is: "below", than: "max pool", of: "step" },
    { model: "stride 2", is: "not below", than: "max pool", of: "accuracy" },
    { model: "mean pool", is: "not below", than: "max pool", of: "accuracy" },
  ],
});
