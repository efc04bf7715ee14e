import type { Random } from "@conv/core";
import { formatValue } from "@conv/core/operators";

/**
 * An option that is a number of at least 0.
 *
 * @throws {RangeError} When it is not.
 */
export function atLeastZero(name: string, option: string, value: number): number {
  if (typeof value !== "number" || !(value >= 0 && Number.isFinite(value))) {
    throw new RangeError(`${name}: ${option} must be a finite number of at least 0, got ${formatValue(value)}.`);
  }
  return value;
}

/** Whether something is a generator. */
export const isRandom = (x: unknown): x is Random =>
  typeof x === "object" && x !== null && "uniform" in x && "restore" in x;
