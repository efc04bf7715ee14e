import { pad, slice } from "@conv/core";
import type { Batch } from "@conv/data";

/** The eight directions: [rows, columns]. */
const DIRECTIONS = [
  [-1, -1],
  [-1, 0],
  [-1, 1],
  [0, -1],
  [0, 1],
  [1, -1],
  [1, 0],
  [1, 1],
] as const;

/** Makes other pixels of a batch; the labels stay. */
export type Transform = (batch: Batch) => Batch;

/**
 * A transform that moves every image by (rows, columns) pixels over a background of zeros:
 *
 *     y[n, c, i, j] = x[n, c, i − rows, j − columns],   0 where x has no such pixel
 */
export function shift(rows: number, columns: number): Transform {
  const [margin, amount] = [Math.max(Math.abs(rows), Math.abs(columns)), [rows, columns]];
  return ({ x, y }) => {
    let moved = pad(x, [
      [margin, margin],
      [margin, margin],
    ]);
    amount.forEach((pixels, axis) => {
      const start = margin - pixels;
      moved = slice(moved, { dim: 2 + axis, start, end: start + x.shape[2 + axis] });
    });
    return { x: moved, y };
  };
}

/** The eight shifts by so many pixels, along rows, columns or both; by none, the one that moves nothing. */
export function shiftsBy(pixels: number): readonly Transform[] {
  if (pixels === 0) return [(batch) => batch];
  return DIRECTIONS.map(([rows, columns]) => shift(rows * pixels, columns * pixels));
}
