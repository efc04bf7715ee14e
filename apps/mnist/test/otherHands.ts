import type { Point, Stroke } from "../web/draw/rasterise.js";
import type { Written } from "./hands.js";

/** How many short lines a curve has between two points. */
const STEPS = 6;

/** A curve through points (Catmull and Rom's); where a point comes twice it has a corner. */
function through(points: readonly Point[]): Stroke {
  const at = (i: number) => points[Math.min(points.length - 1, Math.max(0, i))];
  const along = (axis: 0 | 1, i: number, t: number) => {
    const [a, b, c, d] = [at(i - 1)[axis], at(i)[axis], at(i + 1)[axis], at(i + 2)[axis]];
    return b + (t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))) / 2;
  };
  const stroke: Point[] = [points[0]];
  for (let i = 0; i + 1 < points.length; i++) {
    for (let s = 1; s <= STEPS; s++) stroke.push([along(0, i, s / STEPS), along(1, i, s / STEPS)]);
  }
  return stroke;
}

/** "x y, x y, …" in hundredths. */
const read = (text: string): Point[] =>
  text.split(", ").map((point) => {
    const [x, y] = point.split(" ").map((number) => Number(number) / 100);
    return [x, y];
  });

const curve = (text: string): Stroke => through(read(text));

/** Straight lines from point to point. */
const lines = (text: string): Stroke => through(read(text).flatMap((point) => [point, point]));

/** An oval, once around counter-clockwise from the top. */
const oval = (x: number, y: number, width: number, height: number): Stroke =>
  through(
    Array.from({ length: 14 }, (_, i): Point => {
      const angle = -Math.PI / 2 - (2 * Math.PI * i) / 13;
      return [x + (width / 2) * Math.cos(angle), y + (height / 2) * Math.sin(angle)];
    }),
  );

const write = (digit: number, name: string, ...strokes: Stroke[]): Written => ({ name, digit, strokes });

/** Every digit as others write it: drawn by somebody who did not know the first hands, nor what they had led to. */
export const OTHER_HANDS: readonly Written[] = [
  write(0, "oval", oval(0.5, 0.5, 0.5, 0.8)),
  write(0, "round", oval(0.5, 0.5, 0.64, 0.74)),
  write(0, "with ends that cross", curve("60 8, 40 15, 25 45, 30 78, 50 90, 70 75, 74 45, 62 20, 42 13")),

  write(1, "a line", lines("50 10, 50 90")),
  write(1, "with a serif", lines("34 30, 53 10, 53 90")),
  write(1, "with serif and foot", lines("36 28, 52 10, 52 90"), lines("34 90, 70 90")),
  write(1, "slanted", lines("58 10, 43 90")),

  write(2, "round", curve("27 28, 36 14, 54 10, 70 20, 70 36, 56 58, 26 88, 26 88, 75 88")),
  write(2, "with a loop", curve("26 25, 40 11, 60 12, 70 27, 62 50, 42 78, 28 87, 22 79, 32 73, 50 82, 66 88, 78 80")),
  write(2, "with a straight neck", lines("25 15, 68 15, 28 88, 76 88")),
  write(2, "like a swan", curve("28 30, 34 16, 50 10, 66 18, 68 34, 54 60, 25 86, 25 86, 42 80, 60 87, 78 82")),

  write(3, "round", curve("28 20, 44 10, 64 15, 68 30, 56 44, 42 47, 42 47, 60 50, 72 65, 64 84, 44 90, 26 82")),
  write(3, "with a flat top", curve("28 12, 28 12, 70 12, 70 12, 45 42, 45 42, 65 48, 73 66, 63 85, 43 90, 26 83")),
  write(3, "in one swing", curve("26 16, 46 9, 66 17, 64 36, 50 46, 62 52, 70 70, 56 88, 30 88")),

  write(4, "open", lines("30 12, 26 55, 76 55"), lines("64 12, 62 90")),
  write(4, "closed", lines("76 64, 22 64, 60 10, 60 90")),
  write(4, "open, with a curve", curve("32 12, 25 38, 30 52, 50 53, 70 48"), lines("68 14, 60 90")),
  write(4, "closed, with a long bar", lines("56 10, 20 60, 82 60"), lines("58 10, 58 90")),

  write(
    5,
    "in two strokes",
    curve("32 12, 32 12, 30 46, 30 46, 50 40, 68 50, 72 68, 60 86, 42 90, 26 82"),
    lines("32 12, 70 12"),
  ),
  write(5, "in one stroke", curve("70 12, 70 12, 33 13, 33 13, 30 44, 30 44, 52 40, 70 54, 68 76, 50 90, 27 85")),
  write(5, "like an S", curve("70 14, 50 10, 35 16, 32 32, 42 44, 60 52, 68 68, 58 85, 40 90, 26 84")),

  write(6, "curled", curve("64 10, 46 20, 33 42, 30 68, 40 87, 58 88, 69 74, 62 58, 46 55, 33 66")),
  write(6, "with a straight stem", curve("56 10, 42 36, 31 62, 33 80, 48 90, 64 82, 67 66, 55 55, 40 60, 32 70")),
  write(6, "with a large loop", curve("66 14, 48 12, 32 34, 26 62, 36 86, 58 90, 73 72, 64 50, 44 48, 28 62")),

  write(7, "plain", lines("27 13, 72 13, 44 90")),
  write(7, "with a bar", lines("27 13, 72 13, 44 90"), lines("34 50, 72 50")),
  write(7, "with a serif", lines("28 24, 28 13, 72 13, 50 90")),
  write(7, "curved", curve("26 18, 40 14, 72 13, 72 13, 56 40, 48 65, 46 90")),

  write(
    8,
    "in one stroke",
    curve("64 22, 50 10, 34 20, 38 36, 56 50, 68 70, 58 88, 40 88, 32 70, 46 50, 62 36, 64 22"),
  ),
  write(8, "of two circles", oval(0.5, 0.29, 0.36, 0.36), oval(0.5, 0.68, 0.44, 0.42)),
  write(8, "slim", curve("60 16, 48 10, 39 24, 47 42, 59 60, 60 80, 48 90, 38 78, 44 56, 56 38, 62 22, 56 12")),

  write(9, "straight", curve("68 20, 52 10, 35 20, 34 40, 48 50, 64 40, 68 20, 68 20, 64 90")),
  write(9, "curled", curve("67 22, 50 10, 33 22, 36 42, 52 48, 66 36, 68 20, 70 52, 62 82, 44 90, 30 82")),
  write(9, "with a leaning stem", curve("66 24, 52 11, 36 20, 33 38, 46 48, 62 38, 67 22, 67 22, 46 90")),
  write(9, "of a circle and a stem", oval(0.48, 0.3, 0.36, 0.38), lines("66 20, 64 90")),
];
