import type { WindowAxis } from "../conv/window.js";
import { type Shape, sizeOf } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { computed } from "./run.js";
import { withTable } from "./table.js";

/** The images of a map to patches: what each tap of each window along every axis sees, or the fill value. */
export interface Patches {
  readonly planes: number;
  readonly axes: readonly WindowAxis[];
  /** What is seen beyond the image; default 0. */
  readonly fill?: number;
  /** Whether that is the mean of the image. Default false. */
  readonly isMean?: boolean;
}

/** Elements of a chunk, at least. */
const CHUNK = 16384;
const SINGLE: WindowAxis = { inSize: 1, taps: 1, windows: 1, pixels: Int32Array.of(0) };

/** What each window sees of float32 or int32, which are moved as they are: y is [planes, taps, windows] in any shape. */
export function patches(x: Tensor, shape: Shape, of: Patches): Tensor | undefined {
  const size = sizeOf(shape);
  const job = x.dtype === "float64" || x.size * size === 0 ? undefined : jobOf(of, x.dtype === "int32");
  if (job === undefined) return undefined;
  const { planes, taps, table, words } = job;
  const units = planes * taps;
  const chunks = Math.min(16, units, Math.ceil(size / CHUNK));
  return withTable(x, table, (t) =>
    computed("patches", x, shape, (y) => [x, y, t, units, chunks, ...words, 0], { chunks }),
  );
}

/** The adjoint of `patches`, float32; summed in float64. */
export function patchesAdjoint(gradY: Tensor, shape: Shape, of: Patches): Tensor | undefined {
  const size = sizeOf(shape);
  const job = gradY.dtype !== "float32" || gradY.size * size === 0 ? undefined : jobOf(of, false);
  if (job === undefined) return undefined;
  const { planes, table, words, pixels } = job;
  const chunks = Math.min(16, planes, Math.ceil(gradY.size / CHUNK));
  const options = { chunks, scratch: 8 * pixels, cost: gradY.size + size };
  return withTable(gradY, table, (t) =>
    computed("patches", gradY, shape, (gradX) => [gradX, gradY, t, planes, chunks, ...words, 1], options),
  );
}

/** What both directions need; undefined where more than three axes are more than a copy. */
function jobOf({ planes, axes, fill = 0, isMean = false }: Patches, isInt: boolean) {
  const first = isMean ? 0 : copiedAhead(axes);
  const images = planes * sizeOf(axes.slice(0, first).map(({ inSize }) => inSize));
  const inner = axes.slice(first);
  if (inner.length > 3) return undefined;
  const three = [SINGLE, SINGLE, SINGLE, ...inner].slice(-3);
  const taps = sizeOf(three.map((axis) => axis.taps));
  const pixels = sizeOf(three.map(({ inSize }) => inSize));
  const [, height, width] = three;
  const bits = isInt ? fill : new Int32Array(Float32Array.of(fill).buffer)[0];
  const words = [
    ...[taps, height.taps, width.taps, ...three.map(({ windows }) => windows)],
    ...[height.inSize, width.inSize, pixels, bits, +isMean],
  ];
  const seen = three.map(seenBy);
  return { planes: images, taps, pixels, table: [...seen.flat(), ...runsOf(width, seen[2])], words };
}

/** How many leading axes are copied, pixel by pixel: as good as planes, unless taps stand between these and the windows. */
function copiedAhead(axes: readonly WindowAxis[]): number {
  if (axes.some(({ taps }) => taps > 1)) return 0;
  const first = axes.slice(0, -1).findIndex((axis) => !isCopy(axis));
  return first < 0 ? Math.max(0, axes.length - 1) : first;
}

/** Whether a window of one tap passes all pixels in order. */
const isCopy = ({ inSize, taps, windows, pixels }: WindowAxis) =>
  taps === 1 && windows === inSize && pixels.every((pixel, i) => pixel === i);

const seenBy = ({ inSize, pixels }: WindowAxis): number[] =>
  Array.from(pixels, (pixel) => (pixel < 0 || pixel >= inSize ? -1 : pixel));

/** For each tap the longest range of windows that see pixels side by side: its first, and the one behind its last. */
function runsOf({ taps, windows }: WindowAxis, pixels: readonly number[]): number[] {
  return Array.from({ length: taps }, (_, tap) => {
    const row = pixels.slice(tap * windows, (tap + 1) * windows);
    let [longest, end, length] = [0, 0, 0];
    row.forEach((pixel, i) => {
      length = pixel < 0 ? 0 : i > 0 && row[i - 1] >= 0 && pixel === row[i - 1] + 1 ? length + 1 : 1;
      if (length > longest) [longest, end] = [length, i + 1];
    });
    return [end - longest, end];
  }).flat();
}
