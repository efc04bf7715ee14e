/** A part of a tensor: along each axis (the batch left out), the positions that belong to it, ascending. */
export type Region = readonly (readonly number[])[];

/** From the first position to the last, both counted. */
export interface Interval {
  readonly first: number;
  readonly last: number;
}

/** 0, 1, …, length − 1. */
export const allOf = (length: number): number[] => Array.from({ length }, (_, i) => i);

/** The whole of a tensor of this shape. */
export const everything = (shape: readonly number[]): Region => shape.map(allOf);

/** One element of a tensor, by its flat, row-major position. */
export function elementAt(shape: readonly number[], flat: number): Region {
  const region: number[][] = [];
  let rest = flat;
  for (const length of [...shape].reverse()) {
    region.unshift([rest % length]);
    rest = Math.floor(rest / length);
  }
  return region;
}

/** Positions as runs without a hole: where a kernel is dilated there are several, and where the border wraps around. */
export function runsOf(positions: readonly number[]): Interval[] {
  const runs: { first: number; last: number }[] = [];
  for (const i of positions) {
    const run = runs.at(-1);
    if (run !== undefined && run.last === i - 1) run.last = i;
    else runs.push({ first: i, last: i });
  }
  return runs;
}

/** From the first of the positions to the last; undefined if there are none. */
export function hullOf(positions: readonly number[]): Interval | undefined {
  return positions.length === 0 ? undefined : { first: positions[0], last: positions[positions.length - 1] };
}
