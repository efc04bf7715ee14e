import { formatValue } from "@conv/core/operators";

/**
 * A range of angles: from −degrees to degrees, or [from, to].
 *
 * @throws {RangeError} When it is neither.
 */
export function angleRange(
  operator: string,
  name: string,
  degrees: number | readonly [number, number],
): readonly [number, number] {
  const range = typeof degrees === "number" ? [-degrees, degrees] : degrees;
  if (Array.isArray(range) && range.length === 2 && range.every(Number.isFinite) && range[0] <= range[1])
    return [range[0], range[1]];
  throw new RangeError(
    `${operator}: ${name} must be a number of at least 0 or a range [from, to], got ${formatValue(degrees)}.`,
  );
}

/** Cosine and sine of an angle in degrees; those of multiples of 90° are whole. */
export function cosSin(degrees: number): readonly [cos: number, sin: number] {
  const radians = ((degrees % 360) * Math.PI) / 180; // of less than a turn, else it is no longer exact
  return [exact(Math.cos(radians)), exact(Math.sin(radians))];
}

/** The cosine of a right angle is 0, and not 6·10⁻¹⁷. */
function exact(x: number): number {
  return Math.abs(x) < 1e-15 ? 0 : x;
}
