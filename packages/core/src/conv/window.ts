import { perAxis } from "../options.js";
import { type Padding, type Pair, resolvePadding } from "./padding.js";

/**
 * A window that slides over an image: what convolution, im2col and pooling have in common. Arrays hold one entry per
 * spatial axis, outermost first; lengths in pixels.
 */
export interface WindowGeometry {
  readonly inSize: readonly number[];
  readonly kernelSize: readonly number[];
  readonly outSize: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  /** Pixels added [before, after] the image along each axis. */
  readonly padding: readonly Pair[];
}

/**
 * What a window's options come to along each spatial axis.
 *
 * @returns `span` is the length of the dilated kernel, in pixels.
 * @throws {RangeError} When stride or dilation is not a positive integer, or padding is negative.
 */
export function resolveWindow(
  operator: string,
  inSize: readonly number[],
  kernelSize: readonly number[],
  options: {
    readonly stride?: number | readonly number[];
    readonly padding?: Padding;
    readonly dilation?: number | readonly number[];
  },
) {
  const { stride: step = 1, padding: border = 0, dilation: distance = 1 } = options;
  const stride = perAxis(operator, "stride", step, inSize.length, 1);
  const dilation = perAxis(operator, "dilation", distance, inSize.length, 1);
  const span = kernelSize.map((k, axis) => dilation[axis] * (k - 1) + 1);
  return { stride, dilation, span, padding: resolvePadding(operator, border, inSize, span, stride) };
}

/** Stands in a window table where a tap falls on padding. */
export const OUTSIDE = -1;

/** A window along one axis: entry [p, i] of `pixels` is what tap p of window i sees, which may lie beyond the image. */
export interface WindowAxis {
  readonly inSize: number;
  readonly taps: number;
  readonly windows: number;
  readonly pixels: Int32Array;
}

/**
 * Which pixel each tap of each window sees: entry [k, l] is the flat position, in the un-padded image, of tap k of
 * window l, or OUTSIDE. One table serves every rank: [K, L] with K taps and L windows over all axes, both row-major.
 */
export function tableOf(axes: readonly WindowAxis[]): Int32Array {
  let table = Int32Array.of(0);
  let [taps, windows] = [1, 1];
  for (const axis of axes) {
    const finer = new Int32Array(taps * axis.taps * windows * axis.windows);
    let at = 0;
    for (let k = 0; k < taps; k++)
      for (let p = 0; p < axis.taps; p++)
        for (let l = 0; l < windows; l++)
          for (let i = 0; i < axis.windows; i++) {
            const outer = table[k * windows + l];
            const pixel = axis.pixels[p * axis.windows + i];
            const isOutside = outer === OUTSIDE || pixel < 0 || pixel >= axis.inSize;
            finer[at++] = isOutside ? OUTSIDE : outer * axis.inSize + pixel;
          }
    table = finer;
    taps *= axis.taps;
    windows *= axis.windows;
  }
  return table;
}

/**
 * A walk over every pixel that windows see, with the flat position of the window and of the pixel. Those of a window come in
 * the order of its taps. Unlike `tableOf` it needs no memory for every tap of every window, but for those of the outer axes.
 */
export function walkOf(axes: readonly WindowAxis[]): (visit: (window: number, pixel: number) => void) => void {
  const { inSize, taps, windows, pixels } = axes[axes.length - 1];
  const outer = axes.slice(0, -1);
  const rows = tableOf(outer);
  const rowsOfWindows = outer.reduce((count, axis) => count * axis.windows, 1);
  return (visit) => {
    for (let at = 0; at < rows.length; at++) {
      if (rows[at] === OUTSIDE) continue;
      const [first, row] = [(at % rowsOfWindows) * windows, rows[at] * inSize];
      for (let p = 0; p < taps; p++)
        for (let i = 0; i < windows; i++) {
          const pixel = pixels[p * windows + i];
          if (pixel >= 0 && pixel < inSize) visit(first + i, row + pixel);
        }
    }
  };
}

/** The axes of a window that slides evenly. */
export function windowAxes(geometry: WindowGeometry): readonly WindowAxis[] {
  return geometry.inSize.map((inSize, axis) => {
    const [taps, windows] = [geometry.kernelSize[axis], geometry.outSize[axis]];
    const [stride, dilation, [before]] = [geometry.stride[axis], geometry.dilation[axis], geometry.padding[axis]];
    const pixels = Int32Array.from({ length: taps * windows }, (_, at) => {
      const [p, i] = [Math.floor(at / windows), at % windows];
      return i * stride + p * dilation - before;
    });
    return { inSize, taps, windows, pixels };
  });
}

/**
 * The table of a window that slides evenly: along each axis, tap p of window i sees pixel i·stride + p·dilation − before.
 * For 4 pixels, a kernel of 3 and padding 1, with a row for each tap and a column for each window:
 *
 *     -1  0  1  2
 *      0  1  2  3
 *      1  2  3 -1
 */
export function windowTable(geometry: WindowGeometry): Int32Array {
  return tableOf(windowAxes(geometry));
}
