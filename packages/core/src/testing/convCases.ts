import type { ConvSizeOptions } from "../conv/geometry.js";
import type { Shape } from "../shape.js";

/** A convolution that every device must get right. */
export interface ConvCase {
  readonly name: string;
  /** [N, C, …] */
  readonly xShape: Shape;
  /** [O, C/G, …] */
  readonly wShape: Shape;
  readonly options: ConvSizeOptions<"zeros">;
}

type Row = readonly [name: string, xShape: Shape, wShape: Shape, options?: ConvSizeOptions<"zeros">];

const rows: readonly Row[] = [
  // two axes, one idea at a time
  ["one pixel, one tap", [1, 1, 1, 1], [1, 1, 1, 1]],
  ["3×3", [2, 3, 6, 5], [4, 3, 3, 3]],
  ["3×3, padding 1", [2, 3, 6, 5], [4, 3, 3, 3], { padding: 1 }],
  ["3×3, padding beyond the kernel", [1, 2, 4, 4], [2, 2, 3, 3], { padding: 4 }],
  ["3×3, stride 2", [2, 3, 7, 6], [4, 3, 3, 3], { stride: 2, padding: 1 }],
  ["3×3, dilation 2", [2, 3, 7, 8], [4, 3, 3, 3], { dilation: 2, padding: 2 }],
  ["3×3, stride and dilation", [1, 2, 9, 9], [3, 2, 3, 3], { stride: 2, dilation: 2, padding: 1 }],
  ["1×1", [2, 5, 4, 3], [6, 5, 1, 1]],
  ["1×1, stride 2", [2, 5, 5, 4], [3, 5, 1, 1], { stride: 2 }],
  ["5×5 on few channels", [2, 1, 12, 12], [8, 1, 5, 5], { padding: 2 }],
  ["7×7, stride 2: a ResNet's stem", [1, 3, 16, 16], [8, 3, 7, 7], { stride: 2, padding: 3 }],
  ["even kernel, same size", [1, 2, 5, 6], [3, 2, 2, 4], { padding: "same" }],
  ["same, stride 2: ⌈in/2⌉", [1, 2, 5, 6], [3, 2, 3, 3], { padding: "same", stride: 2 }],
  ["valid", [1, 2, 5, 6], [3, 2, 2, 3], { padding: "valid" }],
  ["padding on one side only", [1, 2, 4, 5], [3, 2, 3, 3], { padding: [[2, 0], [0, 1]] }], // biome-ignore format: a table
  ["unequal everything", [2, 6, 9, 7], [4, 3, 2, 3], { stride: [3, 1], padding: [[0, 2], 1], dilation: [2, 1], groups: 2 }], // biome-ignore format: a table
  ["the kernel is the image", [2, 3, 4, 5], [6, 3, 4, 5]],
  ["the kernel is larger than the image, not than the padded one", [1, 2, 2, 3], [3, 2, 5, 4], { padding: 2 }],
  ["the stride is longer than the kernel", [1, 2, 9, 8], [3, 2, 2, 2], { stride: [4, 3] }],
  ["the stride is longer than the image", [1, 2, 4, 4], [3, 2, 3, 3], { stride: 9 }],
  ["a row of pixels", [1, 2, 1, 9], [3, 2, 1, 3], { padding: [0, 1] }],
  ["a column of pixels", [1, 2, 9, 1], [3, 2, 3, 1], { stride: [2, 1] }],
  // groups
  ["two groups", [2, 4, 5, 5], [6, 2, 3, 3], { groups: 2, padding: 1 }],
  ["depthwise", [2, 5, 6, 6], [5, 1, 3, 3], { groups: 5, padding: 1 }],
  ["depthwise, stride 2", [2, 5, 7, 6], [5, 1, 3, 3], { groups: 5, padding: 1, stride: 2 }],
  ["depthwise, three filters a channel", [1, 3, 6, 5], [9, 1, 3, 3], { groups: 3 }],
  ["depthwise, dilation 2", [1, 4, 8, 8], [4, 1, 3, 3], { groups: 4, dilation: 2 }],
  ["1×1 in groups", [2, 6, 3, 3], [4, 3, 1, 1], { groups: 2 }],
  // sizes that fast paths turn on
  ["many channels, 3×3", [2, 16, 10, 9], [24, 16, 3, 3], { padding: 1 }],
  ["channels that are no multiple of 4", [1, 17, 8, 8], [13, 17, 3, 3], { padding: 1 }],
  ["a long sum", [1, 120, 3, 3], [2, 120, 3, 3], { padding: 1 }],
  ["a wide image", [1, 2, 3, 70], [5, 2, 3, 3], { padding: 1 }],
  // other ranks
  ["rank 0: a linear layer", [3, 7], [5, 7]],
  ["rank 0 in groups", [3, 6], [4, 3], { groups: 2 }],
  ["rank 1", [2, 3, 11], [4, 3, 4], { stride: 2, padding: [[1, 2]] }],
  ["rank 1, depthwise, dilation 3", [2, 4, 12], [8, 1, 3], { groups: 4, dilation: 3, padding: 3 }],
  ["rank 3", [1, 2, 4, 5, 3], [3, 2, 2, 3, 2], { stride: [1, 2, 1], padding: 1 }],
  ["rank 3, groups, dilation 2", [1, 4, 5, 4, 5], [4, 2, 2, 2, 2], { groups: 2, dilation: [2, 1, 2] }],
  // nothing to do
  ["a batch of 0", [0, 3, 4, 4], [2, 3, 3, 3]],
  ["no channels", [1, 0, 4, 4], [2, 0, 3, 3]],
  ["no filters", [1, 2, 4, 4], [0, 2, 3, 3]],
];

/** The table of convolutions that every device must get right: forward and both adjoints. */
export const convCases: readonly ConvCase[] = rows.map(([name, xShape, wShape, options = {}]) => ({
  name,
  xShape,
  wShape,
  options,
}));
