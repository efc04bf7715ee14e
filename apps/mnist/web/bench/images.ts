import { createRandom } from "@conv/core";
import { SIDE } from "./settings.js";

/** Images to start from. */
export type StartingImage = "seven" | "cross" | "ramp" | "impulse" | "random" | "blank";

/** All of them. */
export const STARTING_IMAGES = [
  "seven",
  "cross",
  "ramp",
  "impulse",
  "random",
  "blank",
] as const satisfies readonly StartingImage[];

const SEVEN = ["........", ".######.", "......#.", ".....#..", "....#...", "...#....", "...#....", "........"];
const CROSS = ["........", "...##...", "...##...", ".######.", ".######.", "...##...", "...##...", "........"];
const read = (rows: readonly string[]) => Array.from(rows.join(""), (sign) => (sign === "#" ? 1 : 0));

/** A plane of SIDE × SIDE whole numbers. */
export function startingPlane(name: StartingImage, seed: number): Float64Array {
  const random = createRandom(seed);
  const plane = new Float64Array(SIDE * SIDE);
  if (name === "seven") plane.set(read(SEVEN));
  else if (name === "cross") plane.set(read(CROSS));
  else if (name === "impulse") plane[(SIDE / 2) * SIDE + SIDE / 2 - 1] = 1;
  else if (name === "ramp") return plane.map((_, i) => i % SIDE);
  else if (name === "random") return plane.map(() => random.integer(4));
  return plane;
}
