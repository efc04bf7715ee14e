import { checkInteger, formatValue } from "../options.js";

/** Pixels added [before, after] the image along an axis. */
export type Pair = readonly [number, number];

/** Padding as users write it: one number, one per axis, [before, after] per axis, or a word. */
export type Padding = number | readonly (number | Pair)[] | "same" | "valid";

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
      `${operator}: padding must be one number, or an array of ${rank}: a number or [before, after] for each ` +
        `spatial axis. Got ${padding.length}.`,
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
