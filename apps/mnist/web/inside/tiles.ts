/** How the maps of a tensor lie side by side on a canvas; lengths in pixels of the maps, with one pixel between tiles. */
export interface Tiles {
  /** Maps. */
  readonly count: number;
  /** Pixels of a map. */
  readonly width: number;
  readonly height: number;
  /** Maps in a row of tiles. */
  readonly across: number;
  /** Numbers in all. */
  readonly size: number;
  /** Of the canvas. */
  readonly canvasWidth: number;
  readonly canvasHeight: number;
  /** Pixels of the screen for each pixel. */
  readonly scale: number;
}

/** The least side of a tile on the screen that one can still point into. */
const LEAST = 36;

/**
 * Lays out the maps of a tensor [C, H, W], or the numbers of [F] as one strip, so that they fill a length and are as large as
 * fits.
 *
 * @param shape Without the batch.
 * @param direction In which the length goes: tiles stand one below the other, or side by side.
 * @param room Pixels of the screen in that direction.
 */
export function tilesOf(shape: readonly number[], direction: "down" | "across", room: number): Tiles {
  if (shape.length === 1) return stripOf(shape[0], direction, room);
  const [count, height, width] = shape;
  const side = direction === "down" ? height : width;
  const fit = (lines: number) => {
    const along = Math.ceil(count / lines);
    return { along, lines, scale: Math.floor((room + 1) / (along * (side + 1))) };
  };
  let best = fit(1);
  while (best.scale * side < LEAST && best.along > 1) best = fit(best.lines + 1);
  const lines = Math.ceil(count / best.along);
  const scale = Math.max(1, Math.min(best.scale, Math.floor(98 / side)));
  return tiles(count, height, width, direction === "down" ? lines : best.along, count * height * width, scale);
}

/** Row by row, in as many columns as make it fill the length; a few numbers in one. */
function stripOf(size: number, direction: "down" | "across", room: number): Tiles {
  if (size <= 16) return tiles(1, size, 1, 1, size, 24);
  const longest = Math.floor(room / 4);
  const lines = Math.ceil(size / longest);
  const along = Math.ceil(size / lines);
  const scale = Math.max(1, Math.min(8, Math.floor(room / along)));
  return direction === "down" ? tiles(1, along, lines, 1, size, scale) : tiles(1, lines, along, 1, size, scale);
}

/** Maps in rows of `across`. */
export function gridOf(count: number, height: number, width: number, across: number, scale: number): Tiles {
  return tiles(count, height, width, across, count * height * width, scale);
}

function tiles(count: number, height: number, width: number, across: number, size: number, scale: number): Tiles {
  const canvasWidth = across * (width + 1) - 1;
  const canvasHeight = Math.ceil(count / across) * (height + 1) - 1;
  return { count, height, width, across, size, canvasWidth, canvasHeight, scale };
}

/** The upper left corner of a map. */
export function cornerOf({ across, width, height }: Tiles, map: number): readonly [x: number, y: number] {
  return [(map % across) * (width + 1), Math.floor(map / across) * (height + 1)];
}

/** The number whose pixel is at (x, y) of the canvas, by its flat position in the tensor; undefined between tiles. */
export function unitAt(layout: Tiles, x: number, y: number): number | undefined {
  const { count, width, height, across, size } = layout;
  const [column, row] = [Math.floor(x), Math.floor(y)];
  const [left, top] = [column % (width + 1), row % (height + 1)];
  const tile = Math.floor(column / (width + 1));
  const map = Math.floor(row / (height + 1)) * across + tile;
  if (column < 0 || row < 0 || left === width || top === height || tile >= across || map >= count) return undefined;
  const unit = (map * height + top) * width + left;
  return unit < size ? unit : undefined;
}

/** Which map a number is in, and its row and column there. */
export function placeOf({ width, height }: Tiles, unit: number) {
  const inMap = unit % (width * height);
  return { map: Math.floor(unit / (width * height)), row: Math.floor(inMap / width), column: inMap % width };
}

/** Where a key leads from a number: arrows to the neighbouring pixel, Page Up and Page Down to the same pixel of another map. */
export function moved(layout: Tiles, unit: number, key: string): number | undefined {
  const { map, row, column } = placeOf(layout, unit);
  const { width, height, count, size } = layout;
  const steps: Readonly<Record<string, readonly [map: number, row: number, column: number]>> = {
    ArrowLeft: [map, row, column - 1],
    ArrowRight: [map, row, column + 1],
    ArrowUp: [map, row - 1, column],
    ArrowDown: [map, row + 1, column],
    PageUp: [map - 1, row, column],
    PageDown: [map + 1, row, column],
  };
  const to = steps[key];
  if (to === undefined) return undefined;
  const [toMap, toRow, toColumn] = to;
  const isInside = toMap >= 0 && toMap < count && toRow >= 0 && toRow < height && toColumn >= 0 && toColumn < width;
  const next = (toMap * height + toRow) * width + toColumn;
  return isInside && next < size ? next : unit;
}
