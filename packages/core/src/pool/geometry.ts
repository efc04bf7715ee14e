import { type Padding, resolvePadding } from "../conv/geometry.js";
import type { WindowGeometry } from "../conv/window.js";
import { ShapeError } from "../errors.js";
import { checkInteger, perAxis } from "../options.js";
import { formatShape, type Shape, sizeOf } from "../shape.js";

/** The options that the sizes of every pooling depend on, in pixels: one number for all spatial axes, or one each. */
export interface PoolSizeOptions {
  /** Step of the window. Default: `kernelSize`, so that windows tile the image. */
  readonly stride?: number | readonly number[];
  /** Pixels around the image, at most half the window. Default 0. */
  readonly padding?: Padding;
  /** Round the output size up, so that a last, partial window counts too. Default false. */
  readonly ceilMode?: boolean;
}

/** The options of max pooling. */
export interface MaxPoolOptions extends PoolSizeOptions {
  /** Distance between the pixels of a window. Default 1. */
  readonly dilation?: number | readonly number[];
}

/** The options of average pooling. */
export interface AvgPoolOptions extends PoolSizeOptions {
  /** Whether padding counts as pixels of value 0. Default true. */
  readonly countIncludePad?: boolean;
  /** Divides every sum instead of the number of pixels. Default: none. */
  readonly divisorOverride?: number | null;
}

/** The sizes of a map from each of `planes` images to another. */
export interface PlaneGeometry {
  /** Number of images: the product of the leading axes. */
  readonly planes: number;
  readonly xShape: Shape;
  readonly yShape: Shape;
}

/** Every size of a pooling, checked. */
export interface PoolGeometry extends WindowGeometry, PlaneGeometry {
  readonly countIncludePad: boolean;
  readonly divisorOverride: number | undefined;
}

/**
 * Every size of a pooling over the last `rank` axes. Along each
 *
 *     out = ⌊(in + before + after − dilation·(kernel − 1) − 1) / stride⌋ + 1
 *
 * or with ⌈ ⌉ in `ceilMode`, without a last window that would start beyond the image.
 *
 * @throws {ShapeError} When x has too few axes, padding exceeds half a window, or the window exceeds the padded image.
 */
export function poolGeometry(
  operator: string,
  rank: number,
  xShape: Shape,
  kernelSize: number | readonly number[],
  options: MaxPoolOptions & AvgPoolOptions = {},
): PoolGeometry {
  if (xShape.length < rank + 1) {
    throw new ShapeError(
      `${operator}: x must have at least ${rank + 1} axes, [N, C, …] with ${rank} spatial, but its shape is ${formatShape(xShape)}.`,
    );
  }
  const leading = xShape.slice(0, xShape.length - rank);
  const inSize = xShape.slice(leading.length);
  const kernel = perAxis(operator, "kernelSize", kernelSize, rank, 1);
  const stride = perAxis(operator, "stride", options.stride ?? kernel, rank, 1);
  const dilation = perAxis(operator, "dilation", options.dilation ?? 1, rank, 1);
  const span = kernel.map((k, axis) => dilation[axis] * (k - 1) + 1);
  const padding = resolvePadding(operator, options.padding ?? 0, inSize, span, stride);
  const outSize = inSize.map((length, axis) => {
    const [before, after] = padding[axis];
    if (Math.max(before, after) > span[axis] / 2) {
      throw new ShapeError(
        `${operator}: padding [${before}, ${after}] exceeds half of the window, which spans ${span[axis]} pixels ` +
          `along spatial axis ${axis}. Use at most ${Math.floor(span[axis] / 2)}, or pad first, with mode "constant".`,
      );
    }
    const steps = (length + before + after - span[axis]) / stride[axis];
    const out = (options.ceilMode ? Math.ceil(steps) : Math.floor(steps)) + 1;
    const fitting = options.ceilMode && (out - 1) * stride[axis] >= length + before ? out - 1 : out;
    if (fitting < 1) {
      throw new ShapeError(
        `${operator}: the window spans ${span[axis]} pixels along spatial axis ${axis}, but x ${formatShape(xShape)} ` +
          `with padding [${before}, ${after}] has ${length + before + after}. Use a smaller kernelSize.`,
      );
    }
    return fitting;
  });
  return {
    planes: sizeOf(leading),
    inSize,
    kernelSize: kernel,
    outSize,
    stride,
    dilation,
    padding,
    countIncludePad: options.countIncludePad ?? true,
    divisorOverride:
      options.divisorOverride == null
        ? undefined
        : checkInteger(operator, "divisorOverride", options.divisorOverride, 1),
    xShape: [...xShape],
    yShape: [...leading, ...outSize],
  };
}
