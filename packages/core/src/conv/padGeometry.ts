import { ShapeError } from "../errors.js";
import { checkChoice, checkNumber, checkOptions, count, formatValue } from "../options.js";
import { formatShape, type Shape, sizeOf } from "../shape.js";
import { type Pair, paddingPairs } from "./padding.js";

/**
 * What stands beyond the image's edge, for pixels a b c:
 *
 *     zeros       0 0 | a b c | 0 0
 *     constant    v v | a b c | v v
 *     circular    b c | a b c | a b
 *     reflect     c b | a b c | b a
 *     replicate   a a | a b c | c c
 *     mean        m m | a b c | m m     m = mean of the un-padded image, per sample and channel
 */
export type PadMode = "zeros" | "constant" | "circular" | "reflect" | "replicate" | "mean";

/** All padding modes. */
export const PAD_MODES: readonly PadMode[] = ["zeros", "constant", "circular", "reflect", "replicate", "mean"];

/** Every size of a padding, checked. */
export interface PadGeometry {
  readonly mode: PadMode;
  /** What `constant` puts around the image; 0 in the other modes. */
  readonly value: number;
  /** Number of images: the product of the leading axes. */
  readonly planes: number;
  readonly inSize: readonly number[];
  readonly outSize: readonly number[];
  /** Pixels added [before, after] per spatial axis. */
  readonly padding: readonly Pair[];
  readonly xShape: Shape;
  readonly yShape: Shape;
}

/** The options of `pad`. */
export interface PadOptions {
  /** Default `"zeros"`. */
  readonly mode?: PadMode;
  /** What `"constant"` puts around the image. Default 0. */
  readonly value?: number;
}

/**
 * Every size of a padding of the trailing axes, one [before, after] each.
 *
 * @throws {ShapeError} When there are more paddings than axes, or the mode cannot reach so far: `reflect` mirrors at
 *   most in − 1 pixels, and `circular`, `reflect`, `replicate` and `mean` need an image to take them from.
 */
export function padGeometry(
  xShape: Shape,
  padding: readonly (number | Pair)[],
  options: PadOptions = {},
  operator = "pad",
): PadGeometry {
  checkOptions(operator, options, ["mode", "value"]);
  const { mode = "zeros", value } = options;
  checkChoice(operator, "mode", mode, PAD_MODES);
  if (value !== undefined) checkNumber(operator, "value", value);
  if (value !== undefined && mode !== "constant") {
    throw new TypeError(
      `${operator}: value is for mode "constant", but mode is "${mode}". Leave it out, or change the mode.`,
    );
  }
  if (!Array.isArray(padding)) {
    throw new TypeError(
      `${operator}: padding must be an array with [before, after] for each axis to pad, got ${formatValue(padding)}.`,
    );
  }
  if (padding.length > xShape.length) {
    throw new ShapeError(
      `${operator}: padding ${formatValue(padding)} is for ${padding.length} axes, but x ${formatShape(xShape)} has ` +
        `${xShape.length}. Give one [before, after] for each of the last axes.`,
    );
  }
  const pairs = paddingPairs(operator, padding, padding.length);
  const leading = xShape.slice(0, xShape.length - pairs.length);
  const inSize = xShape.slice(leading.length);
  pairs.forEach((pair, axis) => {
    checkReach(operator, mode, pair, inSize[axis], axis);
  });
  const outSize = inSize.map((length, axis) => length + pairs[axis][0] + pairs[axis][1]);
  return {
    mode,
    value: value ?? 0,
    planes: sizeOf(leading),
    inSize,
    outSize,
    padding: pairs,
    xShape: [...xShape],
    yShape: [...leading, ...outSize],
  };
}

function checkReach(operator: string, mode: PadMode, pair: Pair, length: number, axis: number): void {
  const most = Math.max(...pair);
  if (mode === "zeros" || mode === "constant" || most === 0) return;
  if (length === 0) {
    throw new ShapeError(
      `${operator}: "${mode}" padding needs pixels, but spatial axis ${axis} has none. Use "zeros".`,
    );
  }
  if (mode === "reflect" && most >= length) {
    throw new ShapeError(
      `${operator}: "reflect" padding mirrors the image without its edge, at most ${length - 1} of the ${count(length, "pixel")} ` +
        `along spatial axis ${axis}, but padding is [${pair.join(", ")}]. Pad less, or use "circular" or "replicate".`,
    );
  }
}
