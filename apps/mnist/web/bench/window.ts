import type { Figure } from "./figure.js";
import { geometryOf, kernelSizeOf, SIDE } from "./settings.js";

/** A pixel that the window sees, and what becomes of it. */
export interface Tap {
  /** Where it is in the padded image. */
  readonly channel: number;
  readonly row: number;
  readonly column: number;
  readonly isPadding: boolean;
  readonly value: number;
  /** What it is multiplied by: the kernel's number, 1/K in an average. Undefined where nothing is multiplied. */
  readonly weight: number | undefined;
  /** What it adds to the sum; of a maximum, the pixel itself. */
  readonly term: number;
  /** Whether it is the largest, in a maximum. */
  readonly isChosen: boolean;
}

/** One output, and how it is made. */
export interface Window {
  /** Which output: its row of the matrix. */
  readonly index: number;
  /** Where it is in the output. */
  readonly channel: number;
  readonly row: number;
  readonly column: number;
  /** Which of the patches it sees: their column. */
  readonly patch: number;
  /** The rows of the patches that are of its group: the first, and how many. */
  readonly firstRow: number;
  readonly taps: readonly Tap[];
  /** The output. */
  readonly total: number;
}

/** How many outputs there are. */
export const outputsOf = ({ output }: Figure): number => output.values.length;

/** The window that makes output `index`. */
export function windowAt(figure: Figure, index: number): Window {
  const { settings, output, patches, kernel, matrix } = figure;
  const { operation, stride, padding, dilation, channels, groups } = settings;
  const { inChannels, outSize } = geometryOf(settings);
  const [rows, columns] = kernelSizeOf(settings);
  const windows = outSize[0] * outSize[1];
  const [channel, patch] = [Math.floor(index / windows), index % windows];
  const [row, column] = [Math.floor(patch / outSize[1]), patch % outSize[1]];
  const isConv = operation === "conv";
  const seen = isConv ? inChannels / groups : 1;
  const firstChannel = isConv ? Math.floor(channel / (channels / groups)) * seen : channel;
  const count = seen * rows * columns;
  const taps = Array.from({ length: count }, (_, k): Tap => {
    const inChannel = firstChannel + Math.floor(k / (rows * columns));
    const [down, across] = [Math.floor(k / columns) % rows, k % columns];
    const [y, x] = [row * stride + down * dilation, column * stride + across * dilation];
    const isPadding = Math.min(y, x) < padding || Math.max(y, x) >= padding + SIDE;
    const value = patches.values[(firstChannel * rows * columns + k) * patches.columns + patch];
    const pixel = (inChannel * SIDE + y - padding) * SIDE + x - padding;
    const isChosen = operation === "max" && !isPadding && matrix.values[index * matrix.columns + pixel] !== 0;
    const weight = isConv ? kernel[channel * count + k] : operation === "average" ? 1 / count : undefined;
    const term = operation === "l2" ? value * value : weight === undefined ? value : value * weight;
    return { channel: inChannel, row: y, column: x, isPadding, value, weight, term, isChosen };
  });
  const firstRow = firstChannel * rows * columns;
  return { index, channel, row, column, patch, firstRow, taps, total: output.values[index] };
}
