import { SIDE } from "../../src/model.js";

/** A point of the pad: x to the right, y down; any unit. */
export type Point = readonly [x: number, y: number];
/** Where the pen went from touching the pad until it left it. */
export type Stroke = readonly Point[];

/** Pixels of the box that a digit is scaled to, as MNIST's were. */
const BOX = 20;
/**
 * Radius of the pen, and the width of its soft edge, in pixels. So wide, hands are read best (test/reading.test.ts): somewhat
 * wider than the strokes of the embedded digits, whose pixels are 0.16 on average, not 0.19.
 */
const [RADIUS, EDGE] = [2, 3];
/** Radius of the pen as it is drawn on the pad, which most people fill by seven tenths. Parts of the pad. */
export const RADIUS_ON_PAD = (0.7 * RADIUS) / BOX;
/** What is smaller is a dot: it is not enlarged to fill the box. Parts of the pad. */
const DOT = 0.08;

/**
 * Strokes as a digit of MNIST: scaled with its proportions kept to fit a box of 20 × 20 pixels, then placed with its centre
 * of mass in the middle of 28 × 28.
 *
 * @param strokes In parts of the pad.
 * @returns Row by row, from 0 (background) to 1. Blank without strokes.
 * @see LeCun, Cortes and Burges, "The MNIST database of handwritten digits": how its digits were normalised.
 */
export function rasterise(strokes: readonly Stroke[]): Float32Array {
  const points = strokes.flat();
  if (points.length === 0) return new Float32Array(SIDE * SIDE);
  const [left, right] = extent(points.map(([x]) => x));
  const [top, bottom] = extent(points.map(([, y]) => y));
  const scale = (BOX - 2 * RADIUS) / Math.max(right - left, bottom - top, DOT);
  const centredAt = (toX: number, toY: number) =>
    inkOf(
      strokes.map((stroke) =>
        stroke.map(
          ([x, y]) => [(x - (left + right) / 2) * scale + toX, (y - (top + bottom) / 2) * scale + toY] as const,
        ),
      ),
    );
  const middle = SIDE / 2;
  const [x, y] = centreOfMass(centredAt(middle, middle));
  return centredAt(middle + inside(middle - x), middle + inside(middle - y));
}

/** As far as the box may move and stay in the picture. */
const inside = (shift: number) => Math.min((SIDE - BOX) / 2, Math.max((BOX - SIDE) / 2, shift));

const extent = (values: readonly number[]) => [Math.min(...values), Math.max(...values)] as const;

/** The centre of mass of a picture: x and y in pixels; the middle of the first pixel is at ½. */
export function centreOfMass(pixels: Float32Array): Point {
  let [mass, x, y] = [0, 0, 0];
  pixels.forEach((ink, i) => {
    mass += ink;
    x += ink * ((i % SIDE) + 0.5);
    y += ink * (Math.floor(i / SIDE) + 0.5);
  });
  return [x / mass, y / mass];
}

/** What a round pen leaves along strokes in pixels. */
function inkOf(strokes: readonly Stroke[]): Float32Array {
  const pixels = new Float32Array(SIDE * SIDE);
  for (const stroke of strokes) {
    stroke.forEach((point, i) => {
      drawLine(pixels, stroke[Math.max(0, i - 1)], point);
    });
  }
  return pixels;
}

function drawLine(pixels: Float32Array, [x0, y0]: Point, [x1, y1]: Point): void {
  const reach = RADIUS + EDGE / 2;
  const [dx, dy] = [x1 - x0, y1 - y0];
  const length2 = dx * dx + dy * dy;
  const first = (from: number) => Math.max(0, Math.floor(from - reach));
  const last = (to: number) => Math.min(SIDE - 1, Math.ceil(to + reach));
  for (let row = first(Math.min(y0, y1)); row <= last(Math.max(y0, y1)); row++) {
    for (let column = first(Math.min(x0, x1)); column <= last(Math.max(x0, x1)); column++) {
      const [px, py] = [column + 0.5 - x0, row + 0.5 - y0];
      const along = length2 === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / length2));
      const distance = Math.hypot(px - along * dx, py - along * dy);
      const ink = Math.min(1, Math.max(0, (reach - distance) / EDGE));
      const at = row * SIDE + column;
      pixels[at] = Math.max(pixels[at], ink);
    }
  }
}
