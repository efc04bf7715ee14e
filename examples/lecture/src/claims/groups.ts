// Grouped against dense convolutions.
//
// In G groups every output channel sees C/G of the C input channels: the matrix of channels becomes block diagonal.
//
//     parameters = O·(C/G)·K²                MACs = O·(C/G)·K²·OH·OW
//
// Depthwise is G = C = O: each channel has a filter of its own. Channels meet in the 1 × 1 convolution behind it:
//
//     parameters = C·K² + C·O                instead of C·O·K²: the ratio is 1/O + 1/K²

import { Flatten, Linear, MaxPool2d, type Module, Sequential } from "@conv/nn";
import { block } from "../blocks.js";
import { claim } from "../claim.js";

/** A network whose two middle layers, C → O channels, are made by `layer`: [N, 1, 28, 28] → [N, 10]. */
const network = (layer: (inChannels: number, outChannels: number) => readonly Module[]): Sequential =>
  new Sequential(
    ...block(1, 16, 3, { stride: 2 }), // [N, 16, 14, 14]
    ...layer(16, 32),
    new MaxPool2d(2), //                  [N, 32, 7, 7]
    ...layer(32, 32),
    new MaxPool2d(7), //                  [N, 32, 1, 1]
    new Flatten(),
    new Linear(32, 10),
  );

const grouped = (groups: number) => () => network((c, o) => block(c, o, 3, { groups }));

export const groups = claim({
  name: "groups",
  title: "Grouped against dense",
  says:
    "G groups divide the parameters and the multiply-adds of a layer by G, and recognise little less. Depthwise and " +
    "pointwise in turn (Howard et al., arXiv:1704.04861) cost least and recognise as much as dense.",
  models: {
    dense: grouped(1),
    "2 groups": grouped(2),
    "4 groups": grouped(4),
    "depthwise + pointwise": () => network((c, o) => [...block(c, c, 3, { groups: c }), ...block(c, o, 1)]),
  },
  columns: ["parameters", "macs", "accuracy", "step"],
  expects: [
    { model: "2 groups", is: "not below", than: "dense", of: "accuracy" },
    { model: "4 groups", is: "not below", than: "dense", of: "accuracy" },
    { model: "depthwise + pointwise", is: "below", than: "4 groups", of: "macs" },
    { model: "depthwise + pointwise", is: "not below", than: "dense", of: "accuracy" },
  ],
});
