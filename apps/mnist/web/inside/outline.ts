import { type Region, runsOf } from "./region.js";
import { cornerOf, placeOf, type Tiles } from "./tiles.js";

/** More single numbers of a strip than this are outlined together. */
const MOST = 32;

/** The outline of a part of a tensor on its canvas, as the `d` of an SVG path: a rectangle in every map, more where it has holes. */
export function outlineOf(layout: Tiles, region: Region): string {
  if (region.length === 1) return stripOutline(layout, region[0]);
  const [maps, rows, columns] = region;
  const [downs, acrosses] = [runsOf(rows), runsOf(columns)];
  const rectangles = maps.flatMap((map) => {
    const [left, top] = cornerOf(layout, map);
    return downs.flatMap((down) =>
      acrosses.map((across) =>
        rectangle(left + across.first, top + down.first, across.last - across.first + 1, down.last - down.first + 1),
      ),
    );
  });
  return rectangles.join("");
}

function stripOutline(layout: Tiles, positions: readonly number[]): string {
  if (positions.length > MOST) return rectangle(0, 0, layout.canvasWidth, layout.canvasHeight);
  return positions
    .map((unit) => {
      const { row, column } = placeOf(layout, unit);
      return rectangle(column, row, 1, 1);
    })
    .join("");
}

const rectangle = (x: number, y: number, width: number, height: number): string =>
  `M${x} ${y}h${width}v${height}h${-width}z`;
