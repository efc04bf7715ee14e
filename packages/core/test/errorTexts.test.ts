import { expect, test } from "vitest";
import * as core from "../src/index.js";
import { conv1d, conv2d, convTranspose2d, maxPool2d, ones, tensor, zeros } from "../src/index.js";

// What the commonest mistakes are told. Every other text is pinned beside its source.

const [x, w, image] = [ones([2, 4, 6, 6]), ones([8, 4, 3, 3]), ones([1, 2, 4, 4])];

/** What is thrown, with its kind. */
function textOf(wrong: () => unknown): string {
  try {
    return `nothing is thrown, but ${String(wrong())} returned`;
  } catch (error) {
    return String(error);
  }
}

test.each([
  [
    "channels without groups",
    () => conv2d(x, ones([8, 2, 3, 3])),
    "ShapeError: conv2d: w [8, 2, 3, 3] takes 2 channels per group, but x [2, 4, 6, 6] has 4 channels in 1 group. Did you mean groups: 2?",
  ],
  [
    "groups that do not divide",
    () => conv2d(x, w, { groups: 3 }),
    "ShapeError: conv2d: w [8, 4, 3, 3] takes 4 channels per group, but x [2, 4, 6, 6] has 4 channels in 3 groups. Did you mean groups: 1?",
  ],
  [
    "a kernel larger than the image",
    () => conv2d(x, ones([8, 4, 9, 9])),
    "ShapeError: conv2d: the dilated kernel spans 9 pixels along spatial axis 0 (kernel 9, dilation 1), but x [2, 4, 6, 6] with padding [0, 0] has 6. Use more padding or a smaller kernel.",
  ],
  ["a stride of 0", () => conv2d(x, w, { stride: 0 }), "RangeError: conv2d: stride must be a positive integer, got 0."],
  [
    "a fractional stride",
    () => conv2d(x, w, { stride: 1.5 }),
    "RangeError: conv2d: stride must be a positive integer, got 1.5.",
  ],
  [
    "a padding that is NaN",
    () => conv2d(x, w, { padding: Number.NaN }),
    "RangeError: conv2d: padding must be an integer of at least 0, got NaN.",
  ],
  [
    "null for a stride",
    () => conv2d(x, w, { stride: null as never }),
    "RangeError: conv2d: stride must be a positive integer, got null.",
  ],
  [
    "a stride in words",
    () => conv2d(x, w, { stride: "2" as never }),
    'RangeError: conv2d: stride must be a positive integer, got "2".',
  ],
  [
    "TensorFlow's strides",
    () => conv2d(x, w, { strides: 2 } as never),
    "TypeError: conv2d: unknown option strides. Did you mean stride?",
  ],
  ["pad", () => conv2d(x, w, { pad: 1 } as never), "TypeError: conv2d: unknown option pad. Did you mean padding?"],
  [
    "a word that is none",
    () => conv2d(x, w, { padding: "SAME" as never }),
    'RangeError: conv2d: padding must be numbers, "same" or "valid", got "SAME".',
  ],
  [
    "PyTorch's order of arguments",
    () => conv2d(x, w, ones([8]) as never),
    "TypeError: conv2d: the last argument is the options, got a tensor [8]. Pass a bias as { bias: b }.",
  ],
  [
    "a nested array for x",
    () => conv2d([[[[1]]]] as never, w),
    "TypeError: conv2d: x must be a tensor, got [[[[1]]]]. Make a tensor with tensor(values, shape).",
  ],
  [
    "an image without a batch",
    () => conv2d(ones([4, 6, 6]), w),
    "ShapeError: conv2d: x must have 4 axes, [N, C, …] with 2 spatial, but its shape is [4, 6, 6]. Reshape it to [1, 4, 6, 6].",
  ],
  [
    "a signal into conv2d",
    () => conv1d(x as never, w),
    "ShapeError: conv1d: x must have 3 axes, [N, C, …] with 1 spatial, but its shape is [2, 4, 6, 6]. Reshape it.",
  ],
  [
    "a bias of the wrong length",
    () => conv2d(x, w, { bias: ones([4]) }),
    "ShapeError: conv2d: bias has shape [4], but these sizes need [8]. Give it that shape.",
  ],
  [
    "reflect beyond the image",
    () => conv2d(x, w, { padding: 6, paddingMode: "reflect" }),
    'ShapeError: conv2d: "reflect" padding mirrors the image without its edge, at most 5 of the 6 pixels along spatial axis 0, but padding is [6, 6]. Pad less, or use "circular" or "replicate".',
  ],
  [
    "same for a transposed convolution",
    () => convTranspose2d(image, ones([2, 3, 2, 2]), { padding: "same" as never }),
    'RangeError: convTranspose2d: padding must be numbers, got "same". Words do not say how much to cut off.',
  ],
  [
    "a pool larger than the image",
    () => maxPool2d(image, 5),
    "ShapeError: maxPool2d: the window spans 5 pixels along spatial axis 0, but x [1, 2, 4, 4] with padding [0, 0] has 4. Use a smaller kernelSize.",
  ],
  [
    "ceilMode in words",
    () => maxPool2d(image, 2, { ceilMode: "yes" as never }),
    'TypeError: maxPool2d: ceilMode must be true or false, got "yes".',
  ],
  [
    "keepDim as a number",
    () => core.sum(x, { dim: 1, keepDim: 1 as never }),
    "TypeError: sum: keepDim must be true or false, got 1.",
  ],
  [
    "ragged arrays",
    () => tensor([[1, 2], [3]]),
    "ShapeError: tensor: the nested arrays are ragged: at depth 1 one has length 1, the first has 2. Make them equal.",
  ],
  [
    "a wrong length",
    () => tensor([1, 2, 3], [2, 2]),
    "ShapeError: tensor: 3 values do not fill the shape [2, 2], which has 4 elements.",
  ],
  [
    "a shape that is none",
    () => zeros([2, -1]),
    "RangeError: zeros: each axis of shape [2, -1] must be an integer of at least 0, got -1.",
  ],
  [
    "shapes that do not broadcast",
    () => core.add(ones([2, 3]), ones([2])),
    "ShapeError: add: shapes [2, 3] and [2] do not broadcast: axis -1 has lengths 3 and 2. Make them equal, or one of them 1.",
  ],
  [
    "an axis that is not there",
    () => core.softmax(x, 4),
    "RangeError: softmax: dim 4 is not an axis of [2, 4, 6, 6]. Use -4 to 3.",
  ],
])("%s", (_, wrong, words) => {
  expect(textOf(wrong)).toBe(words);
});
