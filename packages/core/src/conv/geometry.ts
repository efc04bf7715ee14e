import { ShapeError } from "../errors.js";
import { checkChoice, checkInteger, checkOptions, count } from "../options.js";
import { checkShape, formatShape, type Shape } from "../shape.js";
import type { Padding } from "./padding.js";
import { type PadGeometry, type PadMode, padGeometry } from "./padGeometry.js";
import { resolveWindow, type WindowGeometry } from "./window.js";

/** What stands beyond the image's edge in a convolution. */
export type PaddingMode = Exclude<PadMode, "constant">;

/** The options of a convolution that its sizes depend on, in pixels: one number for all spatial axes, or one each. */
export interface ConvSizeOptions<Mode extends PaddingMode = PaddingMode> {
  /** Step of the window. Default 1. */
  readonly stride?: number | readonly number[];
  /** Pixels around the image. `"same"`: output ⌈in / stride⌉; `"valid"`: none. Default 0. */
  readonly padding?: Padding;
  /** Distance between the taps of the kernel. Default 1. */
  readonly dilation?: number | readonly number[];
  /** Number of independent blocks of channels; divides both channel counts. Default 1. */
  readonly groups?: number;
  /** What stands in the padding. Default `"zeros"`. */
  readonly paddingMode?: Mode;
}

/** The names of `ConvSizeOptions`. */
export const CONV_SIZE_OPTIONS = ["stride", "padding", "dilation", "groups", "paddingMode"] as const;

/** All modes of a convolution's padding. */
export const PADDING_MODES: readonly PaddingMode[] = ["zeros", "circular", "reflect", "replicate", "mean"];

/**
 * Every size of a convolution, checked. Plain data, of any spatial rank (rank 0 is a linear layer). Kernels add zeros
 * only, and take the type with that mode; `splitPadding` makes it of any other.
 */
export interface ConvGeometry<Mode extends PaddingMode = "zeros"> extends WindowGeometry {
  readonly batch: number;
  readonly groups: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly paddingMode: Mode;
  /** The padding as a map of its own, where it is not of zeros and has pixels. */
  readonly border: PadGeometry | undefined;
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
 * @param options Those of the convolution, without `bias`.
 * @param operator The name that errors start with. Default: that of the convolution of this rank.
 * @throws {ShapeError} When ranks or channels disagree, the dilated kernel exceeds the padded image, or the image is too
 *   small for its padding mode.
 * @throws {RangeError} When stride, dilation or groups is not a positive integer, or padding is negative.
 * @throws {TypeError} When an option is unknown.
 * @see Dumoulin and Visin, "A guide to convolution arithmetic for deep learning" (arXiv:1603.07285).
 * @example
 * convGeometry([8, 3, 32, 32], [16, 3, 5, 5], { stride: 2, padding: 2 }).yShape; // [8, 16, 16, 16]
 */
export function convGeometry<Mode extends PaddingMode = "zeros">(
  xShape: Shape,
  wShape: Shape,
  options: ConvSizeOptions<Mode> = {},
  operator: string = convName(wShape),
): ConvGeometry<Mode> {
  checkShape(operator, xShape, "xShape");
  checkShape(operator, wShape, "wShape");
  checkOptions(operator, options, CONV_SIZE_OPTIONS);
  const rank = wShape.length - 2;
  if (rank < 0 || xShape.length !== wShape.length) {
    throw new ShapeError(
      `${operator}: x ${formatShape(xShape)} and w ${formatShape(wShape)} must both have a batch or output axis, ` +
        `a channel axis and the same number of spatial axes. Reshape one of them.`,
    );
  }
  const [batch, inChannels, ...inSize] = xShape;
  const [outChannels, groupChannels, ...kernelSize] = wShape;
  const { groups = 1, paddingMode = "zeros" as Mode } = options;
  checkChoice<PaddingMode>(operator, "paddingMode", paddingMode, PADDING_MODES);
  checkChannels(operator, xShape, wShape, checkInteger(operator, "groups", groups, 1));
  for (const length of kernelSize) checkInteger(operator, "each axis of the kernel", length, 1);

  const { stride, dilation, span, padding } = resolveWindow(operator, inSize, kernelSize, options);
  const isBare = paddingMode === "zeros" || padding.every(([before, after]) => before + after === 0);
  const border = isBare ? undefined : padGeometry(xShape, padding, { mode: paddingMode }, operator);
  const outSize = inSize.map((length, axis) => {
    const padded = length + padding[axis][0] + padding[axis][1];
    if (span[axis] > padded) {
      throw new ShapeError(
        `${operator}: the dilated kernel spans ${count(span[axis], "pixel")} along spatial axis ${axis} ` +
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
    paddingMode,
    border,
    xShape: [...xShape],
    wShape: [outChannels, groupChannels, ...kernelSize],
    yShape: [batch, outChannels, ...outSize],
  };
}

/**
 * A convolution with any border as two maps: the padding that stands alone, and the convolution that follows it. There
 * is nothing to stand alone where the border is of zeros, which kernels add.
 */
export function splitPadding({ border, ...geometry }: ConvGeometry<PaddingMode>): {
  readonly border: PadGeometry | undefined;
  readonly inner: ConvGeometry;
} {
  const inner = { ...geometry, paddingMode: "zeros", border: undefined } as const;
  if (border === undefined) return { border, inner };
  const padding = geometry.padding.map(() => [0, 0] as const);
  return { border, inner: { ...inner, padding, inSize: border.outSize, xShape: border.yShape } };
}

/** `linear`, `conv1d`, `conv2d` or `conv3d`: the convolution with filters of this shape, if there is one. */
function convName(wShape: Shape): string {
  if (!Array.isArray(wShape) || wShape.length < 2) return "convGeometry";
  return wShape.length === 2 ? "linear" : `conv${wShape.length - 2}d`;
}

function checkChannels(operator: string, xShape: Shape, wShape: Shape, groups: number): void {
  const [inChannels, outChannels, groupChannels] = [xShape[1], wShape[0], wShape[1]];
  if (groupChannels * groups !== inChannels) {
    const fitting = inChannels / groupChannels;
    const isHint = Number.isInteger(fitting) && fitting > 0 && outChannels % fitting === 0;
    const isDivided = inChannels % groups === 0 && outChannels % groups === 0;
    throw new ShapeError(
      `${operator}: w ${formatShape(wShape)} takes ${count(groupChannels, "channel")} per group, but ` +
        `x ${formatShape(xShape)} has ${count(inChannels, "channel")} in ${count(groups, "group")}. ` +
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
