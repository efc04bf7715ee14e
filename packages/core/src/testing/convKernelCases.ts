import { convDirect } from "../conv/convDirect.js";
import { type ConvGeometry, convGeometry } from "../conv/geometry.js";
import { PAD_MODES, padGeometry } from "../conv/padGeometry.js";
import { addKernel } from "../maps/arithmetic.js";
import { reshape } from "../maps/reshape.js";
import { sizeOf } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { convCases } from "./convCases.js";
import type { KernelCases } from "./kernelCase.js";
import { sample } from "./samples.js";
import { adjointWByMatrix, adjointXByMatrix } from "./specification.js";

// convolution: against nested loops, and against the transposed matrices

const convs = convCases.map(({ name, xShape, wShape, options }) => {
  const geometry = convGeometry(xShape, wShape, options);
  return {
    name,
    geometry,
    x: sample(...xShape),
    w: sample(...wShape),
    gradY: sample(...geometry.yShape),
    bias: sample(wShape[0]),
  };
});

/** Nested loops, and then the bias. */
function biasedDirect(x: Tensor, w: Tensor, geometry: ConvGeometry, bias: Tensor): Tensor {
  const [, channels, ...spatial] = geometry.yShape;
  return addKernel(convDirect(x, w, geometry), reshape(bias, [channels, ...spatial.map(() => 1)]));
}

const paddings = PAD_MODES.flatMap((mode) =>
  (
    [
      ["on every side", [2, 3, 4, 5], [[1, 2], [2, 1]]], // biome-ignore format: a table
      ["on one side", [2, 4, 3], [[0, 3], [2, 0]]], // biome-ignore format: a table
      ["of a signal", [2, 6], [[2, 1]]],
      ["of a volume", [1, 2, 3, 2, 3], [[1, 1], [0, 1], [2, 0]]], // biome-ignore format: a table
      ["of no pixels", [2, 3, 3], [[0, 0], [0, 0]]], // biome-ignore format: a table
    ] as const
  ).map(([name, xShape, padding]) => {
    const options = mode === "constant" ? { mode, value: 3 } : { mode };
    return { name: `${mode}, ${name}`, xShape, geometry: padGeometry(xShape, padding, options) };
  }),
);
const wrapped = {
  name: "circular, twice around",
  xShape: [2, 2, 3],
  geometry: padGeometry([2, 2, 3], [[5, 4], 7], { mode: "circular" }),
};
const pads = [...paddings, wrapped];

const windows = (
  [
    ["2×2", [2, 3, 4, 5], { kernelSize: 2 }],
    [
      "everything unequal",
      [1, 2, 7, 6],
      { kernelSize: [3, 2], stride: [2, 1], padding: [[0, 2], 1], dilation: [2, 3] },
    ],
    ["a signal", [2, 3, 9], { kernelSize: 3, stride: 2, padding: 1 }],
    ["a volume", [1, 2, 3, 4, 3], { kernelSize: 2, padding: 1, stride: 2 }],
  ] as const
).map(([name, xShape, { kernelSize, ...options }]) => {
  const [, channels, ...inSize] = xShape;
  const kernel = inSize.map((_, axis) => (typeof kernelSize === "number" ? kernelSize : kernelSize[axis]));
  const geometry = convGeometry([1, channels, ...inSize], [1, channels, ...kernel], options);
  const columnsShape = [xShape[0], channels * sizeOf(kernel), sizeOf(geometry.outSize)];
  return { name, xShape, geometry, columnsShape };
});

/** Cases for convolution and its parts. */
export const convKernelCases: KernelCases<
  "conv" | "convAdjointX" | "convAdjointW" | "pad" | "padAdjoint" | "im2col" | "col2im"
> = {
  conv: [
    ...convs.map(({ name, x, w, geometry }) => ({ name, args: [x, w, geometry] as const, specification: convDirect })),
    ...convs.map(({ name, x, w, bias, geometry }) => ({
      name: `${name}, with a bias`,
      args: [x, w, geometry, bias] as const,
      specification: biasedDirect,
    })),
  ],
  convAdjointX: convs.map(({ name, gradY, w, geometry }) => ({
    name,
    args: [gradY, w, geometry],
    specification: adjointXByMatrix,
  })),
  convAdjointW: convs.map(({ name, x, gradY, geometry }) => ({
    name,
    args: [x, gradY, geometry],
    specification: adjointWByMatrix,
  })),
  pad: pads.map(({ name, xShape, geometry }) => ({ name, args: [sample(...xShape), geometry] })),
  padAdjoint: pads.map(({ name, geometry }) => ({ name, args: [sample(...geometry.yShape), geometry] })),
  im2col: windows.map(({ name, xShape, geometry }) => ({ name, args: [sample(...xShape), geometry] })),
  col2im: windows.map(({ name, columnsShape, geometry }) => ({ name, args: [sample(...columnsShape), geometry] })),
};
