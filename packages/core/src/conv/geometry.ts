import { ShapeError } from "../errors.js";
import { checkInteger, formatValue, perAxis } from "../options.js";
import { formatShape, type Shape } from "../shape.js";
import type { WindowGeometry } from "./window.js";

/** Pixels added [before, after] the image along an axis. */
export type Pair = readonly [number, number];

/** Padding as users write it: one number, one per axis, [before, after] per axis, or a word. */
export type Padding = number | readonly (number | Pair)[] | "same" | "valid";

/** The options of a convolution that its sizes depend on, in pixels: one number for all spatial axes, or one each. */
export interface ConvSizeOptions {
  /** Step of the window. Default 1. */
  readonly stride?: number | readonly number[];
  /** Zeros around the image. `"same"`: output ⌈in / stride⌉; `"valid"`: none. Default 0. */
  readonly padding?: Padding;
  /** Distance between the taps of the kernel. Default 1. */
  readonly dilation?: number | readonly number[];
  /** Number of independent blocks of channels; divides both channel counts. Default 1. */
  readonly groups?: number;
}

/** Every size of a convolution, checked. Plain data, of any spatial rank (rank 0 is a linear layer). */
export interface ConvGeometry extends WindowGeometry {
  readonly batch: number;
  readonly groups: number;
  readonly inChannels: number;
  readonly outChannels: number;
  /** [N, C, …inSize] */
  readonly xShape: Shape;
  /** [O, C/G, …kernelSize] */
  readonly wShape: Shape;
  /** [N, O, …outSize] */
  readonly yShape: Shape;
}

/**
 * Every size of a convolution, worked out and checked here and nowhere else. Along each axis
 *
 *     out = ⌊(in + before + after − dilation·(kernel − 1) − 1) / stride⌋ + 1
 *
 * @param xShape [N, C, …] with the spatial axes last.
 * @param wShape [O, C/G, …].
 * @param operator The name that errors start with. Default: that of the convolution of this rank.
 * @throws {ShapeError} When ranks or channels disagree, or the dilated kernel exceeds the padded image.
 * @throws {RangeError} When stride, dilation or groups is not a positive integer, or padding is negative.
 * @see Dumoulin and Visin, "A guide to convolution arithmetic for deep learning" (arXiv:1603.07285).
 */
export function convGeometry(
  xShape: Shape,
  wShape: Shape,
  options: ConvSizeOptions = {},
  operator: string = convName(wShape),
): ConvGeometry {
  const rank = wShape.length - 2;
  if (rank < 0 || xShape.length !== wShape.length) {
    throw new ShapeError(
      `${operator}: x ${formatShape(xShape)} and w ${formatShape(wShape)} must both have a batch or output axis, ` +
        `a channel axis and the same number of spatial axes. Reshape one of them.`,
    );
  }
  const [batch, inChannels, ...inSize] = xShape;
  const [outChannels, groupChannels, ...kernelSize] = wShape;
  const groups = checkInteger(operator, "groups", options.groups ?? 1, 1);
  checkChannels(operator, xShape, wShape, groups);
  for (const length of kernelSize) checkInteger(operator, "each axis of the kernel", length, 1);

  const stride = perAxis(operator, "stride", options.stride ?? 1, rank, 1);
  const dilation = perAxis(operator, "dilation", options.dilation ?? 1, rank, 1);
  const span = kernelSize.map((k, axis) => dilation[axis] * (k - 1) + 1);
  const padding = resolvePadding(operator, options.padding ?? 0, inSize, span, stride);
  const outSize = inSize.map((length, axis) => {
    const padded = length + padding[axis][0] + padding[axis][1];
    if (span[axis] > padded) {
      throw new ShapeError(
        `${operator}: the dilated kernel spans ${span[axis]} pixels along spatial axis ${axis} ` +
          `(kernel ${kernelSize[axis]}, dilation ${dilation[axis]}), but x ${formatShape(xShape)} with padding ` +
          `[${padding[axis].join(", ")}] has ${padded}. Use more padding or a smaller kernel.`,
      );
    }
    return Math.floor((padded - span[axis]) / stride[axis]) + 1;
  });

  return {
    batch,
    groups,
    inChannels,
    outChannels,
    inSize,
    kernelSize,
    outSize,
    stride,
    dilation,
    padding,
    xShape: [...xShape],
    wShape: [outChannels, groupChannels, ...kernelSize],
    yShape: [batch, outChannels, ...outSize],
  };
}

/** `linear`, `conv1d`, `conv2d` or `conv3d`: the convolution with filters of this shape. */
function convName(wShape: Shape): string {
  return wShape.length === 2 ? "linear" : `conv${wShape.length - 2}d`;
}

function checkChannels(operator: string, xShape: Shape, wShape: Shape, groups: number): void {
  const [inChannels, outChannels, groupChannels] = [xShape[1], wShape[0], wShape[1]];
  if (groupChannels * groups !== inChannels) {
    const fitting = inChannels / groupChannels;
    const isHint = Number.isInteger(fitting) && fitting > 0 && outChannels % fitting === 0;
    const isDivided = inChannels % groups === 0 && outChannels % groups === 0;
    throw new ShapeError(
      `${operator}: w ${formatShape(wShape)} takes ${groupChannels} ${plural("channel", groupChannels)} per group, but ` +
        `x ${formatShape(xShape)} has ${inChannels} ${plural("channel", inChannels)} in ${groups} ${plural("group", groups)}. ` +
        (isHint
          ? `Did you mean groups: ${fitting}?`
          : isDivided
            ? `Make w [${outChannels}, ${inChannels / groups}, …].`
            : `groups must divide both x's ${inChannels} and w's ${outChannels} channels.`),
    );
  }
  if (outChannels % groups !== 0) {
    throw new ShapeError(
      `${operator}: w ${formatShape(wShape)} has ${outChannels} output channels, which ${groups} groups do not divide. ` +
        `Make them a multiple of groups.`,
    );
  }
}

const plural = (word: string, count: number): string => (count === 1 ? word : `${word}s`);

/**
 * Padding as [before, after] per axis. An odd `"same"` padding puts the extra pixel after the image, as PyTorch does.
 *
 * @param span Length of the dilated kernel along each axis, in pixels.
 */
export function resolvePadding(
  operator: string,
  padding: Padding,
  inSize: readonly number[],
  span: readonly number[],
  stride: readonly number[],
): Pair[] {
  if (padding === "valid") return inSize.map(() => [0, 0]);
  if (padding === "same") {
    return inSize.map((length, axis) => {
      const out = Math.ceil(length / stride[axis]);
      const total = Math.max((out - 1) * stride[axis] + span[axis] - length, 0);
      return [Math.floor(total / 2), Math.ceil(total / 2)];
    });
  }
  if (typeof padding === "string") {
    throw new RangeError(`${operator}: padding must be numbers, "same" or "valid", got ${formatValue(padding)}.`);
  }
  return paddingPairs(operator, padding, inSize.length);
}

/** Numeric padding as [before, after] per axis, for `rank` axes. */
export function paddingPairs(operator: string, padding: number | readonly (number | Pair)[], rank: number): Pair[] {
  if (Array.isArray(padding) && padding.length !== rank) {
    throw new TypeError(
      `${operator}: padding must be one number, or an array with a number or [before, after] for each of ` +
        `${rank} spatial axes, got ${padding.length} entries.`,
    );
  }
  const entries: readonly (number | Pair)[] = Array.isArray(padding) ? padding : new Array(rank).fill(padding);
  return entries.map((entry) => {
    if (!Array.isArray(entry)) {
      const both = checkInteger(operator, "padding", entry as number, 0);
      return [both, both];
    }
    if (entry.length !== 2) {
      throw new TypeError(
        `${operator}: padding of an axis must be a number or [before, after], got [${entry.join(", ")}].`,
      );
    }
    return [checkInteger(operator, "padding", entry[0], 0), checkInteger(operator, "padding", entry[1], 0)];
  });
}
