import type { DType } from "../dtype.js";
import { ShapeError } from "../errors.js";
import { checkBoolean, checkChoice, checkOptions, formatValue, perAxis } from "../options.js";
import { formatShape, type Shape } from "../shape.js";
import { isIdentity, type ResampleGeometry, resampleGeometry } from "./resampleGeometry.js";
import { type InterpolateMode, MODES, tapsOf } from "./taps.js";

/** The options of `interpolate`: either `size` or `scaleFactor`, one number for all spatial axes or one each. */
export interface InterpolateOptions {
  /** Lengths of the spatial axes of y, in pixels. */
  readonly size?: number | readonly number[];
  /** How much longer each axis gets: ⌊length · scaleFactor⌋. */
  readonly scaleFactor?: number | readonly number[];
  /** Default "nearest". */
  readonly mode?: InterpolateMode;
  /**
   * Whether the first and last pixels of x and y stand at the same places; else their outer edges do. Default false; true only
   * for "linear", "bilinear", "bicubic" and "trilinear".
   */
  readonly alignCorners?: boolean;
}

/** The option names. */
export const INTERPOLATE_OPTIONS = ["size", "scaleFactor", "mode", "alignCorners"];

/** The modes that know one number of spatial axes, and which. */
const RANKS: Readonly<Partial<Record<InterpolateMode, number>>> = { linear: 1, bilinear: 2, bicubic: 2, trilinear: 3 };
const LINEAR: readonly InterpolateMode[] = ["linear", "bilinear", "trilinear"];

/**
 * An interpolation as sparse matrices along one axis each, in the order in which they are applied: first where x gets shorter,
 * and of axes that get longer the inner ones first, so that little is computed. There is at least one.
 *
 * @throws {ShapeError} When x has not 1 to 3 spatial axes, or not as many as the mode takes, or no pixels.
 * @throws {RangeError} When a size is not a positive integer, or a factor not positive, or it leaves no pixel.
 * @throws {TypeError} When not one of `size` and `scaleFactor` is given, or `alignCorners` is true where it says nothing.
 */
export function interpolateGeometry(
  operator: string,
  xShape: Shape,
  dtype: DType,
  options: InterpolateOptions,
): readonly ResampleGeometry[] {
  const { size, scaleFactor, mode = "nearest", alignCorners = false } = options;
  const inSize = spatialSize(operator, "x", xShape);
  const empty = inSize.indexOf(0);
  if (empty >= 0) {
    throw new ShapeError(
      `${operator}: x ${formatShape(xShape)} has no pixels along spatial axis ${empty}. Give it some.`,
    );
  }
  checkMode(operator, mode, alignCorners, inSize.length);
  checkRank(operator, xShape, mode);
  const { sizes, factors } = checkScale(operator, size, scaleFactor, inSize.length);
  const outSize = sizes ?? inSize.map((length, axis) => scaledLength(operator, length, factors[axis], axis));

  const ratio = (axis: number) => outSize[axis] / inSize[axis];
  const order = inSize.map((_, axis) => axis).sort((a, b) => ratio(a) - ratio(b) || (ratio(a) < 1 ? a - b : b - a));
  let shape = xShape;
  const matrices = order.map((axis) => {
    const along = { inSize: inSize[axis], outSize: outSize[axis], scaleFactor: factors[axis] };
    const rowOf = tapsOf(mode, { ...along, alignCorners, dtype });
    const geometry = resampleGeometry(shape, axis + 2, outSize[axis], rowOf);
    shape = geometry.yShape;
    return geometry;
  });
  const changing = matrices.filter((geometry) => !isIdentity(geometry));
  return changing.length > 0 ? changing : matrices.slice(0, 1);
}

/**
 * Checks the options of an interpolation before there is an image: of as many spatial axes as they have sizes.
 *
 * @throws {RangeError} When a size is not a positive integer, a factor not positive, or the mode none of its words.
 * @throws {TypeError} When an option is unknown, not one of `size` and `scaleFactor` is given, not one for each axis that the mode
 *   takes, or `alignCorners` is true where it says nothing.
 */
export function checkInterpolateOptions(operator: string, options: InterpolateOptions): void {
  checkOptions(operator, options, INTERPOLATE_OPTIONS);
  const { size, scaleFactor, mode = "nearest", alignCorners = false } = options;
  const given: unknown = size ?? scaleFactor;
  const rank = Array.isArray(given) ? Math.min(Math.max(given.length, 1), 3) : 2;
  checkMode(operator, mode, alignCorners, rank);
  checkScale(operator, size, scaleFactor, RANKS[mode] ?? rank);
}

/**
 * The lengths of the spatial axes of [N, C, …].
 *
 * @throws {ShapeError} When there are not 1 to 3.
 */
export function spatialSize(operator: string, name: string, shape: Shape): Shape {
  const spatial = shape.slice(2);
  if (spatial.length < 1 || spatial.length > 3) {
    throw new ShapeError(
      `${operator}: ${name} must be [N, C, …] with 1 to 3 spatial axes, but its shape is ${formatShape(shape)}. Reshape it.`,
    );
  }
  return spatial;
}

/** Checks the mode, and that it has corners to align; `rank` is for the hint. */
function checkMode(operator: string, mode: InterpolateMode, alignCorners: boolean, rank: number): void {
  checkChoice(operator, "mode", mode, MODES);
  if (checkBoolean(operator, "alignCorners", alignCorners) && RANKS[mode] === undefined) {
    throw new TypeError(
      `${operator}: mode "${mode}" does not look between pixels and takes no alignCorners. Leave it out, or use "${LINEAR[rank - 1]}".`,
    );
  }
}

/** Checks that x has the axes that the mode takes. */
function checkRank(operator: string, xShape: Shape, mode: InterpolateMode): void {
  const [rank, given] = [RANKS[mode], xShape.length - 2];
  if (rank === undefined || rank === given) return;
  throw new ShapeError(
    `${operator}: mode "${mode}" takes ${rank} spatial ${rank === 1 ? "axis" : "axes"}, but x ${formatShape(xShape)} has ${given}. ` +
      `Use "${LINEAR[given - 1]}".`,
  );
}

/** The sizes or else the factors, one for each axis. */
function checkScale(
  operator: string,
  size: InterpolateOptions["size"],
  scaleFactor: InterpolateOptions["scaleFactor"],
  rank: number,
): { readonly sizes?: readonly number[]; readonly factors: readonly number[] } {
  if (size !== undefined && scaleFactor === undefined) {
    return { sizes: perAxis(operator, "size", size, rank, 1), factors: [] };
  }
  if (size === undefined && scaleFactor !== undefined) return { factors: checkFactors(operator, scaleFactor, rank) };
  const got = size === undefined ? "neither" : "both";
  throw new TypeError(`${operator}: it takes either size or scaleFactor, got ${got}. Give one: { scaleFactor: 2 }.`);
}

/** The factors, one for each axis. */
function checkFactors(operator: string, scaleFactor: number | readonly number[], rank: number): readonly number[] {
  const factors: readonly number[] = Array.isArray(scaleFactor) ? [...scaleFactor] : new Array(rank).fill(scaleFactor);
  if (factors.length !== rank) {
    throw new TypeError(
      `${operator}: scaleFactor must be one number or an array of ${rank}, got ${formatValue(scaleFactor)}.`,
    );
  }
  const wrong = factors.findIndex((factor) => !(Number.isFinite(factor) && factor > 0));
  if (wrong >= 0) {
    throw new RangeError(`${operator}: scaleFactor must be a positive number, got ${formatValue(factors[wrong])}.`);
  }
  return factors;
}

/** The length that an axis gets. */
function scaledLength(operator: string, length: number, factor: number, axis: number): number {
  const scaled = Math.floor(length * factor);
  if (scaled >= 1) return scaled;
  throw new RangeError(
    `${operator}: scaleFactor ${factor} leaves no pixel of the ${length} along spatial axis ${axis}. Use a larger one, or size: 1.`,
  );
}
