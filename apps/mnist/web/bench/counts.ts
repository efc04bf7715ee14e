import { AvgPool2d, Conv2d, LPPool2d, MaxPool2d, type Module, summary } from "@conv/nn";
import { convOptionsOf, type Figure } from "./figure.js";
import { geometryOf, kernelSizeOf, type Settings, SIDE } from "./settings.js";

/** What the read-outs say. */
export interface Counts {
  readonly inShape: readonly number[];
  readonly outShape: readonly number[];
  /** ⌊(n + 2p − d(k − 1) − 1)/s⌋ + 1 with numbers in it: for rows and for columns. */
  readonly formulas: readonly [string, string];
  readonly parameters: number;
  readonly macs: number;
  /** Rows and columns of what an output sees. */
  readonly receptiveField: readonly number[];
  readonly nonzeros: number;
  readonly entries: number;
}

/** The settings as a layer of a network. */
function layerOf(settings: Settings): Module {
  const { operation, channels, stride, padding, dilation } = settings;
  const size = kernelSizeOf(settings);
  switch (operation) {
    case "conv":
      return new Conv2d(channels, channels, size, { ...convOptionsOf(settings), bias: false });
    case "max":
      return new MaxPool2d(size, { stride, padding, dilation });
    case "average":
      return new AvgPool2d(size, { stride, padding });
    case "l2":
      return new LPPool2d(2, size, { stride });
  }
}

/** What the map costs, and what it sees. */
export function countsOf({ settings, matrix }: Figure): Counts {
  const { channels, stride, padding, dilation } = settings;
  const { outSize, outChannels } = geometryOf(settings);
  const size = kernelSizeOf(settings);
  const { totals, layers } = summary(layerOf(settings), [1, channels, SIDE, SIDE]);
  const formula = (axis: 0 | 1) =>
    `⌊(${SIDE} + 2·${padding} − ${dilation}·(${size[axis]} − 1) − 1) / ${stride}⌋ + 1 = ${outSize[axis]}`;
  return {
    inShape: [channels, SIDE, SIDE],
    outShape: [outChannels, ...outSize],
    formulas: [formula(0), formula(1)],
    parameters: totals.parameters.trainable,
    macs: totals.macs,
    receptiveField: size.map((length, axis) => layers[0].receptiveField?.[axis]?.size ?? dilation * (length - 1) + 1),
    nonzeros: matrix.values.reduce((count, value) => count + (value === 0 ? 0 : 1), 0),
    entries: matrix.values.length,
  };
}
