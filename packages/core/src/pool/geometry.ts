import type { Padding } from "../conv/padding.js";
import { resolveWindow, type WindowGeometry } from "../conv/window.js";
import { ShapeError } from "../errors.js";
import type { GatherGeometry } from "../maps/gatherGeometry.js";
import { checkBoolean, checkInteger, count, perAxis } from "../options.js";
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
  readonly inSize: readonly number[];
  readonly outSize: readonly number[];
  readonly xShape: Shape;
  readonly yShape: Shape;
}

/** Every size of a pooling, checked. */
export interface PoolGeometry extends WindowGeometry, PlaneGeometry {
  readonly countIncludePad: boolean;
  readonly divisorOverride: number | undefined;
}

/**
 * The sizes of gathering, in every image, one pixel for each window: what a max pooling does once it knows where. Windows
 * that slide evenly are named, so that the adjoint need not look at all of them for each pixel.
 */
export function pickGeometry(geometry: PlaneGeometry | PoolGeometry): GatherGeometry {
  const { planes, inSize, outSize, xShape, yShape } = geometry;
  const windows = "kernelSize" in geometry ? geometry : undefined;
  return { outer: planes, length: sizeOf(inSize), count: sizeOf(outSize), inner: 1, xShape, yShape, windows };
}

/**
 * The leading and the spatial axes of a pooling's x.
 *
 * @throws {ShapeError} When it has too few, or an image has no pixels.
 */
export function splitAxes(operator: string, rank: number, xShape: Shape): [leading: Shape, inSize: Shape] {
  if (xShape.length < rank + 1) {
    throw new ShapeError(
      `${operator}: x must have at least ${rank + 1} axes, [N, C, …] with ${rank} spatial, but its shape is ${formatShape(xShape)}. Reshape it.`,
    );
  }
  const inSize = xShape.slice(-rank);
  const empty = inSize.indexOf(0);
  if (empty >= 0) {
    throw new ShapeError(`${operator}: x ${formatShape(xShape)} has no pixels along spatial axis ${empty} to pool.`);
  }
  return [xShape.slice(0, -rank), inSize];
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
  const { ceilMode = false, countIncludePad = true, divisorOverride } = options;
  checkBoolean(operator, "ceilMode", ceilMode);
  checkBoolean(operator, "countIncludePad", countIncludePad);
  const [leading, inSize] = splitAxes(operator, rank, xShape);
  const kernel = perAxis(operator, "kernelSize", kernelSize, rank, 1);
  const { stride = kernel, padding: border, dilation: distance } = options;
  const window = resolveWindow(operator, inSize, kernel, { stride, padding: border, dilation: distance });
  const { span, padding } = window;
  const outSize = inSize.map((length, axis) => {
    const [before, after] = padding[axis];
    if (Math.max(before, after) > span[axis] / 2) {
      throw new ShapeError(
        `${operator}: padding [${before}, ${after}] exceeds half of the window, which spans ${count(span[axis], "pixel")} ` +
          `along spatial axis ${axis}. Use at most ${Math.floor(span[axis] / 2)}, or pad first, with mode "constant".`,
      );
    }
    const steps = (length + before + after - span[axis]) / window.stride[axis];
    const out = (ceilMode ? Math.ceil(steps) : Math.floor(steps)) + 1;
    const fitting = ceilMode && (out - 1) * window.stride[axis] >= length + before ? out - 1 : out;
    if (fitting < 1) {
      throw new ShapeError(
        `${operator}: the window spans ${count(span[axis], "pixel")} along spatial axis ${axis}, but x ${formatShape(xShape)} ` +
          `with padding [${before}, ${after}] has ${length + before + after}. Use a smaller kernelSize.`,
      );
    }
    return fitting;
  });
  const geometry = { inSize, kernelSize: kernel, outSize, stride: window.stride, dilation: window.dilation, padding };
  checkWindows(operator, geometry);
  return {
    ...geometry,
    planes: sizeOf(leading),
    countIncludePad,
    divisorOverride:
      divisorOverride == null ? undefined : checkInteger(operator, "divisorOverride", divisorOverride, 1),
    xShape: [...xShape],
    yShape: [...leading, ...outSize],
  };
}

/** Every window must see a pixel: a dilation wider than the image can make one see padding only. */
function checkWindows(operator: string, geometry: WindowGeometry): void {
  geometry.inSize.forEach((length, axis) => {
    const [stride, dilation, [before]] = [geometry.stride[axis], geometry.dilation[axis], geometry.padding[axis]];
    for (let i = 0; i < geometry.outSize[axis]; i++) {
      const start = i * stride - before;
      const first = start < 0 ? ((start % dilation) + dilation) % dilation : start; // of the taps that are not before the image
      if (first < length) continue;
      throw new ShapeError(
        `${operator}: window ${i} along spatial axis ${axis} sees padding only, no pixel (dilation ${dilation}, padding ` +
          `[${geometry.padding[axis].join(", ")}], ${count(length, "pixel")}). Use less padding or a smaller dilation.`,
      );
    }
  });
}
