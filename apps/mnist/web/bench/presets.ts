import { createRandom } from "@conv/core";

/** Kernels to start from; `own` is one whose numbers were changed by hand. */
export type Preset = "identity" | "blur" | "edgeHorizontal" | "edgeVertical" | "sharpen" | "emboss" | "random" | "own";

/** Those that can be chosen. */
export const PRESETS = [
  "identity",
  "blur",
  "edgeHorizontal",
  "edgeVertical",
  "sharpen",
  "emboss",
  "random",
] as const satisfies readonly Preset[];

/** Whether a window has too few rows or columns for an edge: it must see two sides of it. */
export function isTooFlat(preset: Preset, [rows, columns]: readonly [number, number]): boolean {
  return (preset === "edgeHorizontal" && rows < 2) || (preset === "edgeVertical" && columns < 2);
}

/** One plane of a kernel: its number at a row and a column of so many. */
type Recipe = (row: number, column: number, rows: number, columns: number) => number;

const isCentre: Recipe = (row, column, rows, columns) =>
  row === Math.floor((rows - 1) / 2) && column === Math.floor((columns - 1) / 2) ? 1 : 0;

/** How far from the middle: −1, 0, 1 of three, −1, 1 of two. */
const side = (at: number, length: number) => Math.sign(at - (length - 1) / 2);

const RECIPES: Record<Exclude<Preset, "random" | "own">, Recipe> = {
  identity: isCentre,
  blur: (_row, _column, rows, columns) => 1 / (rows * columns),
  edgeHorizontal: (row, _column, rows) => side(row, rows),
  edgeVertical: (_row, column, _rows, columns) => side(column, columns),
  // The middle as many times as there are weights, less each of the others: what is even stays as it is.
  sharpen: (row, column, rows, columns) => (isCentre(row, column, rows, columns) ? rows * columns : -1),
  emboss: (row, column, rows, columns) =>
    side(row, rows) + side(column, columns) + isCentre(row, column, rows, columns),
};

/**
 * The numbers of a kernel [O, C/groups, rows, columns]. Its second filter is the first one turned: rows and columns
 * exchanged, so that two filters tell two things.
 */
export function presetKernel(
  preset: Exclude<Preset, "own">,
  shape: readonly [number, number, number, number],
  seed: number,
): Float64Array {
  const [filters, channels, rows, columns] = shape;
  const kernel = new Float64Array(filters * channels * rows * columns);
  const random = createRandom(seed);
  kernel.forEach((_, i) => {
    const [filter, row, column] = [
      Math.floor(i / (channels * rows * columns)),
      Math.floor(i / columns) % rows,
      i % columns,
    ];
    if (preset === "random") kernel[i] = random.integer(5) - 2;
    else
      kernel[i] =
        filter === 0 || rows !== columns
          ? RECIPES[preset](row, column, rows, columns)
          : RECIPES[preset](column, row, columns, rows);
  });
  return kernel;
}

/** The numbers of a kernel in one of another shape: middle on middle, the planes repeated or left out. */
export function recentred(
  kernel: Float64Array,
  from: readonly [number, number, number, number],
  to: readonly [number, number, number, number],
): Float64Array {
  const moved = new Float64Array(to[0] * to[1] * to[2] * to[3]);
  const offset = (axis: 2 | 3) => Math.floor((from[axis] - 1) / 2) - Math.floor((to[axis] - 1) / 2);
  moved.forEach((_, i) => {
    const column = (i % to[3]) + offset(3);
    const row = (Math.floor(i / to[3]) % to[2]) + offset(2);
    const channel = Math.floor(i / (to[3] * to[2])) % to[1];
    const filter = Math.floor(i / (to[3] * to[2] * to[1]));
    const isInside = row >= 0 && row < from[2] && column >= 0 && column < from[3];
    const plane = (filter % from[0]) * from[1] + (channel % from[1]);
    if (isInside) moved[i] = kernel[(plane * from[2] + row) * from[3] + column];
  });
  return moved;
}
