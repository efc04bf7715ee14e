import type { WindowAxis } from "../conv/window.js";
import { checkInteger, formatValue } from "../options.js";
import { type Shape, sizeOf } from "../shape.js";
import { type PlaneGeometry, type PoolGeometry, splitAxes } from "./geometry.js";

/** Every size of an adaptive pooling, checked. Its windows follow from the sizes alone. */
export type AdaptivePoolGeometry = PlaneGeometry;

/** The size that an adaptive pooling should give: one number for all spatial axes, or one each; null keeps an axis. */
export type OutputSize = number | readonly (number | null)[];

/**
 * Every size of an adaptive pooling over the last `rank` axes.
 *
 * @throws {ShapeError} When x has too few axes, or no pixels.
 * @throws {RangeError} When an output size is not an integer of at least 0.
 */
export function adaptivePoolGeometry(
  operator: string,
  rank: number,
  xShape: Shape,
  outputSize: OutputSize,
): AdaptivePoolGeometry {
  const [leading, inSize] = splitAxes(operator, rank, xShape);
  if (Array.isArray(outputSize) && outputSize.length !== rank) {
    throw new TypeError(
      `${operator}: outputSize must be one number or an array of ${rank}, got ${formatValue(outputSize)}.`,
    );
  }
  const outSize = inSize.map((length, axis) => {
    const size = Array.isArray(outputSize) ? (outputSize[axis] ?? length) : outputSize;
    return checkInteger(operator, "outputSize", size, 0);
  });
  return { planes: sizeOf(leading), inSize, outSize, xShape: [...xShape], yShape: [...leading, ...outSize] };
}

/** The windows along an axis: window i is pixels ⌊i·in/out⌋ up to, not including, ⌈(i + 1)·in/out⌉. They may overlap by one. */
export function binsOf(inSize: number, outSize: number): (readonly [start: number, end: number])[] {
  return Array.from({ length: outSize }, (_, i) => [
    Math.floor((i * inSize) / outSize),
    Math.ceil(((i + 1) * inSize) / outSize),
  ]);
}

/** The windows along every axis; shorter ones leave their last taps outside. */
export function binAxes({ inSize, outSize }: AdaptivePoolGeometry): readonly WindowAxis[] {
  return inSize.map((length, axis) => {
    const bins = binsOf(length, outSize[axis]);
    const taps = Math.max(0, ...bins.map(([start, end]) => end - start));
    const pixels = Int32Array.from({ length: taps * bins.length }, (_, at) => {
      const [start, end] = bins[at % bins.length];
      const pixel = start + Math.floor(at / bins.length);
      return pixel < end ? pixel : length;
    });
    return { inSize: length, taps, windows: bins.length, pixels };
  });
}

/** The even pooling that this adaptive one is where every size divides: its kernel and stride are in/out. */
export function evenPool(geometry: AdaptivePoolGeometry): PoolGeometry | undefined {
  const { inSize, outSize } = geometry;
  if (!inSize.every((length, axis) => length % outSize[axis] === 0)) return undefined;
  const kernelSize = inSize.map((length, axis) => length / outSize[axis]);
  const ones = inSize.map(() => 1);
  const padding = inSize.map(() => [0, 0] as const);
  const options = { countIncludePad: true, divisorOverride: undefined };
  return { ...geometry, ...options, kernelSize, stride: kernelSize, dilation: ones, padding };
}
